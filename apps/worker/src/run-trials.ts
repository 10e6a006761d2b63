import { findExperiment, type TrialResult } from '@natsweep/experiments';
import type { LinalgEngine } from '@natsweep/linalg';
import type { Trial } from '@natsweep/sweep';
import { measured, measuredTrace } from './measured.ts';
import type { FinishedTrial, Reply } from './protocol.ts';

export interface RunContext {
  readonly engine: LinalgEngine;
  readonly signal: AbortSignal;
  readonly send: (reply: Reply) => void;
}

/** The trials cannot be run as they are: an unknown experiment, another version of it, or parameters it refuses. */
export class InvalidTrialError extends Error {
  override readonly name = 'InvalidTrialError';
}

/** Shortest time between two progress messages. */
const progressIntervalMs = 200;

/** Runs trials of one experiment together. Sends each result as soon as it is there, and returns that of the last trial. */
export async function runTrials(
  trials: readonly Trial[],
  { engine, signal, send }: RunContext,
): Promise<FinishedTrial | undefined> {
  const experiment = requireExperiment(trials);
  const parsed = trials.map(({ trialId, params, seed }) => {
    const result = experiment.declaration.parameters.safeParse(params);
    if (!result.success) throw new InvalidTrialError(`trial ${trialId}: ${result.error.message}`);
    return { trialId, params: result.data, seed };
  });

  let progressSentAtMs = 0;
  const progress = (trialId: string, stepsDone: number, stepsTotal: number) => {
    const now = performance.now();
    if (now - progressSentAtMs < progressIntervalMs) return;
    progressSentAtMs = now;
    send({ kind: 'progress', trialId, stepsDone, stepsTotal });
  };

  let since = performance.now();
  let finished = 0;
  let last: FinishedTrial | undefined;
  for await (const result of experiment.run(parsed, { engine, signal, progress })) {
    const now = performance.now();
    const elapsedSeconds = result.elapsedSeconds ?? (now - since) / 1000;
    since = now;
    const trial = { ...recordable(result), elapsedSeconds, startedAtMs: startOf(elapsedSeconds) };
    finished += 1;
    if (finished === trials.length) last = trial;
    else send({ kind: 'finished', trial });
  }
  return last;
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

function recordable({ trialId, outcome, metrics, traces }: TrialResult) {
  return {
    trialId,
    outcome,
    metrics: Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, measured(value)])),
    traces: Object.fromEntries(Object.entries(traces).map(([name, values]) => [name, measuredTrace(values)])),
  };
}

function startOf(elapsedSeconds: number): number {
  return Math.round(Date.now() - elapsedSeconds * 1000);
}
