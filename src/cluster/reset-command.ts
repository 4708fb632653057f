import { type SabotageName, sabotageNames } from '../raft/sabotage-name.ts';
import type { RunConfig } from '../timeline/run-config.ts';
import { MAX_SEED } from '../timeline/run.ts';
import { closestWord } from './closest-word.ts';
import { type Arguments, Misunderstood, misused, shortened } from './command-arguments.ts';
import type { Command } from './command.ts';
import { resetLimits, resetNumbers, resetSwitches } from './reset-switches.ts';
import { countOf } from '../timeline/words.ts';

/** `nodes 7 seed 42 forwarding`: a new cluster, and what is not as usual in it. */
export function reset(given: Arguments): Command {
  const numbers = new Map<string, number>();
  let config: Partial<RunConfig> = {};
  const words = given.words.flatMap(({ text }) => text.toLowerCase().split('=')).filter((text) => text !== '');
  for (let position = 0; position < words.length; position++) {
    const name = words[position] ?? '';
    const chosen = Object.hasOwn(resetSwitches, name) ? resetSwitches[name] : undefined;
    if (chosen !== undefined) {
      config = { ...config, ...chosen.config };
      continue;
    }
    position += 1;
    const value = words[position];
    if (name === 'sabotage') {
      config = { ...config, sabotages: [...new Set([...(config.sabotages ?? []), sabotageNamed(value)])] };
      continue;
    }
    if (!resetNumbers.some((known) => known === name) || value === undefined || !/^\d{1,10}$/.test(value)) {
      const known = `${resetNumbers.slice(0, -1).join(', ')} and ${resetNumbers.at(-1)}`;
      throw misused(given, `takes ${known}, each with a number, names of switches, and sabotages`);
    }
    const limit = Object.hasOwn(resetLimits, name) ? resetLimits[name] : undefined;
    if (limit === undefined) numbers.set(name, Number(value));
    else config = { ...config, [limit.name]: Number(value) };
  }
  const [nodes, seed] = [numbers.get('nodes'), numbers.get('seed')];
  if (nodes === 0) throw new Misunderstood('A cluster needs at least one node.');
  if (seed !== undefined && seed > MAX_SEED) throw new Misunderstood(`A seed goes from 0 to ${countOf(MAX_SEED)}.`);
  return { type: 'reset', nodes, seed, ...(Object.keys(config).length > 0 && { config }) };
}

function sabotageNamed(word: string | undefined): SabotageName {
  if (word === undefined) throw new Misunderstood('After “sabotage” comes the name of one; Tab offers them.');
  const name = sabotageNames.find((known) => known === word);
  if (name !== undefined) return name;
  const meant = closestWord(word, sabotageNames);
  const hint = meant === undefined ? `There are ${sabotageNames.join(', ')}.` : `Did you mean ${meant}?`;
  throw new Misunderstood(`There is no sabotage “${shortened(word)}”. ${hint}`);
}
