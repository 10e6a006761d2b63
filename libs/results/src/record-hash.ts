import { hash } from 'node:crypto';
import { KeyOrder, type TrialRecord } from '@natsweep/sweep';
import { perEngine } from './per-engine.ts';
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
    sorted(record.params, paramOrder),
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
  if (record.kind === 'failed')
    return sha256(JSON.stringify([...common, record.failure, record.message, record.logTail]));
  const { outcome, metrics, traces } = record;
  const measured = sorted(metrics, metricOrder).filter(([, value]) => value !== null);
  const shape = Object.entries(traces).map(([name, values]) => [name, values.length]);
  const head = JSON.stringify([...common, outcome, measured]);
  const said = `${head.slice(0, -1)},${engineText(record.engine)},${JSON.stringify(shape)}]`;
  const values = plainTraces ?? traceBytes(traces);
  return sha256(values.length === 0 ? said : Buffer.concat([Buffer.from(said), values]));
}

/** In one call: an object for each hash costs more than short content does. */
function sha256(content: string | Uint8Array): Uint8Array {
  return hash('sha256', content, 'buffer');
}

const engineText = perEngine(({ engine, device, precision, threads, versions }) =>
  JSON.stringify([engine, device, precision, threads, sorted(versions)]),
);

const paramOrder = new KeyOrder();
const metricOrder = new KeyOrder();

function sorted<Entries extends object>(entries: Entries, order = new KeyOrder()): [string, unknown][] {
  return order.of(entries).map((key) => [key, entries[key as keyof Entries]]);
}
