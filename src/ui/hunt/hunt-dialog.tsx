import { Dialog } from 'radix-ui';
import { type SyntheticEvent, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { sabotageBook, type SabotageKind } from '../../raft/sabotage-book.ts';
import { sabotageNames, type SabotageName } from '../../raft/sabotage-name.ts';
import { MAX_SEED } from '../../timeline/run.ts';
import { NumberField } from '../dialogs/number-field.tsx';
import { useControl, useHand, usePlayground, useShown } from '../hooks.ts';
import { HuntProgress } from './hunt-progress.tsx';
import { beginHunt, endHunt, huntStore } from './hunt-store.ts';
import { playPrey } from './play-prey.ts';

/** The most nodes that a hunt may ask for: with more, a run is too slow to be worth its time. */
const MOST_NODES = 9;

/** Looks for a run in which the cluster is wrong, in the background, and plays what it finds. */
export function HuntDialog() {
  const hand = useHand();
  const [isOpen, setOpen] = useState(false);
  useShown('hunt', () => setOpen(true));
  useEffect(() => {
    if (isOpen) return undefined;
    return huntStore.subscribe((hunt) => {
      if (hunt.type === 'found') hand.notify('info', 'The hunt has found something: open it to see and play it.');
      if (hunt.type === 'ended') hand.notify('info', `The hunt has ended. ${hunt.sentence}`);
    });
  }, [isOpen, hand]);
  return (
    <Dialog.Root open={isOpen} onOpenChange={setOpen}>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content className="dialog">
          <Dialog.Title>Hunt for a mistake</Dialog.Title>
          <Dialog.Description className="lead">
            Random clusters in random weather, one for each seed, are played in the background with every check on. The
            first that is wrong is made as small as it can be. The hunt goes on while this is closed.
          </Dialog.Description>
          <HuntForm close={() => setOpen(false)} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function HuntForm({ close }: { readonly close: () => void }) {
  const hand = useHand();
  const control = useControl();
  const hunt = useStore(huntStore);
  const present = usePlayground(({ config }) => config.sabotages?.[0]);
  const [sabotage, setSabotage] = useState<SabotageName | ''>(present ?? '');
  const [from, setFrom] = useState('1');
  const [nodes, setNodes] = useState('');
  const isOn = hunt.type === 'hunting' || hunt.type === 'shrinking';
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    const options = {
      ...(nodes !== '' && { nodes: Number(nodes) }),
      ...(sabotage !== '' && { sabotages: [sabotage] }),
    };
    beginHunt({ from: Number(from), options });
  };
  return (
    <form onSubmit={submit}>
      <SabotageChoice chosen={sabotage} onChoose={setSabotage} isOff={isOn} />
      <div className="fields">
        <NumberField label="First seed" value={from} min={0} max={MAX_SEED} step={1} onChange={setFrom} />
        <NumberField
          label="Nodes (1 to 9)"
          value={nodes}
          min={1}
          max={MOST_NODES}
          step={1}
          placeholder="drawn"
          onChange={setNodes}
        />
      </div>
      <HuntProgress hunt={hunt} />
      <div className="form-buttons">
        <Dialog.Close asChild>
          <button type="button" className="button quiet">
            Close
          </button>
        </Dialog.Close>
        {hunt.type === 'found' && (
          <button
            type="button"
            className="button primary"
            onClick={() => {
              hand.rewind(undefined);
              hand.attempt(() => playPrey(control, hand, hunt.prey));
              close();
            }}
          >
            Play it
          </button>
        )}
        {/* Two buttons, not one that changes: the click that stops must not go on to submit. */}
        {isOn ? (
          <button key="stop" type="button" className="button" onClick={endHunt}>
            Stop
          </button>
        ) : (
          <button key="hunt" type="submit" className={hunt.type === 'found' ? 'button' : 'button primary'}>
            {hunt.type === 'found' ? 'Hunt again' : 'Hunt'}
          </button>
        )}
      </div>
    </form>
  );
}

interface SabotageChoiceProps {
  readonly chosen: SabotageName | '';
  readonly onChoose: (name: SabotageName | '') => void;
  readonly isOff: boolean;
}

function SabotageChoice({ chosen, onChoose, isOff }: SabotageChoiceProps) {
  const kinds = [...new Set(sabotageNames.map((name) => sabotageBook[name].kind))];
  const ofKind = (kind: SabotageKind): SabotageName[] =>
    sabotageNames.filter((name) => sabotageBook[name].kind === kind);
  const wrong = chosen === '' ? undefined : sabotageBook[chosen];
  return (
    <div className="hunt-rule">
      <label htmlFor="hunt-sabotage">A rule that is wrong on purpose</label>
      <select
        id="hunt-sabotage"
        className="field-input"
        value={chosen}
        disabled={isOff}
        onChange={({ target }) => onChoose(sabotageNames.find((name) => name === target.value) ?? '')}
      >
        <option value="">None: all as the paper has it</option>
        {kinds.map((kind) => (
          <optgroup key={kind} label={kind}>
            {ofKind(kind).map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
      <p>{wrong === undefined ? 'What is found then is a mistake of ours.' : `${wrong.sentence} (${wrong.section})`}</p>
    </div>
  );
}
