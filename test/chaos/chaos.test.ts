/**
 * A sweep under fire: faults are injected one after the other on a seeded schedule, each kind once before any comes twice.
 * Then it must end by itself, and every planned trial must be in the database exactly once.
 *
 * NATSWEEP_CHAOS_TRIALS (2000), NATSWEEP_CHAOS_SECONDS of fire at most (45) and NATSWEEP_CHAOS_SEED (1) make it longer, or
 * another one.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RandomStream } from '@natsweep/linalg';
import { faults, randomFrom, sleep } from './faults.ts';
import { World } from './world.ts';

const trials = Number(process.env['NATSWEEP_CHAOS_TRIALS'] ?? 2000);
const fireMs = Number(process.env['NATSWEEP_CHAOS_SECONDS'] ?? 45) * 1000;
const seed = Number(process.env['NATSWEEP_CHAOS_SEED'] ?? 1);

/** A few trials diverge or crash their process by themselves; any other may be unlucky four times. */
const sweep = `
name: chaos
experiment: diagnostic
axes:
  point: { range: { from: 1, to: ${Math.ceil(trials / 4)} } }
  behaviour: [diverge, crash]
fixed: { durationMs: 40, share: 0.004 }
repeats: 2
limits: { maxAttempts: 5, pauseAfterFailures: 100000 }
`;

test('a sweep under fire ends by itself, and loses and duplicates nothing', async (t) => {
  const world = await World.create({ workers: 3 });
  t.after(() => world.close());
  const stream = new RandomStream(seed, 'chaos');
  const random = randomFrom(stream);
  const injected = new Map(Object.keys(faults).map((name) => [name, 0]));

  await world.stack.submit(sweep);
  let ended = false;
  const ending = world.stack
    .until('chaos', ({ state }) => state === 'completed')
    .then((summary) => {
      ended = true;
      return summary;
    });
  const impossible = new Set<string>();
  const ceaseFireAtMs = performance.now() + fireMs;
  const underFire = () => !ended && performance.now() < ceaseFireAtMs;
  while (underFire()) {
    const names = Object.keys(faults);
    for (const position of stream.permutation(names.length)) {
      const name = names[position] as string;
      await sleep(random.between(200, 2000));
      if (!underFire()) break;
      if (await faults[name]!(world, random)) injected.set(name, injected.get(name)! + 1);
      else impossible.add(name);
    }
  }
  const summary = await ending;
  const { planned, recorded, missing, duplicates, misplaced, damaged, problems } = await world.verify('chaos');

  const total = [...injected.values()].reduce((sum, count) => sum + count, 0);
  const perKind = [...injected].map(([name, count]) => `${count} × ${name}`).join(', ');
  console.log(`chaos, seed ${seed}: ${total} faults injected (${perKind})`);
  console.log(
    `chaos: ${planned} trials planned, ${recorded} recorded, ${missing} lost, ${duplicates} duplicated; ` +
      `${summary.duplicatesSuppressed} duplicate reports suppressed, retries ${JSON.stringify(summary.retriesByFailure)}`,
  );
  for (const name of impossible) if (injected.get(name) === 0) t.diagnostic(`not possible here: ${name}`);
  assert(planned >= trials);
  assert.deepEqual(
    { missing, duplicates, misplaced, damaged, problems },
    {
      missing: 0,
      duplicates: 0,
      misplaced: 0,
      damaged: 0,
      problems: [],
    },
  );
  assert(total >= 9, `${total} faults in the whole sweep`);
  // Half of the trials may crash, four in a thousand of those do; any other failure is bad luck five times in a row.
  const { crash = 0, ...others } = summary.byFailure;
  assert.deepEqual(others, {});
  assert(crash <= 15, `${crash} trials crashed`);
});
