import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { root } from './root.mjs';
import { onStop } from './stop.mjs';

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

onStop(() =>
  Promise.all(
    [...running].map((child) => {
      const ended = once(child, 'close');
      child.kill();
      return ended;
    }),
  ),
);

/** In a log, and in what is shown later, colours are noise. */
const plainEnv = { NO_COLOR: '1', FORCE_COLOR: undefined };

/**
 * Runs a program in the root of the repository, without input, and waits for its end.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ capture?: boolean, env?: NodeJS.ProcessEnv, shell?: boolean }} [options] `capture`: collect what it prints
 * @returns {Promise<{ ok: boolean, output: string }>} `ok` is false also where the program could not be started
 */
export function runProgram(command, args, { capture = false, env = process.env, shell = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: capture || !process.stdout.isTTY ? { ...env, ...plainEnv } : env,
      shell,
      stdio: ['ignore', capture ? 'pipe' : 'inherit', capture ? 'pipe' : 'inherit'],
    });
    running.add(child);
    let output = '';
    const collect = (/** @type {string} */ text) => {
      output += text;
    };
    child.stdout?.setEncoding('utf8').on('data', collect);
    child.stderr?.setEncoding('utf8').on('data', collect);
    const end = (/** @type {boolean} */ ok) => {
      running.delete(child);
      resolve({ ok, output });
    };
    child.on('error', (error) => {
      output += `${command} could not be started: ${error.message}\n`;
      end(false);
    });
    child.on('close', (code) => end(code === 0));
  });
}

/**
 * Runs a JavaScript program of an installed package.
 *
 * @param {string} path below node_modules
 * @param {readonly string[]} args
 * @param {{ capture?: boolean, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<{ ok: boolean, output: string }>}
 */
export function runInstalled(path, args, options) {
  return runProgram(process.execPath, [`node_modules/${path}`, ...args], options);
}
