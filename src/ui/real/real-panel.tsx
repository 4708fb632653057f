import type { RealNode } from '../../cluster/cluster-control.ts';
import { useCalmly } from '../calm.ts';
import { useHand } from '../hooks.ts';
import { counted } from '../../timeline/words.ts';
import '../styles/real.css';

/** How often its figures are written anew, milliseconds. */
const EVERY_MS = 1_000;

/** Beside the ring: where the real cluster is, how this page is connected to it, and what it does in a second. */
export function RealPanel() {
  const hand = useHand();
  const real = useCalmly(({ clock }) => clock.real, EVERY_MS);
  if (real === undefined) return null;
  return (
    <section className="real" aria-label="The real cluster">
      <header>
        <h2>A real cluster</h2>
        <button type="button" className="button" onClick={() => hand.attempt(() => hand.clusters.detach())}>
          Detach
        </button>
      </header>
      <p>
        <strong>{real.cluster}</strong>: processes, in real time, shown a tenth of a second late. Only the picture can
        be paused.
      </p>
      <div className="real-nodes">
        <table>
          <thead>
            <tr>
              <th scope="col">node</th>
              <th scope="col" title="How long an answer takes to come to this page">
                answer, ms
              </th>
              <th scope="col" title="How far its clock is ahead of this page’s, and how wrong that may be">
                clock, ms
              </th>
            </tr>
          </thead>
          <tbody>
            {real.nodes.map((node) => (
              <NodeRow key={node.id} node={node} />
            ))}
          </tbody>
        </table>
      </div>
      {real.nodes.some(({ isConnected }) => isConnected) ? (
        <p>
          {counted(real.rates.messages, 'message')}, {counted(real.rates.committed, 'commit')}/s
        </p>
      ) : (
        <p role="status">No node can be reached. This page keeps trying.</p>
      )}
      <MemberButtons member={real.member} />
    </section>
  );
}

/** This tab as one of the cluster. */
function MemberButtons({ member }: { readonly member: string | undefined }) {
  const hand = useHand();
  if (member !== undefined) {
    return (
      <div className="real-member">
        <p>This tab is {member}.</p>
        <button type="button" className="button" onClick={() => hand.attempt(() => hand.clusters.leave())}>
          Leave the cluster
        </button>
      </div>
    );
  }
  return (
    <div className="real-member" role="group" aria-label="Join with this tab">
      <button type="button" className="button" onClick={() => hand.attempt(() => hand.clusters.join(false))}>
        Join as a learner
      </button>
      <button type="button" className="button" onClick={() => hand.attempt(() => hand.clusters.join(true))}>
        Join as a voter
      </button>
    </div>
  );
}

function NodeRow({ node }: { readonly node: RealNode }) {
  const { id, address, isConnected, roundTripUs, clockAheadUs, clockDoubtUs, dropped } = node;
  const left = dropped === 0 ? '' : ` ${dropped} events were too many to be told.`;
  return (
    <tr title={`${id} at ${address ?? 'an address that is not known'}.${left}`}>
      <th scope="row">{id}</th>
      {isConnected && address !== undefined ? (
        <>
          <td>{milliseconds(roundTripUs)}</td>
          <td>
            {signed(clockAheadUs)} ± {milliseconds(clockDoubtUs)}
          </td>
        </>
      ) : (
        <td colSpan={2}>{address !== undefined ? 'not reachable' : isConnected ? 'in a tab' : 'in a closed tab'}</td>
      )}
    </tr>
  );
}

function milliseconds(us: number | undefined): string {
  return us === undefined ? '?' : (us / 1_000).toFixed(us < 100_000 ? 1 : 0);
}

function signed(us: number | undefined): string {
  if (us === undefined) return '?';
  const shown = (us / 1_000).toFixed(1);
  // What is nothing to a tenth has no sign.
  if (Number(shown) === 0) return '0.0';
  return us < 0 ? shown.replace('-', '−') : `+${shown}`;
}
