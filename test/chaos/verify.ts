import { findDeclaration } from '@natsweep/catalogue';
import { openResults, type Verification } from '@natsweep/results';
import { createGrid, type SweepSpec } from '@natsweep/sweep';

/** Reads the whole database and holds it against the grid; throws if a trial took less than no time. */
export async function verify(databaseUrl: string, sweep: string): Promise<Verification> {
  const results = await openResults(databaseUrl);
  try {
    const stored = await results.getSweep(sweep);
    const spec = JSON.parse(stored?.spec ?? 'null') as SweepSpec;
    const declaration = findDeclaration(spec.experiment);
    if (declaration === undefined) throw new Error(`there is no experiment "${spec.experiment}"`);
    const grid = createGrid(spec, declaration);
    for await (const { index, attempt } of results.allRows(sweep)) {
      if (!(attempt.elapsedSeconds >= 0)) throw new Error(`trial ${index} took ${attempt.elapsedSeconds} s`);
    }
    return await results.verify(sweep, { size: grid.size, trialId: (index) => grid.trial(index).trialId });
  } finally {
    await results.close();
  }
}
