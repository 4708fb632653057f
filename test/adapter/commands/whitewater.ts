import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { eventually } from '../../support/eventually.ts';
import { freePorts } from './free-ports.ts';

export const program = fileURLToPath(new URL('../../../bin/whitewater.mjs', import.meta.url));

/** How a command ended, and what it printed. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly note: string;
}

/** A command in a process of its own, as a person would start it. */
export class RunningCommand {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  out = '';
  note = '';

  constructor(args: readonly string[], env: NodeJS.ProcessEnv = {}, input = '') {
    this.child = spawn(process.execPath, [program, ...args], { env: { ...cleanEnv(), ...env } });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.out += text;
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.note += text;
    });
    this.child.stdin?.end(input);
    this.ended = new Promise((resolve) => {
      this.child.on('close', (code) => resolve({ code, out: this.out, note: this.note }));
    });
  }

  /** The first of its lines of JSON of that type. */
  fact(type: string): Promise<Readonly<Record<string, unknown>>> {
    return eventually(`it says ${type}: ${this.note}`, () => {
      const lines = this.out.split('\n').slice(0, -1);
      return lines.map((line) => JSON.parse(line) as Record<string, unknown>).find((fact) => fact['type'] === type);
    });
  }

  async end(signal: NodeJS.Signals = 'SIGINT'): Promise<Ended> {
    this.child.kill(signal);
    return this.ended;
  }
}

export function whitewater(args: readonly string[], env: NodeJS.ProcessEnv = {}, input = ''): Promise<Ended> {
  return new RunningCommand(args, env, input).ended;
}

/** A cluster of processes on free ports, once it has a leader. */
export async function startedCluster(
  nodes: number,
  args: readonly string[] = [],
): Promise<{ readonly command: RunningCommand; readonly urls: readonly string[]; readonly leader: string }> {
  const first = await freePorts(nodes + 1);
  const command = new RunningCommand(['cluster', `--nodes=${nodes}`, `--port=${first - 1}`, '--json', ...args]);
  const { leader } = await command.fact('ready');
  const urls = Array.from({ length: nodes }, (_, at) => `http://127.0.0.1:${first + at}`);
  return { command, urls, leader: String(leader) };
}

function cleanEnv(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('WHITEWATER_')));
}
