import type { HuntSum, Prey } from '../../cluster/hunt.ts';
import type { Run } from '../../timeline/run.ts';
import type { Hunt } from './hunt-store.ts';
import { countOf, counted, milliseconds } from '../../timeline/words.ts';

/** How far a hunt has come, or what it has found. */
export function HuntProgress({ hunt }: { readonly hunt: Hunt }) {
  if (hunt.type === 'none') return null;
  return (
    <div className="hunt-progress" role="status">
      <p className="hunt-sum">{sumWords(hunt.sum, hunt.type === 'hunting' ? hunt.elapsedMs : undefined)}</p>
      {hunt.type === 'shrinking' && (
        <p>
          Seed {hunt.seed} fails, and is being made small: {hunt.sentence}
        </p>
      )}
      {hunt.type === 'found' && <Found prey={hunt.prey} />}
      {hunt.type === 'ended' && <p>{hunt.sentence}</p>}
    </div>
  );
}

function Found({ prey: { seed, drawn, shrunk } }: { readonly prey: Prey }) {
  const { run, failure } = shrunk;
  return (
    <>
      <p className="hunt-found">{failure.sentence}</p>
      <p>
        That is what is left of seed {seed}: {extentWords(run)}, of {extentWords(drawn)}.
      </p>
    </>
  );
}

function sumWords({ seeds, playedUs }: HuntSum, elapsedMs: number | undefined): string {
  const rate =
    elapsedMs === undefined || elapsedMs === 0 ? '' : `, ${countOf(Math.round((seeds * 1_000) / elapsedMs))} a second`;
  return `${counted(seeds, 'seed')} played${rate}; ${simulatedWords(playedUs)}`;
}

function simulatedWords(playedUs: number): string {
  const seconds = playedUs / 1_000_000;
  return seconds < 600 ? `${seconds.toFixed(0)} simulated seconds` : `${(seconds / 3_600).toFixed(1)} simulated hours`;
}

function extentWords({ actions, config, untilUs }: Run): string {
  return `${counted(actions.length, 'action')} on ${counted(config.nodes, 'node')} in ${milliseconds(untilUs)}`;
}
