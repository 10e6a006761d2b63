import type { Command } from 'commander';

import type { Environment } from './environment.ts';
import type { ExitCode } from './exit.ts';
import type { Terminal } from './terminal/terminal.ts';

/** What every command works with. */
export interface Cli {
  readonly terminal: Terminal;
  readonly environment: Environment;
}

/** Adds one command to the program. */
export type Register = (program: Command, cli: Cli, run: Run) => void;

/** Wraps a command's work as an action: its exit code is that of the process. */
export type Run = <Args extends unknown[]>(
  work: (...args: Args) => Promise<ExitCode> | ExitCode,
) => (...args: Args) => Promise<void>;
