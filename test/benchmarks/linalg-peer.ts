import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ChildProcess } from 'node:child_process';

export interface Timing {
  readonly seconds: number;
  readonly checksum: number;
}

/** NumPy or PyTorch in a Python process of its own, which times computations on request (peers/*.py). */
export class Peer {
  readonly name: string;
  readonly version: string;
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(name: string, version: string, process: ChildProcess, lines: AsyncIterator<string>) {
    this.name = name;
    this.version = version;
    this.#process = process;
    this.#lines = lines;
  }

  /** undefined where Python or the library is not installed. */
  static async start(
    name: 'numpy' | 'torch',
    python: string,
    { script, threads, clock }: { readonly script: string; readonly threads: number; readonly clock: string },
  ): Promise<Peer | undefined> {
    const count = String(threads);
    const child = spawn(python, [join(import.meta.dirname, 'peers', script), name, count, clock], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { ...process.env, OPENBLAS_NUM_THREADS: count, OMP_NUM_THREADS: count, MKL_NUM_THREADS: count },
    });
    child.on('error', () => undefined);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const first = await lines.next();
    if (first.done === true) return undefined;
    return new Peer(name, (JSON.parse(first.value) as { version: string }).version, child, lines);
  }

  async prepare(kernel: string, sizes: readonly number[]): Promise<void> {
    await this.#ask({ prepare: kernel, sizes });
  }

  async run(iterations: number): Promise<Timing> {
    return (await this.#ask({ run: iterations })) as Timing;
  }

  /** MiB that a run adds to the memory of the process at its peak; undefined where the system does not tell. */
  async peakMiB(kernel: string, sizes: readonly number[]): Promise<number | undefined> {
    return ((await this.#ask({ memory: kernel, sizes })) as { readonly peakMiB: number | null }).peakMiB ?? undefined;
  }

  async stop(): Promise<void> {
    this.#process.stdin!.end();
    if (this.#process.exitCode === null) await once(this.#process, 'exit');
  }

  async #ask(request: object): Promise<unknown> {
    this.#process.stdin!.write(`${JSON.stringify(request)}\n`);
    const answer = await this.#lines.next();
    if (answer.done === true) throw new Error(`${this.name} ended at ${JSON.stringify(request)}`);
    return JSON.parse(answer.value);
  }
}
