import type { Action } from '../../timeline/action.ts';
import type { RealTime } from '../cluster-control.ts';

/** Of a new cluster in place of a real one. */
export const NOT_THROWN_AWAY = 'A real cluster is not thrown away from here: detach, and there is one to play with.';

/** Of what nobody changes from a page. */
export const AS_THEY_ARE = 'Real machines are as they are: their disks, their clocks, their pace.';

/** Why a real cluster does not do that, whatever the moment; undefined where it may. One sentence. */
export function unrealReason(action: Action, limits: RealTime['limits']): string | undefined {
  switch (action.type) {
    case 'kill':
    case 'revive':
    case 'restart':
    case 'pause':
    case 'resume':
      return limits.processes;
    case 'start-node':
      return limits.starts;
    case 'cut':
    case 'heal':
    case 'isolate':
    case 'split':
    case 'set-links':
      return limits.links;
    case 'time-out-now':
    case 'transfer':
    case 'snapshot':
    case 'change-membership':
    case 'request':
      return undefined;
    case 'clog':
    case 'flap':
      return limits.links ?? 'The links of a real cluster do not clog or flap from here: cut them, or slow them down.';
    default:
      return AS_THEY_ARE;
  }
}
