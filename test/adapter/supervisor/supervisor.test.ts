import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { Supervisor, type SupervisorOptions } from '../../../src/adapter/supervisor/supervisor.ts';

/** A process that listens to nobody but its supervisor, and ends when it is told to or its supervisor is gone. */
const WILLING = `
  process.on('message', ({ type }) => { if (type === 'stop') process.disconnect(); });
  process.send({ type: 'listening', url: 'http://127.0.0.1:1' });`;
const KNOWING = `process.send({ type: 'members', index: 7, members: ['n1', 'n2'] });${WILLING}`;
const FAILING = `process.stderr.write('Its disk is corrupt.'); process.exitCode = 2;`;

let supervisor: Supervisor;
afterEach(() => supervisor.stop());

function begin(program = WILLING, more: Partial<SupervisorOptions> = {}): { readonly ended: string[] } {
  const ended: string[] = [];
  supervisor = new Supervisor({
    argsOf: () => ['--eval', program],
    prepare: async () => undefined,
    onOutput: () => undefined,
    onMembers: () => undefined,
    onEnded: (node, how) => ended.push(`${node}: ${how}`),
    ...more,
  });
  return { ended };
}

const states = (): readonly string[] => supervisor.states().map(({ node, status }) => `${node} ${status}`);

describe('a supervisor', () => {
  it('kills, revives and restarts its processes, each of which runs once', async () => {
    const { ended } = begin();
    expect(await supervisor.launch('n1')).toBe('http://127.0.0.1:1');
    await expect(supervisor.revive('n1')).rejects.toThrow('n1 runs already.');
    await expect(supervisor.kill('n2')).rejects.toThrow('There is no n2.');
    await supervisor.kill('n1');
    expect(states()).toEqual(['n1 down']);
    await expect(supervisor.kill('n1')).rejects.toThrow('n1 does not run.');
    const two = await Promise.allSettled([supervisor.revive('n1'), supervisor.revive('n1')]);
    expect(two.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await supervisor.restart('n1');
    expect(states()).toEqual(['n1 up']);
    // All of that was wanted.
    expect(ended).toEqual([]);
  });

  it('leaves one process to those that ask by way of a process', async () => {
    const answers: string[] = [];
    const asking = `
      process.on('message', (said) => {
        if (said.type === 'stop') process.disconnect();
        if (said.type === 'done' || said.type === 'refused') process.stdout.write(JSON.stringify(said) + '\\n');
      });
      process.send({ type: 'listening', url: 'http://127.0.0.1:1' });
      process.send({ type: 'ask', id: 1, verb: 'kill', node: 'n2' });
      setTimeout(() => process.send({ type: 'ask', id: 2, verb: 'pause', node: 'n1' }), 0);
      process.send({ type: 'ask', id: 3, verb: 'kill', node: 'n1' });`;
    begin(WILLING, {
      argsOf: (node) => ['--eval', node === 'n1' ? asking : WILLING],
      onOutput: (_node, text) => answers.push(...text.trim().split('\n')),
    });
    await supervisor.launch('n2');
    await supervisor.launch('n1');
    await eventually('all are answered', () => (answers.length === 3 ? true : undefined));
    const why =
      'n1 is the last node that runs, and the others are started through it: restart it, or revive another first.';
    const refused = (id: number): string => JSON.stringify({ type: 'refused', id, sentence: why });
    expect(answers.sort()).toEqual([JSON.stringify({ type: 'done', id: 1 }), refused(2), refused(3)]);
    expect(states()).toEqual(['n2 down', 'n1 up']);
  });

  it('says with a process’s own last words why it did not start', async () => {
    const { ended } = begin(FAILING);
    await expect(supervisor.launch('n1')).rejects.toThrow('Its disk is corrupt.');
    // Whoever started it has been told.
    expect(ended).toEqual([]);
    expect(states()).toEqual(['n1 down']);
  });

  it('hears from its processes who belongs to the cluster', async () => {
    const told: unknown[] = [];
    begin(KNOWING, { onMembers: (index, members) => told.push({ index, members }) });
    await supervisor.launch('n1');
    expect(told).toEqual([{ index: 7, members: ['n1', 'n2'] }]);
  });

  it('makes room for a node before it starts, and starts none where there is none', async () => {
    const prepared: string[] = [];
    begin(WILLING, {
      prepare: async (node) => {
        prepared.push(node);
        if (node === 'n9') throw new Error('There is no room.');
      },
    });
    await supervisor.start('n6');
    await expect(supervisor.start('n6')).rejects.toThrow('There is a n6 already.');
    await expect(supervisor.start('n9')).rejects.toThrow('There is no room.');
    expect(prepared).toEqual(['n6', 'n9']);
    expect(states()).toEqual(['n6 up']);
  });

  it('ends those that stand still, too, and starts none while it does', async () => {
    begin();
    await Promise.all([supervisor.launch('n1'), supervisor.launch('n2'), supervisor.launch('n3')]);
    await supervisor.pause('n2');
    expect(states()).toContain('n2 paused');
    const begunMs = performance.now();
    const restarted = supervisor.restart('n3');
    await Promise.all([supervisor.stop(), expect(restarted).rejects.toThrow('The cluster is ending.')]);
    expect(states()).toEqual(['n1 down', 'n2 down', 'n3 down']);
    // In order: nobody had to be killed for standing still.
    expect(performance.now() - begunMs).toBeLessThan(7_000);
  });
});
