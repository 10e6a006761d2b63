import assert from 'node:assert/strict';
import { findDeclaration } from '@natsweep/catalogue';
import { RandomStream } from '@natsweep/linalg';
import { openResults, type TrialRow, type Verification } from '@natsweep/results';
import { createGrid, type SweepSpec } from '@natsweep/sweep';

export interface Verdict extends Verification {
  /** Trials that are not made to fail, and were recorded as failed for what befell every attempt. */
  readonly unlucky: number;
}

/**
 * Reads the whole database and holds it against the grid, and then every record against what its trial finds: that is known
 * here without having been run. Throws if a trial is not what was found, or took less than no time.
 */
export async function verify(databaseUrl: string, sweep: string): Promise<Verdict> {
  const results = await openResults(databaseUrl);
  try {
    const stored = await results.getSweep(sweep);
    const spec = JSON.parse(stored?.spec ?? 'null') as SweepSpec;
    const declaration = findDeclaration(spec.experiment);
    if (declaration === undefined) throw new Error(`there is no experiment "${spec.experiment}"`);
    const grid = createGrid(spec, declaration);
    const trials = new Set<string>();
    let unlucky = 0;
    for await (const row of results.allRows(sweep)) {
      const { index, params, seed, attempt } = row;
      assert(attempt.elapsedSeconds >= 0, `trial ${index} took ${attempt.elapsedSeconds} s`);
      trials.add(JSON.stringify([params['behaviour'], params['point'], seed]));
      if (isUnlucky(row)) unlucky += 1;
    }
    const verification = await results.verify(sweep, {
      size: grid.size,
      trialId: (index) => grid.trial(index).trialId,
    });
    assert.equal(trials.size, verification.recorded, 'some records are of the same trial');
    return { ...verification, unlucky };
  } finally {
    await results.close();
  }
}

/** Throws unless a trial that has ended by itself has ended as it must: the first two numbers of its stream decide. */
function isUnlucky(row: TrialRow): boolean {
  const { params, seed, index } = row;
  const [value = NaN, draw = NaN] = new RandomStream(seed, `diagnostic/${String(params['point'])}`).uniforms(2);
  const behaviour = draw < Number(params['share']) ? params['behaviour'] : 'finish';
  if (row.kind === 'failed') {
    if (behaviour !== 'throw') return true;
    // one that throws may be killed in its last attempt, before it could
    return !row.message.includes('thrown as asked');
  }
  assert.notEqual(behaviour, 'throw', `trial ${index} throws, and has an observation`);
  const found = behaviour === 'diverge' ? ['diverged', null] : ['converged', value];
  assert.deepEqual([row.outcome, row.metrics['value']], found, `what trial ${index} has found`);
  return false;
}
