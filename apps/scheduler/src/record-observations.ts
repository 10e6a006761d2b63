import { LeaseLostError } from '@natsweep/queue';
import type { ResultsError, ResultsErrorCode, ResultsStore } from '@natsweep/results';
import type { FailedTrial, Observation } from '@natsweep/sweep';
import type { Logger } from '@natsweep/telemetry';

/** Faults of the database as a whole: they pass, or someone puts them right. Others are about one record. */
const temporary: readonly ResultsErrorCode[] = [
  'unreachable',
  'denied',
  'read-only',
  'full',
  'disk',
  'locked',
  'superseded',
  'corrupt',
];

/**
 * Writes observations in one transaction. One that the database refuses for what it holds becomes a failed trial, so that
 * it neither stops the others nor comes back for ever. Throws what concerns the database as a whole.
 */
export async function recordObservations(
  results: Pick<ResultsStore, 'record'>,
  observations: readonly Observation[],
  logger: Logger,
): Promise<readonly FailedTrial[]> {
  try {
    await results.record(observations);
    return [];
  } catch (error) {
    if (isTemporary(error)) throw error;
  }
  const refused: FailedTrial[] = [];
  for (const observation of observations) {
    try {
      await results.record([observation]);
    } catch (error) {
      if (isTemporary(error)) throw error;
      logger.error({ err: error, trialId: observation.trialId }, 'an observation cannot be recorded');
      const failed = asFailed(observation, error as Error);
      await results.record([failed]);
      refused.push(failed);
    }
  }
  return refused;
}

/** Whether what failed may succeed later as it is, here or with the scheduler that has the lease by then. */
export function isTemporary(error: unknown): boolean {
  return error instanceof LeaseLostError || temporary.includes((error as ResultsError).code);
}

function asFailed({ sweep, trialId, index, params, seed, attempt }: Observation, { message }: Error): FailedTrial {
  return {
    kind: 'failed',
    sweep,
    trialId,
    index,
    params,
    seed,
    attempt,
    failure: 'invalid',
    message: `its observation cannot be recorded: ${message}`,
    logTail: '',
  };
}
