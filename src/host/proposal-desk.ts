import type { ClientReply, ClientRequest } from '../kv/client-message.ts';
import type { OperationResult } from '../kv/command.ts';
import { assertUnreachable } from '../raft/assert-unreachable.ts';
import type { Effect } from '../raft/effect.ts';
import type { Entry, NodeId } from '../raft/entry.ts';
import type { Input } from '../raft/input.ts';
import type { ActorId, HostEvent, LinkMessage } from '../timeline/event.ts';
import { handedOn } from './forwarding.ts';
import { PendingProposals, type Asker } from './pending-proposals.ts';

type Accepted = Extract<Effect, { readonly type: 'proposal-accepted' }>;
type Refused = Extract<Effect, { readonly type: 'proposal-refused' }>;

export interface ProposalDeskPorts {
  /** Who leads, as far as the node knows. */
  readonly leader: () => NodeId | undefined;
  /** What goes into the log for a client's command. */
  readonly commandOf: (nowUs: number, request: ClientRequest) => ClientRequest['command'];
  readonly emit: (nowUs: number, event: HostEvent) => void;
  readonly send: (nowUs: number, to: ActorId, message: LinkMessage) => void;
}

/**
 * Where clients' commands wait: in this turn for the core to take them, then for their entries to be applied. What the core does not
 * take is handed on to the leader, or refused.
 */
export class ProposalDesk {
  readonly #ports: ProposalDeskPorts;
  readonly #forwarding: boolean;
  readonly #pending = new PendingProposals();
  /** What was proposed in this turn, by the name under which the core knows it. */
  readonly #proposing = new Map<number, { readonly request: ClientRequest; readonly asker: Asker }>();
  #count = 0;

  /** `forwarding`: whether it hands a request on to the leader that it knows. */
  constructor(forwarding: boolean, ports: ProposalDeskPorts) {
    this.#forwarding = forwarding;
    this.#ports = ports;
  }

  /** How many wait to be applied. */
  get size(): number {
    return this.#pending.size;
  }

  /** Takes a command on. What it gives is for the core to handle; undefined where it waits here already. */
  take(nowUs: number, from: ActorId, request: ClientRequest): Input | undefined {
    const { requestId, forwardedFor, command } = request;
    const asker = { requestId, from, forwardedFor, command };
    if (this.#pending.isRepeat(asker)) return undefined;
    this.#count += 1;
    this.#proposing.set(this.#count, { request, asker });
    return { type: 'propose', proposalId: this.#count, command: this.#ports.commandOf(nowUs, request) };
  }

  accepted({ proposalId, index, term }: Accepted): void {
    const proposing = this.#proposing.get(proposalId);
    if (proposing !== undefined) this.#pending.add(index, { ...proposing.asker, term });
  }

  refused(nowUs: number, refusal: Refused): void {
    const proposing = this.#proposing.get(refusal.proposalId);
    if (proposing === undefined) return;
    const { request, asker } = proposing;
    const { reason, leader } = refusal;
    const forwarded = this.#forwarding && reason === 'not-leader' ? handedOn(request, asker.from, leader) : undefined;
    if (leader === undefined || forwarded === undefined) return this.#reply(nowUs, asker, refusalOf(refusal));
    const { requestId } = request;
    this.#ports.emit(nowUs, {
      type: 'request-forwarded',
      requestId,
      client: asker.from,
      to: leader,
      rule: 'forwarding',
    });
    this.#ports.send(nowUs, leader, forwarded);
  }

  /** The core has said of each that was proposed in this turn whether it takes it. */
  turnEnds(): void {
    this.#proposing.clear();
  }

  /** An entry was applied: whoever waits for it is told, or that another stands in its place. */
  applied(nowUs: number, { index, term }: Entry, result: OperationResult | undefined): void {
    const pending = this.#pending.take(index);
    if (pending === undefined) return;
    if (pending.term === term && result !== undefined) this.#reply(nowUs, pending, { type: 'applied', index, result });
    else this.#reply(nowUs, pending, { type: 'leadership-lost', leader: this.#ports.leader() });
  }

  /** A node that no longer leads cannot know what becomes of the entries that it had taken. */
  abandon(nowUs: number): void {
    for (const pending of this.#pending.takeAll()) {
      this.#reply(nowUs, pending, { type: 'leadership-lost', leader: this.#ports.leader() });
    }
  }

  #reply(nowUs: number, { requestId, from, forwardedFor }: Asker, outcome: ClientReply['outcome']): void {
    const reply: ClientReply = { type: 'client-reply', requestId, outcome, ...(forwardedFor && { forwardedFor }) };
    this.#ports.send(nowUs, from, reply);
  }
}

function refusalOf({ reason, leader, limit }: Extract<Effect, { type: 'proposal-refused' }>): ClientReply['outcome'] {
  switch (reason) {
    case 'not-leader':
      return { type: 'not-leader', leader };
    case 'too-many-pending':
      return { type: 'busy', ...(limit && { limit }) };
    case 'transferring':
      return { type: 'transferring' };
    default:
      return assertUnreachable(reason);
  }
}
