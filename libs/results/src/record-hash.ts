import { createHash } from 'node:crypto';
import type { TrialRecord } from '@natsweep/sweep';
import { traceBytes } from './traces.ts';

/**
 * SHA-256 over everything a record says, except its place (sweep and index): canonical JSON with keys in code-unit
 * order and without metrics that are null, then, for an observation, the float64 values of its traces.
 */
export function recordHash(record: TrialRecord): Uint8Array {
  const { kind, trialId, seed, attempt } = record;
  const common = { kind, trialId, seed, params: sorted(record.params), attempt: sorted(attempt) };
  if (record.kind === 'failed') {
    const { failure, message, logTail } = record;
    return createHash('sha256')
      .update(JSON.stringify({ ...common, failure, message, logTail }))
      .digest();
  }
  const { outcome, engine, traces } = record;
  const metrics = Object.entries(record.metrics).filter(([, value]) => value !== null);
  const content = {
    ...common,
    outcome,
    metrics: sorted(Object.fromEntries(metrics)),
    engine: sorted({ ...engine, versions: sorted(engine.versions) }),
    traces: Object.entries(traces).map(([name, values]) => [name, values.length]),
  };
  return createHash('sha256').update(JSON.stringify(content)).update(traceBytes(traces)).digest();
}

function sorted(entries: object): [string, unknown][] {
  return Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
