import type { Operation } from '../kv/command.ts';
import type { NodeId } from '../raft/entry.ts';
import type { MembershipChange } from '../raft/membership-change.ts';
import type { Action } from '../timeline/action.ts';
import type { RunConfig } from '../timeline/run-config.ts';
import type { CommandName } from './command-help.ts';

/** What a line of the command language asks for. */
export type Command =
  | { readonly type: 'operation'; readonly operation: Operation }
  | { readonly type: 'action'; readonly action: Action }
  /** The leader, whoever that is when it is done, hands its lead over. */
  | { readonly type: 'transfer'; readonly to: NodeId }
  /** `node` undefined: a new one. */
  | { readonly type: 'add-node'; readonly node: NodeId | undefined; readonly voter: boolean }
  /** The leader, whoever that is when it is done, changes the membership. */
  | {
      readonly type: 'membership';
      readonly change: Exclude<MembershipChange, { readonly type: 'add-voter' | 'add-learner' }>;
    }
  | { readonly type: 'play' }
  | { readonly type: 'pause' }
  | { readonly type: 'step' }
  /** Virtual time per real time, 0.001 to 20. */
  | { readonly type: 'speed'; readonly timesRealTime: number }
  | { readonly type: 'undo' }
  | {
      readonly type: 'reset';
      readonly nodes: number | undefined;
      readonly seed: number | undefined;
      /** What is not as usual; left out: all is. */
      readonly config?: Partial<RunConfig>;
    }
  /** Another cluster is to be shown: a real one, by the address of any of its nodes. */
  | { readonly type: 'attach'; readonly address: string; readonly token: string | undefined }
  | { readonly type: 'detach' }
  /** The dialog of the page that looks for a mistake. */
  | { readonly type: 'hunt' }
  /** `topic` undefined: about everything. */
  | { readonly type: 'help'; readonly topic: CommandName | undefined };

/** A line that was understood, or one sentence why it was not. */
export type ParsedLine = { readonly command: Command } | { readonly error: string };
