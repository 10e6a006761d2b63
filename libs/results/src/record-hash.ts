import { createHash } from 'node:crypto';
import type { EngineInfo, TrialRecord } from '@natsweep/sweep';
import { traceBytes } from './traces.ts';

/**
 * SHA-256 over everything a record says, except its place (sweep and index): JSON in a fixed order, with keys in code-unit
 * order and without metrics that are null, then, for an observation, the float64 values of its traces.
 * @param plainTraces `traceBytes(record.traces)`, where the caller has them already.
 */
export function recordHash(record: TrialRecord, plainTraces?: Uint8Array): Uint8Array {
  const { attempt, worker, slot, startedAtMs, elapsedSeconds, peakMemoryBytes, gpu } = record.attempt;
  const common = [
    record.kind,
    record.trialId,
    record.seed,
    sorted(record.params),
    [
      attempt,
      worker,
      slot,
      startedAtMs,
      elapsedSeconds,
      ...(gpu === undefined ? [] : [sorted(gpu)]),
      ...(peakMemoryBytes === undefined ? [] : [peakMemoryBytes]),
    ],
  ];
  const hash = createHash('sha256');
  if (record.kind === 'failed')
    return hash.update(JSON.stringify([...common, record.failure, record.message, record.logTail])).digest();
  const { outcome, metrics, traces } = record;
  const measured = sorted(metrics).filter(([, value]) => value !== null);
  const shape = Object.entries(traces).map(([name, values]) => [name, values.length]);
  hash.update(JSON.stringify([...common, outcome, measured, engineFields(record.engine), shape]));
  return hash.update(plainTraces ?? traceBytes(traces)).digest();
}

function engineFields({ engine, device, precision, threads, versions }: EngineInfo): unknown[] {
  return [engine, device, precision, threads, sorted(versions)];
}

function sorted(entries: object): [string, unknown][] {
  return Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
