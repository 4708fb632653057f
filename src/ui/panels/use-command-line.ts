import { useCallback, useRef, useState } from 'react';
import { leaderOf } from '../../cluster/cluster-status.ts';
import type { Command } from '../../cluster/command.ts';
import { parseCommandLine } from '../../cluster/command-language.ts';
import { nameOf, runCommand } from '../../cluster/run-command.ts';
import { useControl, useHand, usePlaygroundStore } from '../hooks.ts';
import { sentenceOfError } from '../../timeline/error-sentence.ts';

/** What was last said of a command. */
export interface Said {
  readonly tone: 'info' | 'problem';
  readonly text: string;
}

export interface CommandLine {
  readonly said: Said | undefined;
  /** Runs a line; false where it was not understood. */
  readonly runLine: (line: string) => boolean;
  readonly run: (command: Command) => void;
  readonly say: (said: Said | undefined) => void;
}

/** Runs commands on the cluster and keeps the sentence about the last one. Help is the caller's to show. */
export function useCommandLine(onHelp: (command: Extract<Command, { readonly type: 'help' }>) => void): CommandLine {
  const control = useControl();
  const hand = useHand();
  const store = usePlaygroundStore();
  const [said, say] = useState<Said>();
  const latest = useRef(0);

  const run = useCallback(
    (command: Command) => {
      latest.current += 1;
      const mine = latest.current;
      if (command.type === 'help') {
        onHelp(command);
        return;
      }
      if (command.type === 'hunt') {
        say(undefined);
        hand.show('hunt');
        return;
      }
      // A command is for the cluster as it is now, not for a moment long gone.
      if (command.type !== 'pause' && command.type !== 'speed') hand.rewind(undefined);
      const answer = (tone: Said['tone'], text: string): void => {
        if (latest.current === mine) say({ tone, text });
      };
      if (command.type === 'operation') {
        const waiting = store.getState().clock.playing ? '' : ' The clock stands still: press play.';
        answer('info', `Asked: ${nameOf(command.operation)}.${waiting}`);
      }
      runCommand(control, command, hand.clusters).then(
        (text) => answer('info', text),
        (error: unknown) => answer('problem', sentenceOfError(error)),
      );
    },
    [control, hand, onHelp, store],
  );

  const runLine = useCallback(
    (line: string) => {
      const { view } = store.getState();
      const parsed = parseCommandLine(line, view.world.nodes, leaderOf(view));
      if ('error' in parsed) {
        latest.current += 1;
        say({ tone: 'problem', text: parsed.error });
        return false;
      }
      run(parsed.command);
      return true;
    },
    [run, store],
  );
  return { said, runLine, run, say };
}
