import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

const launcher = fileURLToPath(new URL('../../apps/cli/bin/natsweep.mjs', import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder in which a test drives natsweep as its users do: as a command, with its state in `.natsweep`. */
export class Home {
  readonly folder = mkdtempSync(join(tmpdir(), 'natsweep-e2e-'));
  readonly #env: NodeJS.ProcessEnv = { ...process.env, NATSWEEP_HOME: '', REDIS_URL: '', NATSWEEP_DATABASE_URL: '' };

  /** The folder is removed, and a stack that a failed test left behind is stopped, when the test ends. */
  constructor(t: TestContext) {
    t.after(async () => {
      await this.natsweep('down');
      rmSync(this.folder, { recursive: true, force: true });
    });
  }

  /** Runs a command to its end. */
  natsweep(...args: readonly string[]): Promise<Finished> {
    return this.natsweepWith({}, ...args);
  }

  natsweepWith(env: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<Finished> {
    return new Promise((resolve) => {
      const child = execFile(
        process.execPath,
        [launcher, ...args],
        { cwd: this.folder, env: { ...this.#env, ...env }, maxBuffer: 1 << 26 },
        (_, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
      );
    });
  }

  /** Starts a command that goes on until it is interrupted. */
  start(...args: readonly string[]): Running {
    return new Running(spawn(process.execPath, [launcher, ...args], { cwd: this.folder, env: this.#env }));
  }

  /** Writes a file into the folder and returns its name. */
  write(name: string, text: string): string {
    writeFileSync(join(this.folder, name), text);
    return name;
  }

  path(...parts: readonly string[]): string {
    return join(this.folder, ...parts);
  }

  has(...parts: readonly string[]): boolean {
    return existsSync(this.path(...parts));
  }

  /** Process ids of the running stack by app; `up` is the process that watches over them. */
  stack(): Readonly<Record<string, number>> {
    const { owner, apps } = JSON.parse(readFileSync(this.path('.natsweep', 'stack.json'), 'utf8')) as {
      owner: { pid: number };
      apps: Record<string, { pid: number }>;
    };
    return { up: owner.pid, ...Object.fromEntries(Object.entries(apps).map(([name, { pid }]) => [name, pid])) };
  }
}

/** A command that is under way. */
export class Running {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #stdout = '';
  #stderr = '';
  #wake: () => void = () => {};

  constructor(child: ChildProcess) {
    this.#child = child;
    this.#ended = once(child, 'close').then(() => this.#wake());
    child.stdout?.on('data', (chunk: Buffer) => this.#grow(() => (this.#stdout += chunk.toString())));
    child.stderr?.on('data', (chunk: Buffer) => this.#grow(() => (this.#stderr += chunk.toString())));
  }

  /** Resolves when the command has written something that matches; rejects if it ends before. */
  async until(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.#stdout + this.#stderr)) {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
        throw new Error(
          `ended (${this.#child.exitCode}) without writing ${pattern}:\n${this.#stdout}\n${this.#stderr}`,
        );
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  interrupt(): void {
    this.#child.kill('SIGINT');
  }

  async end(): Promise<Finished> {
    await this.#ended;
    return { code: this.#child.exitCode, stdout: this.#stdout, stderr: this.#stderr };
  }

  #grow(append: () => void): void {
    append();
    this.#wake();
  }
}
