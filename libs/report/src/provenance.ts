import type { SlotProvenance } from '@natsweep/results';
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

export function summariseProvenance(slots: readonly SlotProvenance[]): Provenance {
  const engines = new Map<string, number>();
  const natsweep = new Map<string, number>();
  for (const { engine, records } of slots) {
    if (engine === undefined) continue;
    count(engines, describeEngine(engine), records);
    const version = engine.versions['natsweep'];
    if (version !== undefined) count(natsweep, version, records);
  }
  const isEmpty = slots.length === 0;
  const sum = (of: (slot: SlotProvenance) => number) => slots.reduce((total, slot) => total + of(slot), 0);
  return {
    engines: mostUsedFirst(engines).map(([description, trials]) => ({ description, trials })),
    natsweep: mostUsedFirst(natsweep).map(([version, trials]) => ({ version, trials })),
    workers: new Set(slots.map(({ worker }) => worker)).size,
    slots: new Set(slots.map(({ worker, slot }) => `${worker}/${slot}`)).size,
    firstStartMs: isEmpty ? null : slots.reduce((first, slot) => Math.min(first, slot.firstStartMs), Infinity),
    lastEndMs: isEmpty ? null : slots.reduce((last, slot) => Math.max(last, slot.lastEndMs), -Infinity),
    trialSeconds: sum(({ elapsedSeconds }) => elapsedSeconds),
    retried: sum(({ repeated }) => repeated),
  };
}

function count(counts: Map<string, number>, key: string, records: number): void {
  counts.set(key, (counts.get(key) ?? 0) + records);
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
