/**
 * Runs every named sweep at its sizes smallest and small, writes the page of the small ones into this folder, and keeps
 * what all of them took in libs/catalogue/sweeps/times.json, for `natsweep sweeps`.
 *
 *   npm run reproduction                          in a home of its own; about seven minutes on two processors
 *   npm run reproduction -- --home FOLDER         in this home: what it holds already is not run again
 *   npm run reproduction -- --home FOLDER --times keeps only the times of what this home holds, paper sizes too
 *
 * Run it on an idle machine: the times are what people will plan by.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import {
  declarations,
  namedSweeps,
  namedSweepText,
  readSweepTimes,
  specHash,
  sweepTimesFile,
  type SweepTime,
} from '@natsweep/catalogue';
import { openResults, type ResultsStore } from '@natsweep/results';
import { parseSweepSpec, type SweepSize, type SweepSpec } from '@natsweep/sweep';

const root = resolve(import.meta.dirname, '../..');
const { values: flags } = parseArgs({
  options: { home: { type: 'string' }, times: { type: 'boolean', default: false } },
});
const home = resolve(flags.home ?? mkdtempSync(join(tmpdir(), 'natsweep-reproduction-')));

if (!flags.times) {
  // the quickstart is a cut of a sweep that is on the page already
  reproduce('smallest', '--only', namedSweeps().join(','));
  reproduce('small', '--only', 'quickstart');
  const page = join(home, 'page');
  rmSync(page, { recursive: true, force: true });
  reproduce('small', '--out', page);
  replacePage(page);
}
const store = await openResults(`sqlite:${join(home, 'results.sqlite')}`);
await keepTimes(store);
await store.close();
if (flags.home === undefined) rmSync(home, { recursive: true });

function reproduce(size: SweepSize, ...options: readonly string[]): void {
  execFileSync(process.execPath, ['apps/cli/bin/natsweep.mjs', 'reproduce', '--size', size, ...options], {
    cwd: root,
    env: { ...process.env, NATSWEEP_HOME: home, REDIS_URL: '', NATSWEEP_DATABASE_URL: '' },
    stdio: 'inherit',
  });
}

/** No figure of an earlier page stays that the new one does not have. */
function replacePage(page: string): void {
  const isOfPage = (file: string) => ['.svg', '.html', '.md'].includes(extname(file));
  for (const file of readdirSync(import.meta.dirname).filter(isOfPage)) rmSync(join(import.meta.dirname, file));
  cpSync(page, import.meta.dirname, { recursive: true });
}

/** Times of sweeps as they are now: those of this home, and of earlier runs where this home has none. */
async function keepTimes(results: ResultsStore): Promise<void> {
  const earlier = readSweepTimes();
  const kept: Record<string, SweepTime> = {};
  for (const spec of namedSpecs()) {
    const known = earlier[spec.name]?.specHash === specHash(spec) ? earlier[spec.name] : undefined;
    const time = (await timeOf(results, spec)) ?? known;
    if (time !== undefined) kept[spec.name] = time;
  }
  writeFileSync(sweepTimesFile, `${JSON.stringify(kept, undefined, 2)}\n`);
  console.log(`Kept the times of ${Object.keys(kept).length} sweeps in libs/catalogue/sweeps/times.json`);
}

function namedSpecs(): readonly SweepSpec[] {
  const sizes: readonly SweepSize[] = ['smallest', 'small', 'paper'];
  return namedSweeps().flatMap((name) =>
    sizes.map((size) => {
      const parsed = parseSweepSpec(namedSweepText(name)!, { file: `${name}.yaml`, experiments: declarations, size });
      if (!parsed.ok) throw new Error(`${name}.yaml is faulty: npm test says how`);
      return parsed.spec;
    }),
  );
}

async function timeOf(results: ResultsStore, spec: SweepSpec): Promise<SweepTime | undefined> {
  const sweep = await results.getSweep(spec.name);
  if (sweep?.state !== 'completed' || sweep.spec !== JSON.stringify(spec)) return undefined;
  let slotSeconds = 0;
  let longestTrialSeconds = 0;
  let lastStartMs = 0;
  const engines = new Set<string>();
  for await (const row of results.allRows(spec.name)) {
    const { elapsedSeconds, startedAtMs } = row.attempt;
    slotSeconds += elapsedSeconds;
    longestTrialSeconds = Math.max(longestTrialSeconds, elapsedSeconds);
    lastStartMs = Math.max(lastStartMs, startedAtMs);
    if (row.kind === 'observation') engines.add(`${row.engine.engine} ${row.engine.precision}`);
  }
  const processor = cpus()[0]?.model.trim() ?? 'unknown processor';
  return {
    specHash: specHash(spec),
    trials: sweep.planned,
    slotSeconds: Number(slotSeconds.toPrecision(3)),
    longestTrialSeconds: Number(longestTrialSeconds.toPrecision(3)),
    machine: `${cpus().length} × ${processor}, ${[...engines].join(' and ')}`,
    date: new Date(lastStartMs).toISOString().slice(0, 10),
  };
}
