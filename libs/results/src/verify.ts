import { IndexSet } from '@natsweep/sweep';
import type { Connection } from './connection.ts';
import { recordHash } from './record-hash.ts';
import { readRecords } from './rows.ts';
import type { PlannedTrials, Verification } from './store.ts';
import { countRecords } from './sweeps.ts';

const examples = 10;

/**
 * Invariant 2, proved: reads every record with its traces, computes its hash again, and holds its trial against the
 * grid. One pass, one bit per trial.
 */
export async function verifySweep(connection: Connection, name: string, planned: PlannedTrials): Promise<Verification> {
  const seen = new IndexSet();
  const problems: string[] = [];
  const found = { recorded: 0, duplicates: 0, misplaced: 0, damaged: 0 };
  const report = (kind: 'duplicates' | 'misplaced' | 'damaged', problem: string) => {
    found[kind]++;
    if (problems.length < examples) problems.push(problem);
  };
  for await (const { record, hash } of readRecords(connection, name)) {
    const { index, trialId } = record;
    found.recorded++;
    if (!Buffer.from(recordHash(record)).equals(hash))
      report('damaged', `trial ${trialId} differs from what was recorded`);
    if (index < 0 || index >= planned.size || planned.trialId(index) !== trialId)
      report('misplaced', `trial ${trialId} is not the one planned at index ${index}`);
    else if (seen.has(index)) report('duplicates', `index ${index} is recorded twice`);
    else seen.add(index);
  }
  const counts = await countRecords(connection.db, name);
  const counted = counts.observed + counts.failed;
  if (counted !== found.recorded) problems.push(`${counted} records were counted, ${found.recorded} are there`);
  const missing = planned.size - seen.size;
  return { planned: planned.size, ...found, missing, problems, clean: missing === 0 && problems.length === 0 };
}
