/** A node's name, `n1`, `n2`, ... The core treats it as an opaque, non-empty string. */
export type NodeId = string;
