import type { Command } from 'commander';
import type { Terminal } from './terminal.ts';

/** A subcommand adds itself to the program, and tells through `exit` with which code the program is to end. */
export type AddCommand = (program: Command, terminal: Terminal, exit: (code: number) => void, version: string) => void;
