/**
 * How a node makes sure that a read which does not go through the log sees every write that was acknowledged before it
 * (thesis 6.4). `read-index`: the leader asks a majority whether it still leads. `lease`: it knows that for a while nobody
 * else can; where it holds no lease, it asks. `follower`: any node, which asks the leader for its read index.
 */
export type ReadMode = 'read-index' | 'lease' | 'follower';

/** Why a read is not answered. It may be asked again, of this node or of another: a read changes nothing. */
export type ReadRefusal = 'not-leader' | 'no-leader' | 'leadership-lost' | 'too-many-pending';
