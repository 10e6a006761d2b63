import type { EngineInfo } from '@natsweep/sweep';
import { sql } from 'kysely';
import type { Connection } from './connection.ts';
import { findSweep } from './query.ts';
import type { SlotProvenance } from './store.ts';
import { trialTable } from './sweep-tables.ts';

export async function readProvenance({ db, texts }: Connection, name: string): Promise<SlotProvenance[]> {
  const sweep = await findSweep(db, name);
  const groups = await db
    .selectFrom(trialTable(sweep.id))
    .select(['slot_text', 'engine_text'])
    .select(({ fn }) => [
      fn.countAll<number>().as('records'),
      sql<number>`sum(case when attempt > 1 then 1 else 0 end)`.as('repeated'),
      sql<number>`min(started_at_ms)`.as('firstStartMs'),
      sql<number>`max(started_at_ms + 1000 * elapsed_seconds)`.as('lastEndMs'),
      fn.sum<number>('elapsed_seconds').as('elapsedSeconds'),
    ])
    .groupBy(['slot_text', 'engine_text'])
    .orderBy(({ fn }) => fn.min('id'))
    .execute();
  await texts.load(groups.flatMap(({ slot_text, engine_text }) => [slot_text, engine_text]));
  return groups.map(({ slot_text, engine_text, ...measured }) => {
    const [worker, slot] = texts.json(slot_text) as [string, string];
    return {
      worker,
      slot,
      ...(engine_text !== null && { engine: texts.json(engine_text) as EngineInfo }),
      ...measured,
    };
  });
}
