import type { TrialRow } from '@natsweep/results';
import type { EngineInfo } from '@natsweep/sweep';

/** By what and when the trials of a sweep were run. */
export interface Provenance {
  /** "openblas (0.3.21) on cpu, float64, 1 thread" with the number of its observations, most used first. */
  readonly engines: readonly { readonly description: string; readonly trials: number }[];
  /** Versions of natsweep that ran the observed trials, most used first. */
  readonly natsweep: readonly { readonly version: string; readonly trials: number }[];
  readonly workers: number;
  readonly slots: number;
  readonly firstStartMs: number | null;
  readonly lastEndMs: number | null;
  /** Sum over trials: the time that one slot would have taken. */
  readonly trialSeconds: number;
  /** Records of a second or later attempt. */
  readonly retried: number;
}

/** Accumulates provenance row by row. */
export class ProvenanceCounter {
  readonly #engines = new Map<string, number>();
  readonly #natsweep = new Map<string, number>();
  readonly #workers = new Set<string>();
  readonly #slots = new Set<string>();
  #firstStartMs = Infinity;
  #lastEndMs = -Infinity;
  #trialSeconds = 0;
  #retried = 0;

  add(row: TrialRow): void {
    const { worker, slot, startedAtMs, elapsedSeconds, attempt } = row.attempt;
    this.#workers.add(worker);
    this.#slots.add(`${worker}/${slot}`);
    this.#firstStartMs = Math.min(this.#firstStartMs, startedAtMs);
    this.#lastEndMs = Math.max(this.#lastEndMs, startedAtMs + 1000 * elapsedSeconds);
    this.#trialSeconds += elapsedSeconds;
    if (attempt > 1) this.#retried++;
    if (row.kind === 'observation') {
      count(this.#engines, describeEngine(row.engine));
      const { natsweep } = row.engine.versions;
      if (natsweep !== undefined) count(this.#natsweep, natsweep);
    }
  }

  result(): Provenance {
    const isEmpty = this.#workers.size === 0;
    return {
      engines: mostUsedFirst(this.#engines).map(([description, trials]) => ({ description, trials })),
      natsweep: mostUsedFirst(this.#natsweep).map(([version, trials]) => ({ version, trials })),
      workers: this.#workers.size,
      slots: this.#slots.size,
      firstStartMs: isEmpty ? null : this.#firstStartMs,
      lastEndMs: isEmpty ? null : this.#lastEndMs,
      trialSeconds: this.#trialSeconds,
      retried: this.#retried,
    };
  }
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function mostUsedFirst(counts: ReadonlyMap<string, number>): readonly (readonly [string, number])[] {
  return [...counts].sort(([, a], [, b]) => b - a);
}

function describeEngine({ engine, device, precision, threads, versions }: EngineInfo): string {
  const list = Object.entries(versions)
    .filter(([library]) => library !== 'natsweep')
    .map(([library, version]) => (library === engine ? version : `${library} ${version}`));
  const version = list.length === 0 ? '' : ` (${list.join(', ')})`;
  return `${engine}${version} on ${device}, ${precision}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
}
