import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSweepSpec, type SweepSpec } from '@natsweep/sweep';
import { declarations } from './catalogue.ts';
import { namedSweepSource, namedSweeps, namedSweepText } from './named-sweeps.ts';
import { estimatedSeconds, measuredTime, readSweepTimes } from './sweep-times.ts';

const sizes = ['smallest', 'small', 'paper'] as const;

function load(name: string, size: (typeof sizes)[number]): SweepSpec {
  const parsed = parseSweepSpec(namedSweepText(name)!, { file: `${name}.yaml`, experiments: declarations, size });
  assert.ok(parsed.ok);
  return parsed.spec;
}

test('every measured time is of a named sweep, and one of a sweep that has changed is not used', () => {
  const specs = new Map(
    namedSweeps()
      .flatMap((name) => sizes.map((size) => load(name, size)))
      .map((s) => [s.name, s]),
  );
  for (const [name, time] of Object.entries(readSweepTimes())) {
    const spec = specs.get(name);
    assert.ok(spec !== undefined, `${name} is in times.json and nowhere else`);
    assert.ok(time.slotSeconds >= time.longestTrialSeconds);
    const measured = measuredTime(spec);
    assert.ok(measured === undefined || measured.specHash === time.specHash);
    assert.equal(measuredTime({ ...spec, repeats: spec.repeats + 1 }), undefined);
  }
});

test('an estimate is the work shared by the slots, and never less than the longest trial', () => {
  const time = { specHash: '', trials: 10, slotSeconds: 100, longestTrialSeconds: 30, machine: '', date: '' };
  assert.deepEqual(
    [1, 2, 8].map((slots) => estimatedSeconds(time, slots)),
    [100, 50, 30],
  );
});

test('every named sweep says in which paper and where its question stands', () => {
  for (const name of namedSweeps()) {
    assert.match(namedSweepSource(load(name, 'small')), /^(Karakida|Rudner|Kerekes).* 20\d\d, \S/, name);
  }
});
