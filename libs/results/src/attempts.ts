import type { Connection } from './connection.ts';
import { storableText } from './encode-record.ts';
import { findSweep } from './query.ts';
import type { FailedAttempt } from './store.ts';
import { inParts } from './texts.ts';

/** Keeps deliveries that failed; one that is there already is left as it is, those of unknown sweeps are dropped. */
export async function recordAttempts({ db }: Connection, attempts: readonly FailedAttempt[]): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    for (const [name, ofSweep] of Map.groupBy(attempts, ({ sweep }) => sweep)) {
      const sweep = await transaction.selectFrom('sweeps').select('id').where('name', '=', name).executeTakeFirst();
      if (!sweep) continue;
      const rows = ofSweep.map(({ trialId, failure, message, logTail, attempt }) => ({
        sweep_id: sweep.id,
        trial_id: trialId,
        attempt: attempt.attempt,
        failure,
        message: storableText(message),
        log_tail: storableText(logTail),
        worker: attempt.worker,
        slot: attempt.slot,
        started_at_ms: attempt.startedAtMs,
        elapsed_seconds: attempt.elapsedSeconds,
      }));
      for (const part of inParts(rows, 500))
        await transaction
          .insertInto('failed_attempts')
          .values(part)
          .onConflict((conflict) => conflict.doNothing())
          .execute();
    }
  });
}

export async function readAttempts({ db }: Connection, name: string, trialId: string): Promise<FailedAttempt[]> {
  const { id } = await findSweep(db, name);
  const rows = await db
    .selectFrom('failed_attempts')
    .selectAll()
    .where('sweep_id', '=', id)
    .where('trial_id', '=', trialId)
    .orderBy('attempt')
    .execute();
  return rows.map((row) => ({
    sweep: name,
    trialId: row.trial_id,
    failure: row.failure,
    message: row.message,
    logTail: row.log_tail,
    attempt: {
      attempt: row.attempt,
      worker: row.worker,
      slot: row.slot,
      startedAtMs: row.started_at_ms,
      elapsedSeconds: row.elapsed_seconds,
    },
  }));
}
