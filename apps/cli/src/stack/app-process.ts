import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';

import { identifyProcess, type ProcessIdentity } from './process-identity.ts';

export interface AppProcessOptions {
  readonly name: string;
  /** Path of the app's entry file. */
  readonly entry: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Standard output and error are appended to this file. */
  readonly logFile: string;
  /** Called with a sentence whenever the process ended by itself and will be started again. */
  readonly onCrash: (message: string) => void;
  /** Called whenever the process was started. */
  readonly onStart: () => void;
}

/** Waits between starts after 1, 2, 3, … crashes in a row; a process that lived for `healthyMs` starts a new count. */
const backoffMs = [500, 1_000, 2_000, 5_000, 10_000, 30_000];
const healthyMs = 60_000;

/**
 * One app of the stack, started again with growing delays whenever it ends by itself. It leads a process group of its
 * own, so that Ctrl-C reaches only the stack's own process, which stops the apps in their right order.
 */
export class AppProcess {
  readonly name: string;
  readonly #options: AppProcessOptions;
  #child: ChildProcess | undefined;
  #identity: ProcessIdentity | undefined;
  #startedAtMs = 0;
  #crashes = 0;
  #logStart = 0;
  #lastCrash: string | undefined;
  #restart: NodeJS.Timeout | undefined;
  #stopping = false;

  constructor(options: AppProcessOptions) {
    this.name = options.name;
    this.#options = options;
  }

  /** Undefined while it waits to be started again. */
  get identity(): ProcessIdentity | undefined {
    return this.#identity;
  }

  /** Why the process last ended by itself, in its own words where it left any; undefined if it never did. */
  get lastCrash(): string | undefined {
    return this.#lastCrash;
  }

  start(): void {
    const { entry, args, env, logFile } = this.#options;
    const log = openSync(logFile, 'a', 0o600);
    this.#logStart = fstatSync(log).size;
    const child = spawn(process.execPath, [entry, ...args], { detached: true, env, stdio: ['ignore', log, log] });
    closeSync(log);
    this.#child = child;
    this.#startedAtMs = Date.now();
    this.#identity = child.pid === undefined ? undefined : identifyProcess(child.pid);
    child.once('error', (error) => this.#ended(error.message));
    child.once('exit', (code, signal) => this.#ended(signal === null ? `code ${code}` : signal));
    this.#options.onStart();
  }

  /** Asks the process to end and waits; kills it after `deadlineMs`. Resolves to whether it ended by itself. */
  async stop(deadlineMs: number): Promise<boolean> {
    this.#stopping = true;
    clearTimeout(this.#restart);
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return true;
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    let killed = false;
    const deadline = setTimeout(() => {
      killed = true;
      child.kill('SIGKILL');
    }, deadlineMs);
    await exited;
    clearTimeout(deadline);
    return !killed;
  }

  /** Passes a signal on, e.g. the second Ctrl-C of someone who does not want to wait for the drain. */
  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  #ended(how: string): void {
    this.#child = undefined;
    this.#identity = undefined;
    if (this.#stopping) return;
    if (Date.now() - this.#startedAtMs > healthyMs) this.#crashes = 0;
    const delayMs = backoffMs[Math.min(this.#crashes, backoffMs.length - 1)]!;
    this.#crashes++;
    this.#restart = setTimeout(() => this.start(), delayMs);
    const complaint = lastComplaint(this.#options.logFile, this.#logStart)?.replace(`${this.name}: `, '');
    const ended = `${this.name} ended (${how})`;
    this.#lastCrash = complaint ?? `${ended}.`;
    this.#options.onCrash(
      `${complaint === undefined ? `${ended}.` : `${ended}: ${complaint}`} Starting it again in ${delayMs / 1000} s.`,
    );
  }
}

/** The last complaint in the part of a log that begins at byte `start`, be it JSON or plain text. */
export function lastComplaint(logFile: string, start = 0): string | undefined {
  const tailBytes = 8_192;
  const size = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  const buffer = Buffer.alloc(Math.min(tailBytes, Math.max(0, size - start)));
  if (buffer.length === 0) return undefined;
  const file = openSync(logFile, 'r');
  readSync(file, buffer, 0, buffer.length, size - buffer.length);
  closeSync(file);
  const lines = buffer.toString('utf8').split('\n');
  const messages = lines.map(complaintOf).filter((message) => message !== undefined);
  return messages.at(-1)?.replace(/^\w*Error: /, '');
}

/** A warning or error of the structured log, or a line that names an error. Stack frames and notes are passed over. */
function complaintOf(line: string): string | undefined {
  if (!line.startsWith('{')) return /^\w*(Error|error)\b.*:|^\w+: /.test(line) ? line : undefined;
  try {
    const { level, msg, err } = JSON.parse(line) as { level?: string; msg?: string; err?: { message?: string } };
    if (!['warn', 'error', 'fatal'].includes(level ?? '')) return undefined;
    return err?.message === undefined ? msg : `${msg}: ${err.message}`;
  } catch {
    return undefined;
  }
}
