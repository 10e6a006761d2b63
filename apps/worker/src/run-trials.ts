import { findExperiment, type TrialResult } from '@natsweep/experiments';
import type { Precision } from '@natsweep/linalg';
import type { EngineInfo, Trial } from '@natsweep/sweep';
import { version } from '@natsweep/telemetry/version';
import type { Engines } from './engine.ts';
import { measured, measuredTrace } from './measured.ts';
import { peakMemoryBytes, restartPeakMemory } from './peak-memory.ts';
import type { FinishedTrial, Reply, Results } from './protocol.ts';
import { ResultOutbox } from './result-outbox.ts';

export interface RunContext {
  readonly engines: Engines;
  /** Where the files of data sets are; undefined: no folder is named. */
  readonly dataFolder: string | undefined;
  readonly signal: AbortSignal;
  readonly send: (reply: Reply) => void;
}

/** The trials cannot be run as they are: an unknown experiment, another version of it, or parameters it refuses. */
export class InvalidTrialError extends Error {
  override readonly name = 'InvalidTrialError';
  readonly code = 'TRIAL_INVALID';
}

/** Shortest time between two progress messages. */
const progressIntervalMs = 200;

/** Runs trials of one experiment together. Sends results as they come, and returns the last ones. */
export async function runTrials(
  trials: readonly Trial[],
  { engines, dataFolder, signal, send }: RunContext,
): Promise<Results> {
  const experiment = requireExperiment(trials);
  const parsed = trials.map(({ trialId, params, seed }) => {
    const result = experiment.declaration.parameters.safeParse(params);
    if (!result.success) throw new InvalidTrialError(`trial ${trialId}: ${result.error.message}`);
    return { trialId, params: result.data, seed };
  });
  const engine = engines(precisionOf(parsed[0]?.params));
  const engineInfo = withNatsweep(engine.info());
  const outbox = new ResultOutbox((finished) => send({ kind: 'finished', engine: engineInfo, trials: finished }));

  let progressSentAtMs = 0;
  const progress = (trialId: string, stepsDone: number, stepsTotal: number) => {
    outbox.tellOverdue();
    const now = performance.now();
    if (now - progressSentAtMs < progressIntervalMs) return;
    progressSentAtMs = now;
    send({ kind: 'progress', trialId, stepsDone, stepsTotal });
  };

  restartPeakMemory();
  let since = performance.now();
  let finished = 0;
  let last: FinishedTrial | undefined;
  for await (const result of experiment.run(parsed, { engine, dataFolder, signal, progress })) {
    const now = performance.now();
    const elapsedSeconds = result.elapsedSeconds ?? (now - since) / 1000;
    since = now;
    const trial = recordable(result, elapsedSeconds);
    finished += 1;
    if (finished === trials.length) last = trial;
    else outbox.add(trial);
  }
  return { engine: engineInfo, trials: [...outbox.rest(), ...(last === undefined ? [] : [last])] };
}

function requireExperiment(trials: readonly Trial[]) {
  const { experiment: name = '', experimentVersion = 0 } = trials[0] ?? {};
  const experiment = findExperiment(name);
  if (experiment === undefined) throw new InvalidTrialError(`this worker knows no experiment "${name}"`);
  const { version } = experiment.declaration;
  if (version !== experimentVersion) {
    throw new InvalidTrialError(
      `this worker has version ${version} of experiment "${name}", the sweep wants ${experimentVersion}: update the older of the two`,
    );
  }
  return experiment;
}

/** The engines are part of natsweep: its version stands among theirs. */
function withNatsweep(engine: EngineInfo): EngineInfo {
  return { ...engine, versions: { ...engine.versions, natsweep: version } };
}

/** What the trials of a batch ask for; they share it, since it is a structural parameter. */
function precisionOf(params: Readonly<Record<string, unknown>> = {}): Precision {
  return params['precision'] === 'float32' ? 'float32' : 'float64';
}

function recordable({ trialId, outcome, metrics, traces }: TrialResult, elapsedSeconds: number): FinishedTrial {
  return {
    trialId,
    outcome,
    elapsedSeconds,
    peakMemoryBytes: peakMemoryBytes(),
    startedAtMs: Math.round(Date.now() - elapsedSeconds * 1000),
    metrics: Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, measured(value)])),
    traces: Object.fromEntries(Object.entries(traces).map(([name, values]) => [name, measuredTrace(values)])),
  };
}
