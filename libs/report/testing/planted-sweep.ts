import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { declarations } from '@natsweep/catalogue';
import { openResults, type ResultsStore } from '@natsweep/results';
import {
  createGrid,
  formatProblem,
  parseSweepSpec,
  type Measured,
  type Outcome,
  type Trial,
  type TrialRecord,
} from '@natsweep/sweep';

/** What a planted trial reports; a string is the message of a failure. */
export type Planted =
  | {
      readonly outcome?: Outcome;
      readonly metrics: Readonly<Record<string, Measured>>;
      readonly traces?: Readonly<Record<string, readonly Measured[]>>;
    }
  | string
  | undefined;

/** A results database in a folder of its own, removed when the test is over. */
export async function temporaryStore(test: { after(hook: () => Promise<void>): void }): Promise<ResultsStore> {
  const directory = mkdtempSync(join(tmpdir(), 'natsweep-report-'));
  const store = await openResults(`sqlite:${join(directory, 'results.sqlite')}`);
  test.after(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });
  return store;
}

/**
 * Records a sweep whose findings are made up by `plant`, trial by trial; a trial that it leaves undefined has no record
 * yet. Returns the sweep's name.
 */
export async function plantSweep(store: ResultsStore, yaml: string, plant: (trial: Trial) => Planted): Promise<string> {
  const parsed = parseSweepSpec(yaml, { file: 'planted.yaml', experiments: declarations });
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'));
  const { spec } = parsed;
  const experiment = declarations.find(({ name }) => name === spec.experiment)!;
  const grid = createGrid(spec, experiment);
  const planted = Array.from({ length: grid.size }, (_, index) => {
    const trial = grid.trial(index);
    return { trial, found: plant(trial) };
  });
  await store.createSweep({
    name: spec.name,
    experiment: spec.experiment,
    experimentVersion: spec.experimentVersion,
    spec: JSON.stringify(spec),
    planned: grid.size,
    state: planted.every(({ found }) => found !== undefined) ? 'completed' : 'running',
    stateReason: null,
    createdAtMs: Date.UTC(2026, 0, 5, 9),
    completedAtMs: null,
    commandId: `plant-${spec.name}`,
  });
  const records = planted.flatMap(({ trial, found }) =>
    found === undefined ? [] : [recordOf(spec.name, trial, found)],
  );
  for (let start = 0; start < records.length; start += 5000) await store.record(records.slice(start, start + 5000));
  return spec.name;
}

function recordOf(sweep: string, trial: Trial, found: Exclude<Planted, undefined>): TrialRecord {
  const place = {
    sweep,
    trialId: trial.trialId,
    index: trial.index,
    params: trial.params,
    seed: trial.seed,
    attempt: {
      attempt: 1,
      worker: `worker-${trial.index % 2}`,
      slot: 'cpu-0',
      startedAtMs: Date.UTC(2026, 0, 5, 9) + 500 * trial.index,
      elapsedSeconds: 0.5,
    },
  };
  if (typeof found === 'string') return { kind: 'failed', ...place, failure: 'crash', message: found, logTail: '' };
  return {
    kind: 'observation',
    ...place,
    outcome: found.outcome ?? 'converged',
    metrics: found.metrics,
    traces: found.traces ?? {},
    engine: {
      ...{ engine: 'openblas', device: 'cpu', precision: 'float64', threads: 1 },
      versions: { openblas: '0.3.21', natsweep: '0.0.9' },
    },
  };
}
