import type { Fate } from '../kv/client-message.ts';
import type { Operation } from '../kv/command.ts';
import type { NodeId } from '../raft/entry.ts';
import type { MembershipChange } from '../raft/membership-change.ts';
import type { Action, Delay, DirectedLink, DiskDamage, DiskWrites, LinkQuality } from '../timeline/action.ts';

import type { ReadOptions } from './cluster-control.ts';

/** The verbs of {@link ClusterControl} that are one action, one request or one change of the membership each. */
export abstract class ClusterVerbs {
  abstract act(action: Action): Promise<readonly Action[]>;
  protected abstract request(operation: Operation): Promise<Fate>;
  protected abstract changeMembership(change: MembershipChange): Promise<void>;

  async kill(node: NodeId): Promise<void> {
    await this.act({ type: 'kill', node });
  }

  async revive(node: NodeId): Promise<void> {
    await this.act({ type: 'revive', node });
  }

  async restart(node: NodeId): Promise<void> {
    await this.act({ type: 'restart', node });
  }

  async pauseNode(node: NodeId): Promise<void> {
    await this.act({ type: 'pause', node });
  }

  async resumeNode(node: NodeId): Promise<void> {
    await this.act({ type: 'resume', node });
  }

  async timeOutNow(node: NodeId): Promise<void> {
    await this.act({ type: 'time-out-now', node });
  }

  async snapshot(node: NodeId): Promise<void> {
    await this.act({ type: 'snapshot', node });
  }

  removeNode(node: NodeId): Promise<void> {
    return this.changeMembership({ type: 'remove', node });
  }

  promote(node: NodeId): Promise<void> {
    return this.changeMembership({ type: 'promote', node });
  }

  demote(node: NodeId): Promise<void> {
    return this.changeMembership({ type: 'demote', node });
  }

  changeMembers(voters: readonly NodeId[], options: { leavesByItself?: boolean } = {}): Promise<void> {
    return this.changeMembership({ type: 'set-voters', voters, leavesByItself: options.leavesByItself ?? true });
  }

  leaveJoint(): Promise<void> {
    return this.changeMembership({ type: 'leave-joint' });
  }

  async cut(links: readonly DirectedLink[]): Promise<void> {
    await this.act({ type: 'cut', links });
  }

  async isolate(node: NodeId): Promise<void> {
    await this.act({ type: 'isolate', node });
  }

  async split(groups: readonly (readonly NodeId[])[]): Promise<void> {
    await this.act({ type: 'split', groups });
  }

  async heal(links?: readonly DirectedLink[]): Promise<void> {
    await this.act({ type: 'heal', links });
  }

  async clog(links: readonly DirectedLink[], forMs: number): Promise<void> {
    await this.act({ type: 'clog', links, forMs });
  }

  async flap(links: readonly DirectedLink[], downMs: number, upMs: number): Promise<void> {
    await this.act({ type: 'flap', links, downMs, upMs });
  }

  async setLinks(quality: Partial<LinkQuality>, links?: readonly DirectedLink[]): Promise<void> {
    await this.act({ type: 'set-links', links, quality });
  }

  async setDisk(latency: Delay, nodes?: readonly NodeId[]): Promise<void> {
    await this.act({ type: 'set-disk', nodes, latency });
  }

  async setWrites(writes: DiskWrites, nodes?: readonly NodeId[]): Promise<void> {
    await this.act({ type: 'set-disk', nodes, writes });
  }

  async setUnsynced(writes: number, nodes?: readonly NodeId[]): Promise<void> {
    await this.act({ type: 'set-disk', nodes, unsynced: writes });
  }

  async damageDisk(node: NodeId, damage: DiskDamage): Promise<void> {
    await this.act({ type: 'damage-disk', node, damage });
  }

  async swapDisks(node: NodeId, other: NodeId): Promise<void> {
    await this.act({ type: 'swap-disks', node, with: other });
  }

  async copyDisk(node: NodeId): Promise<void> {
    await this.act({ type: 'copy-disk', node });
  }

  async restoreCopy(node: NodeId): Promise<void> {
    await this.act({ type: 'restore-copy', node });
  }

  async setHandling(delay: Delay, nodes?: readonly NodeId[]): Promise<void> {
    await this.act({ type: 'set-handling', nodes, delay });
  }

  async setClock(driftPpm: number, nodes?: readonly NodeId[]): Promise<void> {
    await this.act({ type: 'set-clock', nodes, driftPpm });
  }

  async jumpClock(byMs: number, nodes?: readonly NodeId[]): Promise<void> {
    await this.act({ type: 'jump-clock', nodes, byMs });
  }

  set(key: string, value: string): Promise<Fate> {
    return this.request({ type: 'set', key, value });
  }

  get(key: string, how: ReadOptions = {}): Promise<Fate> {
    return this.request({ type: 'get', key, ...how });
  }

  delete(key: string): Promise<Fate> {
    return this.request({ type: 'delete', key });
  }

  append(key: string, value: string): Promise<Fate> {
    return this.request({ type: 'append', key, value });
  }

  cas(key: string, expected: string | undefined, value: string): Promise<Fate> {
    return this.request({ type: 'compare-and-set', key, expected, value });
  }
}
