import type { TrialRow } from '@natsweep/results';
import type { EngineInfo } from '@natsweep/sweep';

/** By what and when the trials of a sweep were run. */
export interface Provenance {
  /** "openblas (0.3.21) on cpu, float64, 1 thread" with the number of its observations, most used first. */
  readonly engines: readonly { readonly description: string; readonly trials: number }[];
  readonly workers: number;
  readonly slots: number;
  readonly firstStartMs: number | null;
  readonly lastEndMs: number | null;
  /** Sum over trials: the time that one slot would have taken. */
  readonly trialSeconds: number;
  /** Records of a second or later attempt. */
  readonly retried: number;
}

export function provenanceOf(rows: readonly TrialRow[]): Provenance {
  const engines = new Map<string, number>();
  const workers = new Set<string>();
  const slots = new Set<string>();
  let firstStartMs = Infinity;
  let lastEndMs = -Infinity;
  let trialSeconds = 0;
  let retried = 0;
  for (const row of rows) {
    const { worker, slot, startedAtMs, elapsedSeconds, attempt } = row.attempt;
    workers.add(worker);
    slots.add(`${worker}/${slot}`);
    firstStartMs = Math.min(firstStartMs, startedAtMs);
    lastEndMs = Math.max(lastEndMs, startedAtMs + 1000 * elapsedSeconds);
    trialSeconds += elapsedSeconds;
    if (attempt > 1) retried++;
    if (row.kind === 'observation') {
      const description = describeEngine(row.engine);
      engines.set(description, (engines.get(description) ?? 0) + 1);
    }
  }
  return {
    engines: [...engines].map(([description, trials]) => ({ description, trials })).sort((a, b) => b.trials - a.trials),
    workers: workers.size,
    slots: slots.size,
    firstStartMs: rows.length === 0 ? null : firstStartMs,
    lastEndMs: rows.length === 0 ? null : lastEndMs,
    trialSeconds,
    retried,
  };
}

function describeEngine({ engine, device, precision, threads, versions }: EngineInfo): string {
  const list = Object.entries(versions).map(([library, version]) =>
    library === engine ? version : `${library} ${version}`,
  );
  const version = list.length === 0 ? '' : ` (${list.join(', ')})`;
  return `${engine}${version} on ${device}, ${precision}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
}
