import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

/** Registers something to do when the test ends; what was registered last is done first. */
export type Defer = (cleanUp: () => unknown) => void;

export function cleaningUp(t: TestContext): Defer {
  const steps: (() => unknown)[] = [];
  t.after(async () => {
    for (const step of steps.toReversed()) await step();
  });
  return (cleanUp) => steps.push(cleanUp);
}

export interface StartOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

/** A process of the test, with what it has written. Killed when the test ends, if it still runs. */
export class TestProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #output = '';
  #wake: () => void = () => {};

  constructor(defer: Defer, command: readonly [string, ...string[]], { env = {}, cwd }: StartOptions = {}) {
    const [program, ...args] = command;
    this.#child = spawn(program, args, { env: { ...process.env, ...env }, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#ended = once(this.#child, 'close').then(() => this.#wake());
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#output += chunk.toString();
        this.#wake();
      });
    }
    defer(async () => {
      this.#child.kill('SIGKILL');
      await this.#ended;
    });
  }

  get output(): string {
    return this.#output;
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  /** Waits until the process has written something that matches; throws if it ends before. */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.#output);
      if (found !== null) return found;
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
        throw new Error(`${this.#child.spawnfile} ended without writing ${pattern}:\n${this.#output}`);
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Asks the process to end and waits for it. */
  async terminate(): Promise<number | null> {
    this.#child.kill('SIGTERM');
    return this.end();
  }

  /** Waits until the process ends. */
  async end(): Promise<number | null> {
    await this.#ended;
    return this.#child.exitCode;
  }
}

/** A port of loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Asks again until the answer is not undefined; after `timeoutMs` throws what `describe` says of the last state. */
export async function eventually<T>(
  ask: () => Promise<T | undefined>,
  describe: () => string,
  timeoutMs = 30_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${describe()}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
