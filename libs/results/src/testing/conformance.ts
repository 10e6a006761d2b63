import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FailedTrial, Observation, ParameterValue, TrialRecord } from '@natsweep/sweep';
import fc from 'fast-check';
import { openResults } from '../open-results.ts';
import { ResultsError } from '../results-error.ts';
import type { ResultsStore, TrialRow } from '../store.ts';
import { earlierDatabase, earlierRecords, earlierSchemas } from './earlier-schemas.ts';
import { hashVectors } from './hash-vectors.ts';
import { syntheticRecord, syntheticRecords, syntheticSweep } from './synthetic.ts';
import { wholeSweepReading } from './whole-sweep-reading.ts';

const code = (expected: string) => (error: unknown) => error instanceof ResultsError && error.code === expected;

export interface Subject {
  readonly kind: 'sqlite' | 'postgres';
  /** The URL of a database that is empty. */
  readonly freshUrl: () => Promise<string>;
  /** Runs statements behind the store's back. */
  readonly tamper: (url: string, statement: string) => Promise<void>;
}

/** What every results database must do. */
export function runConformance(name: string, { kind, freshUrl, tamper }: Subject): void {
  const onStore = (title: string, check: (store: ResultsStore, url: string) => Promise<void>) =>
    test(title, async () => {
      const url = await freshUrl();
      const store = await openResults(url);
      try {
        await check(store, url);
      } finally {
        await store.close();
      }
    });

  describe(`${name} as results database`, () => {
    onStore('a writer that was taken over writes nothing any more, and says so', async (first, url) => {
      const second = await openResults(url);
      try {
        await first.takeOver();
        await first.createSweep(syntheticSweep('damping', 3));
        const [one, two] = syntheticRecords('damping', 2) as [TrialRecord, TrialRecord];
        await first.record([one]);
        await second.takeOver();
        const { sweep, trialId, attempt } = one;
        const failed = { sweep, trialId, attempt, failure: 'crash', message: '', logTail: '' } as const;
        for (const write of [
          () => first.record([two]),
          () => first.recordAttempts([failed]),
          () => first.setSweepState('damping', 'cancelled'),
          () => first.createSweep(syntheticSweep('depth', 3)),
          () => first.applyVersion('damping', { spec: '{}', planned: 1, commandId: 'late', appliedAtMs: 1 }),
          () => first.deleteSweep('damping'),
        ])
          await assert.rejects(write, code('superseded'), String(write));
        const names = (await second.listSweeps()).map(({ name, state }) => [name, state]);
        assert.deepEqual(names, [['damping', 'running']]);
        assert.equal((await second.counts('damping')).observed, 1);
        assert.equal((await second.versions('damping')).length, 1);
        await second.record([two]);
        await first.takeOver();
        await first.setSweepState('damping', 'completed');
      } finally {
        await second.close();
      }
    });

    onStore('creates a sweep once, whoever asks', async (store) => {
      const sweep = syntheticSweep('damping', 7);
      assert.deepEqual(await store.createSweep(sweep), { created: true, sweep });
      const other = { ...sweep, commandId: 'another', planned: 8 };
      assert.deepEqual(await store.createSweep(other), { created: false, sweep });
      assert.deepEqual(await store.listSweeps(), [sweep]);
      assert.equal(await store.getSweep('depth'), undefined);
    });

    onStore('keeps the state of a sweep with its reason', async (store) => {
      await store.createSweep(syntheticSweep('damping'));
      await store.setSweepState('damping', 'paused', '20 trials failed alike');
      assert.equal((await store.getSweep('damping'))?.stateReason, '20 trials failed alike');
      await store.setSweepState('damping', 'completed');
      const completed = await store.getSweep('damping');
      assert.equal(completed?.state, 'completed');
      assert.equal(completed.stateReason, null);
      assert.ok(completed.completedAtMs! > 0);
      await assert.rejects(store.setSweepState('depth', 'paused'), code('unknown-sweep'));
    });

    onStore('invariant 2: a trial is recorded exactly once, however often it is delivered', async (store) => {
      await store.createSweep(syntheticSweep('damping', 300));
      const records = syntheticRecords('damping', 300);
      assert.deepEqual(await store.record(records.slice(0, 200)), { inserted: 200, duplicates: 0, orphans: 0 });
      assert.deepEqual(await store.record(records.slice(100)), { inserted: 100, duplicates: 100, orphans: 0 });
      const late = records.slice(0, 3).map((record) => ({ ...record, attempt: { ...record.attempt, attempt: 9 } }));
      assert.deepEqual(await store.record([...late, ...late]), { inserted: 0, duplicates: 6, orphans: 0 });
      assert.deepEqual(await store.trial('damping', records[0]!.trialId), records[0]);
      const counts = await store.counts('damping');
      assert.equal(counts.observed + counts.failed, 300);
      const indices = await collect(store.recordedIndices('damping'));
      assert.deepEqual(
        indices.sort((a, b) => a - b),
        Array.from({ length: 300 }, (_, index) => index),
      );
    });

    onStore('invariant 2: the first of two records in one delivery counts', async (store) => {
      await store.createSweep(syntheticSweep('damping', 1));
      const first = syntheticRecord('damping', 0);
      const second = { ...first, attempt: { ...first.attempt, attempt: 2 } };
      assert.deepEqual(await store.record([first, second]), { inserted: 1, duplicates: 1, orphans: 0 });
      assert.deepEqual(await store.trial('damping', first.trialId), first);
    });

    onStore('drops records of a sweep that is not there and keeps the others', async (store) => {
      await store.createSweep(syntheticSweep('damping', 2));
      const records = [syntheticRecord('damping', 0), syntheticRecord('deleted', 0), syntheticRecord('damping', 1)];
      assert.deepEqual(await store.record(records), { inserted: 2, duplicates: 0, orphans: 1 });
    });

    onStore('keeps the same trial of two sweeps apart', async (store) => {
      for (const sweep of ['one', 'two']) await store.createSweep(syntheticSweep(sweep, 1));
      await store.record([syntheticRecord('one', 0), syntheticRecord('two', 0)]);
      for (const sweep of ['one', 'two'])
        assert.deepEqual(await store.trial(sweep, syntheticRecord(sweep, 0).trialId), syntheticRecord(sweep, 0));
    });

    onStore('counts by outcome and by failure', async (store) => {
      await store.createSweep(syntheticSweep('damping', 100));
      assert.deepEqual(await store.counts('damping'), { observed: 0, failed: 0, byOutcome: {}, byFailure: {} });
      await store.record(syntheticRecords('damping', 100));
      assert.deepEqual(await store.counts('damping'), {
        observed: 98,
        failed: 2,
        byOutcome: { converged: 93, diverged: 5 },
        byFailure: { timeout: 2 },
      });
    });

    test('gives back every record as it was', async () => {
      const store = await openResults(await freshUrl());
      await store.createSweep(syntheticSweep('any'));
      let index = 0;
      await fc.assert(
        fc.asyncProperty(anyObservation, async (drawn) => {
          const record = { ...drawn, trialId: `t${String(index).padStart(32, '0')}`, index: index++ };
          await store.record([record]);
          const stored = await store.trial('any', record.trialId);
          assert.deepEqual(withoutNulls(stored!), withoutNulls(record));
        }),
        { numRuns: 60 },
      );
      await store.close();
    });

    onStore('keeps long traces', async (store) => {
      await store.createSweep(syntheticSweep('long', 1));
      const short = syntheticRecord('long', 0) as Observation;
      const trainLoss = Array.from({ length: 20_000 }, (_, step) =>
        step % 1000 === 999 ? null : Math.exp(-step / 1e4),
      );
      const long = { ...short, traces: { trainLoss, none: [] } };
      await store.record([long]);
      assert.deepEqual(await store.trial('long', long.trialId), long);
    });

    onStore('keeps what a crashed process wrote, with U+FFFD for what is no text', async (store) => {
      await store.createSweep(syntheticSweep('crash', 1));
      const failed = syntheticRecord('crash', 49) as FailedTrial;
      await store.record([{ ...failed, failure: 'crash', message: 'a\0b', logTail: '\ud800 ünd' }]);
      const expected = { ...failed, failure: 'crash', message: 'a\ufffdb', logTail: '\ufffd ünd' };
      assert.deepEqual(await store.trial('crash', failed.trialId), expected);
    });

    onStore('never takes a name for SQL', async (store) => {
      const hostile = `x"; drop table sweeps; --`;
      await store.createSweep(syntheticSweep(hostile, 1));
      const plain = syntheticRecord(hostile, 0) as Observation;
      const metrics = Object.fromEntries([
        [hostile, 1],
        ['__proto__', 2],
        ['Loss', 3],
        ['loss', 4],
      ]);
      const params = Object.fromEntries([
        [hostile, hostile],
        ['__proto__', true],
        ['constructor', 5],
      ]);
      const record = { ...plain, params, metrics };
      await store.record([record]);
      const [row] = await store.rows(hostile, { where: { [hostile]: hostile }, orderBy: `metrics.${hostile}` });
      assert.deepEqual(row?.params, params);
      assert.deepEqual(row?.kind === 'observation' && row.metrics, metrics);
      const [group] = await store.groups(hostile, [hostile, '__proto__'], ['__proto__']);
      assert.equal(group?.metrics['__proto__']?.mean, 2);
      assert.equal((await store.listSweeps()).length, 1);
    });

    onStore('reads a parameter that only some trials have, or with values of several types', async (store) => {
      await store.createSweep(syntheticSweep('mixed', 4));
      const given: Record<string, ParameterValue>[] = [{ rank: 4 }, { rank: 'full' }, { rank: true }, {}];
      const records = given.map((params, index) => ({ ...syntheticRecord('mixed', index), params }));
      await store.record(records);
      assert.deepEqual(
        (await store.rows('mixed')).map(({ params }) => params),
        given,
      );
      assert.deepEqual(
        (await store.rows('mixed', { where: { rank: 'full' } })).map(({ index }) => index),
        [1],
      );
      const groups = await store.groups('mixed', ['rank'], []);
      assert.deepEqual(new Set(groups.map(({ group }) => group['rank'])), new Set([4, 'full', true, undefined]));
    });

    onStore('filters, sorts and pages like a plain array', async (store) => {
      await store.createSweep(syntheticSweep('damping', 400));
      const all = syntheticRecords('damping', 400);
      await store.record(all);
      const loss = (record: { readonly kind: string }) =>
        (record as Observation).kind === 'observation' ? (record as Observation).metrics['trainLossFinal'] : null;
      const expected = all
        .filter(({ params }) => params['approximation'] === 'kfac' && params['bias'] === true)
        .sort((a, b) => (loss(b) ?? -Infinity) - (loss(a) ?? -Infinity) || a.index - b.index)
        .map(({ index }) => index);
      const pages: number[] = [];
      const query = {
        where: { approximation: 'kfac', bias: true },
        orderBy: 'metrics.trainLossFinal',
        descending: true,
      };
      for (let after: TrialRow | undefined; ;) {
        const page = await store.rows('damping', { ...query, limit: 7, ...(after !== undefined && { after }) });
        pages.push(...page.map(({ index }) => index));
        after = page.at(-1);
        if (after === undefined) break;
      }
      assert.deepEqual(pages, expected);
      const failed = await store.rows('damping', { kind: 'failed', orderBy: 'index', descending: true, limit: 2 });
      assert.deepEqual(failed, [all[399], all[349]]);
    });

    onStore('pages in any order, meeting every trial once, also while others are recorded', async (store) => {
      await store.createSweep(syntheticSweep('mixed', 120));
      const ranks = [4, 'full', undefined, true, -1];
      const record = (index: number): TrialRecord => {
        const plain = syntheticRecord('mixed', index);
        const rank = ranks[index % ranks.length];
        const params = rank === undefined ? { depth: index % 2 } : { depth: index % 2, rank };
        return { ...plain, params, seed: index % 3, attempt: { ...plain.attempt, elapsedSeconds: (index % 4) / 8 } };
      };
      // those before 60 are there from the start; each page is followed by one that is recorded late
      await store.record(Array.from({ length: 60 }, (_, index) => record(index)));
      let late = 60;
      const orders = ['index', 'seed', 'elapsedSeconds', 'peakMemoryBytes', 'params.rank', 'metrics.trainLossFinal'];
      for (const orderBy of orders)
        for (const descending of [false, true]) {
          const met: TrialRow[] = [];
          for (let after: TrialRow | undefined; ;) {
            const query = { orderBy, descending, limit: 11, ...(after !== undefined && { after }) };
            const page = await store.rows('mixed', query);
            met.push(...page);
            after = page.at(-1);
            if (after === undefined) break;
            if (late < 120) await store.record([record(late++)]);
          }
          const title = `${orderBy} ${descending ? 'down' : 'up'}`;
          const indices = met.map(({ index }) => index);
          assert.equal(new Set(indices).size, indices.length, title);
          for (let index = 0; index < 60; index++) assert.ok(indices.includes(index), `${title}: ${index}`);
          const whole = (await store.rows('mixed', { orderBy, descending })).map(({ index }) => index);
          assert.deepEqual(
            indices,
            whole.filter((index) => indices.includes(index)),
            title,
          );
        }
    });

    onStore('filters by a condition as JavaScript would', async (store) => {
      await store.createSweep(syntheticSweep('damping', 600));
      const all = syntheticRecords('damping', 600);
      await store.record(all);
      for (const [filter, holds] of conditions) {
        const found = await store.rows('damping', { filter });
        const expected = all.filter((record) =>
          holds({ ...record.params, ...metricsOf(record), record } as unknown as Values),
        );
        assert.ok(expected.length > 0 && expected.length < all.length, filter);
        assert.deepEqual(
          found.map(({ index }) => index),
          expected.map(({ index }) => index),
          filter,
        );
      }
    });

    onStore('a filter is a condition or is refused, and never anything else', async (store) => {
      await store.createSweep(syntheticSweep('damping', 60));
      await store.record(syntheticRecords('damping', 60));
      const refused = [
        '',
        'depth',
        "depth == 'a'",
        'dpth > 1',
        'depth = 3',
        'depth; 1',
        "x' or 1=1 --",
        'constructor == 1',
      ];
      const hostile = [
        '__proto__ == 1',
        'params.toString == 1',
        'f(1) > 0',
        'min() > 1',
        `${'sqrt('.repeat(9)}1${')'.repeat(9)} > 0`,
      ];
      for (const filter of [...refused, ...hostile])
        await assert.rejects(store.rows('damping', { filter }), code('bad-filter'), filter);
      await assert.rejects(store.rows('damping', { filter: 'dampng > 1' }), /did you mean damping\?/);
      const anyText = fc.array(fc.constantFrom(...tokens), { maxLength: 9 }).map((parts) => parts.join(' '));
      await fc.assert(
        fc.asyncProperty(anyText, async (filter) => {
          try {
            for (const { params } of await store.rows('damping', { filter })) assert.ok('depth' in params);
          } catch (error) {
            assert.ok(error instanceof ResultsError, String(error));
            assert.ok(['bad-filter', 'fault'].includes(error.code), `${filter}: ${error.message}`);
            if (error.code === 'fault') assert.match(error.message, /out of range|overflow/, filter);
          }
        }),
        { numRuns: 300 },
      );
      assert.equal((await store.rows('damping')).length, 60);
    });

    for (const [title, check] of Object.entries(wholeSweepReading)) onStore(title, check);

    onStore('groups with the mean and sample deviation of a two-pass computation', async (store) => {
      await store.createSweep(syntheticSweep('damping', 500));
      const all = syntheticRecords('damping', 500);
      await store.record(all);
      const groups = await store.groups('damping', ['approximation', 'depth'], ['trainLossFinal'], {
        where: { bias: true },
      });
      assert.equal(groups.length, 20);
      for (const { group, count, metrics } of groups) {
        const members = all.filter(
          (record): record is Observation =>
            record.kind === 'observation' &&
            record.params['bias'] === true &&
            record.params['approximation'] === group['approximation'] &&
            record.params['depth'] === group['depth'],
        );
        assert.equal(count, members.length);
        const values = members.map((member) => member.metrics['trainLossFinal']!).filter((value) => value !== null);
        const mean = values.reduce((sum, value) => sum + (value - 1e6), 0) / values.length;
        const squares = values.reduce((sum, value) => sum + (value - 1e6 - mean) ** 2, 0);
        const metric = metrics['trainLossFinal']!;
        assert.equal(metric.count, values.length);
        assert.ok(Math.abs(metric.mean! - 1e6 - mean) < 1e-9);
        assert.ok(Math.abs(metric.standardDeviation! - Math.sqrt(squares / (values.length - 1))) < 1e-8);
        assert.equal(metric.greatest, Math.max(...values));
      }
    });

    onStore(
      'keeps the digits of values that lie close together, and the size of values whose squares overflow',
      async (store) => {
        await store.createSweep(syntheticSweep('range', 20));
        const given: Record<string, readonly (number | null)[]> = {
          'far from zero': [1e9 + 0.25, 1e9 + 0.5, 1e9 + 1.25],
          large: [1e200, 3e200, 1, null],
          largest: [1.7e308, 1.7e308, 1e308],
          opposite: [1.7e308, -1.7e308],
          tiny: [1e-200, 3e-200],
          single: [-4e170],
          none: [null, null],
        };
        const records = Object.entries(given).flatMap(([group, values]) => values.map((loss) => ({ group, loss })));
        await store.record(
          records.map(({ group, loss }, index) => ({
            ...(syntheticRecord('range', 0) as Observation),
            ...{ index, trialId: `t${index}`, seed: index, params: { group }, metrics: { loss } },
          })),
        );
        const close = (actual: number | null, expected: number, title: string) =>
          assert.ok(Math.abs(actual! / expected - 1) < 1e-6, `${title}: ${actual}, not ${expected}`);
        const groups = await store.groups('range', ['group'], ['loss']);
        assert.equal(groups.length, Object.keys(given).length);
        for (const { group, metrics } of groups) {
          const title = String(group['group']);
          const values = given[title]!.filter((value) => value !== null);
          const { count, mean, standardDeviation } = metrics['loss']!;
          assert.equal(count, values.length);
          if (count === 0) assert.equal(mean, null);
          // half of each: their sum may overflow
          else if (title !== 'opposite')
            close(mean, 2 * values.reduce((sum, value) => sum + value / 2 / count, 0), title);
          if (count < 2) assert.equal(standardDeviation, null);
          else if (title === 'tiny') assert.ok(standardDeviation! < 1e-190);
          else if (title === 'opposite') assert.equal(standardDeviation, null);
          else {
            const scale = 2 ** -Math.max(0, Math.ceil(Math.log2(Math.max(...values))) - 10);
            const residuals = values.map((value) => value * scale - mean! * scale);
            const squares = residuals.reduce((sum, residual) => sum + residual ** 2, 0);
            close(standardDeviation, Math.sqrt(squares / (count - 1)) / scale, title);
          }
        }
      },
    );

    onStore('averages time and memory of trials as it does metrics', async (store) => {
      await store.createSweep(syntheticSweep('damping', 60));
      const all = syntheticRecords('damping', 60);
      await store.record(all);
      const [group] = await store.groups('damping', ['depth'], ['elapsedSeconds', 'peakMemoryBytes'], {
        where: { depth: 4 },
      });
      const members = all.filter(({ kind, params }) => kind === 'observation' && params['depth'] === 4);
      const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
      const seconds = members.map(({ attempt }) => attempt.elapsedSeconds);
      const bytes = members.flatMap(({ attempt }) => attempt.peakMemoryBytes ?? []);
      const { elapsedSeconds, peakMemoryBytes } = group!.metrics;
      assert.equal(elapsedSeconds?.count, members.length);
      assert.ok(Math.abs(elapsedSeconds.mean! - mean(seconds)) < 1e-12);
      assert.equal(peakMemoryBytes?.count, bytes.length);
      assert.ok(bytes.length < members.length && Math.abs(peakMemoryBytes.mean! - mean(bytes)) < 1e-6);
    });

    onStore('a reader changes nothing, not even the schema', async (store, url) => {
      const unused = await freshUrl();
      await tamper(unused, 'create table of_another_program (id integer)');
      const empty = await openResults(unused, { readOnly: true });
      assert.deepEqual(await empty.listSweeps(), []);
      await empty.close();
      await store.createSweep(syntheticSweep('damping', 60));
      await store.record(syntheticRecords('damping', 60));
      const reader = await openResults(url, { readOnly: true });
      assert.equal((await reader.rows('damping')).length, 60);
      assert.equal((await reader.groups('damping', ['depth'], ['trainLossFinal'])).length, 3);
      const query = { parameter: 'depth', baseline: 3, metric: 'trainLossFinal' };
      assert.ok(Array.isArray(await reader.pairs('damping', query)));
      assert.equal((await collect(reader.allRows('damping'))).length, 60);
      await assert.rejects(reader.record([syntheticRecord('damping', 61)]), code('read-only'));
      await assert.rejects(reader.setSweepState('damping', 'paused'), code('read-only'));
      await assert.rejects(reader.deleteSweep('damping'), code('read-only'));
      await reader.close();
      await tamper(url, `insert into kysely_migration values ('9999-holograms', '2099-01-01')`);
      await assert.rejects(openResults(url, { readOnly: true }), code('newer-schema'));
      const older = await freshUrl();
      await tamper(older, earlierDatabase(kind, '0003-peak-memory'));
      await assert.rejects(openResults(older, { readOnly: true }), code('older-schema'));
    });

    for (const schema of earlierSchemas)
      test(`brings a database of schema ${schema} up to date`, async () => {
        const url = await freshUrl();
        await tamper(url, earlierDatabase(kind, schema));
        const store = await openResults(url);
        try {
          for (const record of earlierRecords) assert.deepEqual(await store.trial('damping', record.trialId), record);
          const fifth = {
            ...syntheticRecord('damping', 4),
            attempt: { ...earlierRecords[0]!.attempt, peakMemoryBytes: 7 },
          };
          await store.record([...earlierRecords, fifth]);
          const all = [...earlierRecords, fifth];
          const planned = { size: 5, trialId: (index: number) => all[index]!.trialId };
          assert.equal((await store.verify('damping', planned)).clean, true);
          assert.deepEqual(await store.versions('damping'), [
            {
              version: 1,
              spec: '{"name":"…"}',
              planned: 5,
              commandId: 'submit-damping',
              appliedAtMs: 1_700_000_000_000,
            },
          ]);
          const attempts = await store.attempts('damping', 't77dab44f89815abe11dd9acc6e80bd9f');
          assert.equal(attempts[0]?.message, schema === '0001-sweeps' ? undefined : 'Ended by signal 11.');
          const query = { parameter: 'approximation', baseline: 'exact', metric: 'trainLossFinal' };
          const [pair, ...others] = await store.pairs('damping', query);
          assert.deepEqual([pair?.value, pair?.difference.count, others], ['kfac', 1, []]);
          assert.ok(Math.abs(pair!.difference.mean! - (1000000.383816849 - 1000000.2015494582)) < 1e-9);
        } finally {
          await store.close();
        }
      });

    onStore('compares trials of common seeds with a baseline', async (store) => {
      await store.createSweep(syntheticSweep('damping', 600));
      const all = syntheticRecords('damping', 600).map((record) => {
        const { bias: _, ...params } = record.params as { bias: boolean };
        return { ...record, params: params as TrialRecord['params'] };
      });
      await store.record(all);
      const rows = await store.pairs('damping', {
        parameter: 'approximation',
        baseline: 'exact',
        metric: 'trainLossFinal',
        by: ['depth'],
        filter: 'damping < 0.5',
      });
      assert.equal(rows.length, 4 * 4);
      const loss = (record: TrialRecord | undefined) =>
        record?.kind === 'observation' ? record.metrics['trainLossFinal'] : null;
      for (const { value, group, difference } of rows) {
        const differences = all
          .filter(({ params }) => params['approximation'] === value && params['depth'] === group['depth'])
          .filter(({ params }) => (params['damping'] as number) < 0.5)
          .map((record) => {
            const pair = all.find(
              ({ params, seed }) =>
                seed === record.seed &&
                params['approximation'] === 'exact' &&
                params['depth'] === record.params['depth'] &&
                params['damping'] === record.params['damping'],
            );
            const [own, base] = [loss(record), loss(pair)];
            return typeof own === 'number' && typeof base === 'number' ? own - base : undefined;
          })
          .filter((each) => each !== undefined);
        assert.ok(differences.length > 5);
        assert.equal(difference.count, differences.length);
        const mean = differences.reduce((sum, each) => sum + each, 0) / differences.length;
        assert.ok(Math.abs(difference.mean! - mean) < 1e-9);
        const squares = differences.reduce((sum, each) => sum + (each - mean) ** 2, 0);
        const deviation = Math.sqrt(squares / (differences.length - 1));
        assert.ok(Math.abs(difference.standardDeviation! - deviation) < 1e-9);
      }
    });

    onStore(
      'compares values of several types with a baseline that was recorded last, wherever there is one',
      async (store) => {
        await store.createSweep(syntheticSweep('ranks', 20));
        // the parameter is absent where there is nothing to choose: those trials are compared with none
        const ranks: readonly (ParameterValue | undefined)[] = [4, 'full', true, undefined, false];
        const trials = ranks.flatMap((rank, place) => [0, 1, 2].map((seed) => ({ rank, place, seed })));
        await store.record(
          trials.map(({ rank, place, seed }, index) => ({
            ...(syntheticRecord('ranks', 0) as Observation),
            ...{ index, trialId: `t${index}`, seed: rank === 4 ? seed + 1 : seed },
            params: { depth: 3, ...(rank !== undefined && { rank }) },
            metrics: { loss: rank === true && seed === 0 ? null : 10 * place + seed ** 2 },
          })),
        );
        const rows = await store.pairs('ranks', {
          parameter: 'rank',
          baseline: false,
          metric: 'loss',
          by: ['depth', 'rank'],
        });
        const found = new Map(rows.map(({ value, group, difference }) => [value, { group, difference }]));
        assert.deepEqual(new Set(found.keys()), new Set([4, 'full', true]));
        assert.deepEqual(found.get('full')?.group, { depth: 3 });
        assert.deepEqual(found.get('full')?.difference, {
          ...{ count: 3, mean: -30, standardDeviation: 0, confidence95: 0 },
          greatest: -30,
        });
        assert.deepEqual([found.get(true)?.difference.count, found.get(true)?.difference.mean], [2, -20]);
        // its seeds 1 and 2 measured 0 and 1, the baseline 41 and 44
        const { count, mean, standardDeviation } = found.get(4)!.difference;
        assert.deepEqual([count, mean], [2, -42]);
        assert.ok(Math.abs(standardDeviation! - Math.SQRT2) < 1e-12);
        await assert.rejects(
          store.pairs('ranks', { parameter: 'depth', baseline: 'x', metric: 'loss' }),
          /No trial has depth = x/,
        );
        assert.deepEqual(await store.pairs('ranks', { parameter: 'rank', baseline: 'none', metric: 'loss' }), []);
      },
    );

    onStore('leaves out the pairs whose difference is beyond what a number holds', async (store) => {
      await store.createSweep(syntheticSweep('range', 20));
      const losses: Record<string, readonly number[]> = {
        exact: [-1.7e308, 1.7e308, -1e308],
        kfac: [1.7e308, 5e-324, 7e307],
        diagonal: [1e308, -1e308, 1.7e308],
      };
      const trials = Object.entries(losses).flatMap(([approximation, values]) =>
        values.map((loss, seed) => ({ seed, params: { approximation }, metrics: { loss } })),
      );
      await store.record(
        trials.map((trial, index) => ({
          ...(syntheticRecord('range', 0) as Observation),
          ...{ index, trialId: `t${index}`, ...trial },
        })),
      );
      const [pairs, ...others] = await store.pairs('range', {
        parameter: 'approximation',
        baseline: 'exact',
        metric: 'loss',
      });
      assert.deepEqual([pairs?.value, pairs?.difference.count, pairs?.difference.greatest], ['kfac', 2, 1.7e308]);
      assert.deepEqual(others, []);
    });

    onStore('says which names there are when a name is wrong', async (store) => {
      await store.createSweep(syntheticSweep('damping', 1));
      await store.record([syntheticRecord('damping', 0)]);
      await assert.rejects(store.rows('depth'), code('unknown-sweep'));
      await assert.rejects(store.rows('damping', { where: { dampng: 1 } }), /has no parameter "dampng"; .*damping/);
      await assert.rejects(
        store.rows('damping', { orderBy: 'metrics.loss' }),
        /has no metric "loss"; .*trainLossFinal/,
      );
      await assert.rejects(store.groups('damping', ['dpth'], ['trainLossFinal']), code('unknown-column'));
      const [unmeasured] = await store.groups('damping', [], ['neverReported']);
      assert.deepEqual(unmeasured, {
        group: {},
        count: 1,
        metrics: {
          neverReported: { count: 0, mean: null, standardDeviation: null, confidence95: null, greatest: null },
        },
      });
    });

    onStore('finds a trial by an unambiguous beginning of its id', async (store) => {
      await store.createSweep(syntheticSweep('damping', 200));
      const records = syntheticRecords('damping', 200);
      await store.record(records);
      assert.deepEqual(await store.trial('damping', records[5]!.trialId.slice(0, 12)), records[5]);
      assert.equal(await store.trial('damping', 'tz'), undefined);
      await assert.rejects(store.trial('damping', 't'), code('ambiguous'));
    });

    onStore('reads every observation with its traces, page by page', async (store) => {
      await store.createSweep(syntheticSweep('damping', 1200));
      const records = syntheticRecords('damping', 1200);
      await store.record(records);
      const observations: TrialRecord[] = [];
      for await (const observation of store.traces('damping', { where: { bias: true } })) {
        observations.push(observation);
        await store.counts('damping');
      }
      assert.deepEqual(
        observations,
        records.filter(({ kind, params }) => kind === 'observation' && params['bias'] === true),
      );
      assert.equal((await collect(store.traces('damping', { limit: 3 }))).length, 3);
    });

    onStore('keeps the history of failed deliveries', async (store) => {
      await store.createSweep(syntheticSweep('damping', 1));
      const { sweep, trialId, failure, message, logTail, attempt } = syntheticRecord('damping', 49) as FailedTrial;
      const first = { sweep, trialId, failure, message, logTail, attempt: { ...attempt, attempt: 1 } };
      const second = { ...first, failure: 'crash' as const, attempt: { ...attempt, attempt: 2 } };
      await store.recordAttempts([second, first, { ...first, sweep: 'deleted' }]);
      await store.recordAttempts([{ ...first, message: 'delivered again' }]);
      assert.deepEqual(await store.attempts('damping', trialId), [first, second]);
      assert.deepEqual(await store.attempts('damping', 'another'), []);
    });

    onStore('deletes a sweep with everything it has and leaves the others', async (store) => {
      for (const sweep of ['one', 'two']) {
        await store.createSweep(syntheticSweep(sweep, 60));
        await store.record(syntheticRecords(sweep, 60));
      }
      assert.equal(await store.deleteSweep('one'), true);
      assert.equal(await store.deleteSweep('one'), false);
      await assert.rejects(store.rows('one'), code('unknown-sweep'));
      assert.equal((await store.rows('two')).length, 60);
      assert.equal((await store.createSweep(syntheticSweep('one', 60))).created, true);
      assert.deepEqual(await store.counts('one'), { observed: 0, failed: 0, byOutcome: {}, byFailure: {} });
    });

    onStore('invariant 2: verify proves N planned, N recorded, 0 missing, 0 duplicate', async (store, url) => {
      await store.createSweep(syntheticSweep('damping', 120));
      const records = syntheticRecords('damping', 120);
      const planned = { size: 120, trialId: (index: number) => records[index]!.trialId };
      await store.record(records.slice(1));
      const partial = await store.verify('damping', planned);
      assert.deepEqual([partial.recorded, partial.missing, partial.clean], [119, 1, false]);
      await store.record(records);
      assert.deepEqual(await store.verify('damping', planned), {
        planned: 120,
        recorded: 120,
        missing: 0,
        duplicates: 0,
        misplaced: 0,
        damaged: 0,
        problems: [],
        clean: true,
      });
      await tamper(url, `update trials_1 set m1 = m1 + 1 where trial_index = 3`);
      await tamper(
        url,
        `update details_1 set message = 'fine' where id in (select id from trials_1 where trial_index = 49)`,
      );
      await tamper(url, `update trials_1 set trial_index = 7 where trial_index = 8`);
      const harmed = await store.verify('damping', planned);
      assert.deepEqual([harmed.damaged, harmed.misplaced, harmed.missing, harmed.clean], [2, 1, 1, false]);
      assert.match(harmed.problems.join(), new RegExp(`trial ${records[3]!.trialId} differs from what was recorded`));
      await tamper(url, `delete from trials_1 where trial_index = 20`);
      assert.match((await store.verify('damping', planned)).problems.join(), /120 records were counted, 119 are there/);
    });

    onStore('the hash of a record is the same in every database, and for ever', async (store, url) => {
      await store.createSweep(syntheticSweep('vectors', hashVectors.length));
      await store.record(hashVectors.map(({ record }) => record));
      const planned = { size: hashVectors.length, trialId: (index: number) => hashVectors[index]!.record.trialId };
      assert.equal((await store.verify('vectors', planned)).clean, true);
      // so the hashes that are stored are those of the records; here, that they are these
      const literal = (hex: string) => (kind === 'sqlite' ? `x'${hex}'` : `'\\x${hex}'`);
      const known = hashVectors.map(({ hash }) => literal(hash));
      await tamper(url, `update details_1 set hash = ${literal('00')} where hash in (${known.join()})`);
      assert.equal((await store.verify('vectors', planned)).damaged, hashVectors.length);
    });

    const version = { spec: '{"version":2}', planned: 2300, commandId: 'apply-1', appliedAtMs: 1_700_000_000_500 };

    onStore(
      'applies a changed spec: records move to their new index or to the sweep of the old version',
      async (store) => {
        await store.createSweep(syntheticSweep('damping', 2200));
        const records = syntheticRecords('damping', 2200);
        await store.record(records);
        const isPlanned = (index: number) => index % 2 === 0;
        const change = {
          ...version,
          place: ({ index }: { readonly index: number }) => (isPlanned(index) ? 2299 - index : undefined),
        };
        assert.deepEqual(await store.applyVersion('damping', change), { version: 2, ...version });
        assert.deepEqual(await store.applyVersion('damping', change), { version: 2, ...version });
        assert.deepEqual(
          (await store.versions('damping')).map(({ version, planned }) => [version, planned]),
          [
            [1, 2200],
            [2, 2300],
          ],
        );
        assert.equal((await store.getSweep('damping'))?.spec, version.spec);
        const kept = records.filter(({ index }) => isPlanned(index));
        await holdsExactly(
          store,
          'damping',
          kept.map((record) => ({ ...record, index: 2299 - record.index })),
        );
        const retired = records.filter(({ index }) => !isPlanned(index));
        await holdsExactly(
          store,
          'damping@1',
          retired.map((record) => ({ ...record, sweep: 'damping@1' })),
        );
      },
    );

    onStore('hands the grid what it plans by', async (store) => {
      await store.createSweep(syntheticSweep('damping', 60));
      const records = syntheticRecords('damping', 60);
      await store.record(records);
      const handed: unknown[] = [];
      await store.applyVersion('damping', { ...version, place: (trial) => (handed.push(trial), trial.index) });
      assert.deepEqual(
        handed,
        records.map(({ trialId, index, params, seed }) => ({ trialId, index, params, seed })),
      );
      await holdsExactly(store, 'damping', records);
      assert.equal(await store.getSweep('damping@1'), undefined);
    });

    onStore(
      'failed trials are planned again, however far apart they are, and nothing else moves',
      async (store, url) => {
        await store.createSweep(syntheticSweep('damping', 600));
        const records = syntheticRecords('damping', 600);
        await store.record(records);
        // at the first and at the last ids of which a statement moves the records
        for (const table of ['trials_1', 'details_1']) {
          await tamper(url, `update ${table} set id = 1000000 + id * 200`);
          await tamper(url, `update ${table} set id = id - 1 where id > 1060000`);
        }
        const again = { filter: 'index > 100' };
        const isAgain = ({ kind, index }: TrialRecord) => kind === 'failed' && index > 100;
        assert.deepEqual(await store.countFailed('damping', again), { timeout: 10 });
        await store.applyVersion('damping', { ...version, again });
        await holdsExactly(
          store,
          'damping',
          records.filter((record) => !isAgain(record)),
        );
        await holdsExactly(
          store,
          'damping@1',
          records.filter(isAgain).map((record) => ({ ...record, sweep: 'damping@1' })),
        );
        const anew = records
          .filter(isAgain)
          .map((record) => ({ ...record, attempt: { ...record.attempt, attempt: 7 } }));
        assert.equal((await store.record(anew)).inserted, 10);
        await store.applyVersion('damping', { ...version, commandId: 'apply-2', again });
        await holdsExactly(
          store,
          'damping@2',
          anew.map((record) => ({ ...record, sweep: 'damping@2' })),
        );
        await store.applyVersion('damping', { ...version, commandId: 'apply-3', again });
        assert.equal(await store.getSweep('damping@3'), undefined);
        // what they were is gone: it does not stand in the way of its like
        await tamper(url, 'insert into details_1 (id, hash) select id, hash from details_2');
      },
    );

    onStore('counts the failed trials that meet every condition, without those that were cancelled', async (store) => {
      await store.createSweep(syntheticSweep('damping', 300));
      assert.deepEqual(await store.countFailed('damping', { filter: 'depth > 3' }), {});
      const records = syntheticRecords('damping', 300).map((record) =>
        record.kind === 'failed' && record.index > 200 ? { ...record, failure: 'cancelled' as const } : record,
      );
      await store.record(records);
      const [one, two] = records.filter(({ kind }) => kind === 'failed') as [TrialRecord, TrialRecord];
      const many = Array.from({ length: 3000 }, (_, i) => `t${i.toString(16).padStart(12, '0')}`);
      for (const [selection, expected] of [
        [{}, { timeout: 4 }],
        [{ failure: 'cancelled' }, { cancelled: 2 }],
        [{ failure: 'crash' }, {}],
        [{ where: { bias: true } }, { timeout: 1 }],
        [{ filter: 'index < 60' }, { timeout: 1 }],
        [{ trialIds: [one.trialId.slice(0, 9), two.trialId] }, { timeout: 2 }],
        [{ trialIds: [...many, one.trialId.slice(0, 9)] }, { timeout: 1 }],
        [{ trialIds: [one.trialId], filter: 'index > 60' }, {}],
        [{ trialIds: [records[0]!.trialId] }, {}],
        [{ trialIds: [] }, {}],
      ] as const)
        assert.deepEqual(await store.countFailed('damping', selection), expected, JSON.stringify(selection));
      await assert.rejects(store.countFailed('damping', { filter: 'dept > 3' }), code('bad-filter'));
      await assert.rejects(store.countFailed('damping', { where: { dept: 3 } }), code('unknown-column'));
    });

    onStore('a version that fails midway leaves everything as it was', async (store) => {
      await store.createSweep(syntheticSweep('damping', 1200));
      const records = syntheticRecords('damping', 1200);
      await store.record(records);
      const place = ({ index }: { readonly index: number }) => {
        if (index === 1100) throw new Error('no place');
        return index < 500 ? undefined : index + 1;
      };
      await assert.rejects(store.applyVersion('damping', { ...version, place }), /no place/);
      await holdsExactly(store, 'damping', records);
      assert.equal((await store.versions('damping')).length, 1);
      assert.equal(await store.getSweep('damping@1'), undefined);
    });

    onStore(
      'what an interrupted change left under the name of the old version gives way to the whole',
      async (store) => {
        await store.createSweep(syntheticSweep('damping', 100));
        await store.createSweep(syntheticSweep('damping@1', 100));
        const records = syntheticRecords('damping', 100);
        await store.record(records);
        await store.record([{ ...records[49]!, sweep: 'damping@1' }]);
        await store.applyVersion('damping', { ...version, again: {} });
        const retired = [49, 99].map((index) => ({ ...records[index]!, sweep: 'damping@1' }));
        await holdsExactly(store, 'damping@1', retired);
      },
    );

    onStore('a new version that moves nothing reads no trial, and leaves a paused sweep paused', async (store, url) => {
      await store.createSweep(syntheticSweep('damping', 60));
      const records = syntheticRecords('damping', 60);
      await store.record(records);
      await store.setSweepState('damping', 'paused', '20 trials failed alike');
      await tamper(url, 'alter table trials_1 rename to not_to_be_read');
      const change = { spec: '{"version":2}', planned: 60, commandId: 'share-1', appliedAtMs: 1_700_000_000_500 };
      assert.equal((await store.applyVersion('damping', change)).version, 2);
      const { state, stateReason, spec } = (await store.getSweep('damping'))!;
      assert.deepEqual([state, stateReason, spec], ['paused', '20 trials failed alike', change.spec]);
      assert.equal((await store.counts('damping')).observed, 59);
      await store.setSweepState('damping', 'completed');
      await store.applyVersion('damping', { ...change, commandId: 'share-2' });
      assert.equal((await store.getSweep('damping'))?.state, 'running');
    });

    onStore('finds observations that another sweep has made', async (store) => {
      await store.createSweep(syntheticSweep('one', 60));
      await store.createSweep({ ...syntheticSweep('other', 60), experiment: 'other' });
      const records = syntheticRecords('one', 60);
      await store.record(records);
      await store.record(syntheticRecords('other', 60));
      const trialIds = [3, 49, 5].map((index) => records[index]!.trialId);
      const found = await store.findReusable({ experiment: 'wide-training', trialIds: [...trialIds, 'unknown'] });
      assert.deepEqual(new Set(found), new Set([records[3], records[5]]));
      await store.createSweep(syntheticSweep('two', 2));
      await store.record(found.map((observation) => ({ ...observation, sweep: 'two' })));
      assert.equal((await store.counts('two')).observed, 2);
    });

    onStore('reads all rows in bounded pages', async (store) => {
      await store.createSweep(syntheticSweep('damping', 120));
      const records = syntheticRecords('damping', 120);
      await store.record(records);
      const indices: number[] = [];
      for await (const { index } of store.allRows('damping', { filter: 'depth == 3' })) indices.push(index);
      assert.deepEqual(
        indices,
        records.filter(({ params }) => params['depth'] === 3).map(({ index }) => index),
      );
    });

    onStore('is still there after it was closed', async (store, url) => {
      await store.createSweep(syntheticSweep('damping', 1));
      await store.record([syntheticRecord('damping', 0)]);
      const again = await openResults(url);
      assert.deepEqual(
        await again.trial('damping', syntheticRecord('damping', 0).trialId),
        syntheticRecord('damping', 0),
      );
      await again.close();
    });

    test('lets concurrent starters and writers take turns', async () => {
      const url = await freshUrl();
      // they queue for a disk that may be busy: how long a turn takes is not the question
      const stores = await Promise.all(Array.from({ length: 6 }, () => openResults(url, { lockTimeoutMs: 120_000 })));
      const created = await Promise.all(stores.map((store) => store.createSweep(syntheticSweep('damping', 60))));
      assert.equal(created.filter((one) => one.created).length, 1);
      const records = syntheticRecords('damping', 60);
      const recorded = await Promise.all(
        stores.flatMap((store, first) => [
          store.record(records.slice(first * 5)),
          store.record(records.slice(0, 30 + first)),
        ]),
      );
      assert.equal(
        recorded.reduce((sum, { inserted }) => sum + inserted, 0),
        60,
      );
      assert.equal((await stores[0]!.rows('damping')).length, 60);
      await Promise.all(stores.map((store) => store.close()));
    });
  });
}

interface Values {
  readonly approximation: string;
  readonly depth: number;
  readonly damping: number;
  readonly bias: boolean;
  readonly trainLossFinal: number | null;
  readonly stepsToThreshold: number | null;
  readonly record: TrialRecord;
}

function metricsOf(record: TrialRecord) {
  const none = { trainLossFinal: null, stepsToThreshold: null };
  return record.kind === 'observation' ? { ...none, ...record.metrics } : none;
}

const conditions: readonly (readonly [string, (values: Values) => boolean])[] = [
  ['depth > 4', ({ depth }) => depth > 4],
  ["approximation in ['exact', 'kfac'] && !bias", (v) => ['exact', 'kfac'].includes(v.approximation) && !v.bias],
  ["approximation != 'exact' || bias == true", (v) => v.approximation !== 'exact' || v.bias],
  ['stepsToThreshold % 7 == 3', (v) => v.stepsToThreshold !== null && v.stepsToThreshold % 7 === 3],
  ['log10(damping) < -2.5 ? depth == 3 : depth == 4', (v) => v.depth === (Math.log10(v.damping) < -2.5 ? 3 : 4)],
  ['trainLossFinal == null', (v) => v.trainLossFinal === null],
  ['!(trainLossFinal > 1000000.5)', (v) => !((v.trainLossFinal ?? NaN) > 1000000.5)],
  [
    'metrics.stepsToThreshold / (depth - 3) >= 10',
    (v) => v.depth > 3 && (v.stepsToThreshold ?? NaN) / (v.depth - 3) >= 10,
  ],
  [
    'max(depth, stepsToThreshold) < min(9, abs(-8))',
    (v) => v.stepsToThreshold !== null && Math.max(v.depth, v.stepsToThreshold) < 8,
  ],
  ['sqrt(params.depth - 4) > 0.5', (v) => v.depth > 4],
  [
    "outcome == 'diverged' || failure == 'timeout'",
    ({ record }) => record.kind === 'failed' || record.outcome === 'diverged',
  ],
  [
    'seed == 2 && index < 300 && elapsedSeconds < 0.5 && attempt == 1 && peakMemoryBytes > 100000100',
    ({ record }) =>
      record.seed === 2 &&
      record.index < 300 &&
      record.attempt.elapsedSeconds < 0.5 &&
      record.attempt.attempt === 1 &&
      record.attempt.peakMemoryBytes! > 100_000_100,
  ],
];

const tokens = [
  'depth',
  'bias',
  'approximation',
  'trainLossFinal',
  "'kfac'",
  '3',
  '1e300',
  '0',
  'null',
  'true',
  '&&',
  '||',
  '!',
  '==',
  '!=',
  '<',
  '+',
  '-',
  '*',
  '/',
  '%',
  '(',
  ')',
  '[',
  ']',
  'in',
  '?',
  ':',
  'sqrt',
  'log10',
  'min',
  ',',
  'params.depth',
  '--',
  "'",
  '"',
];

/** The sweep has these records, in this order, whole and counted, and no others. */
async function holdsExactly(store: ResultsStore, sweep: string, records: readonly TrialRecord[]): Promise<void> {
  const observations = records.filter((record) => record.kind === 'observation');
  assert.deepEqual(
    await collect(store.allRows(sweep)),
    records.map((record) => {
      if (record.kind === 'failed') return record;
      const { traces: _, ...row } = record;
      return row;
    }),
  );
  assert.deepEqual(await collect(store.traces(sweep)), observations);
  const endings = records.map((record) => (record.kind === 'observation' ? record.outcome : record.failure));
  const { observed, failed, byOutcome, byFailure } = await store.counts(sweep);
  assert.deepEqual([observed, failed], [observations.length, records.length - observations.length]);
  const counted = Object.fromEntries(
    [...Map.groupBy(endings, (ending) => ending)].map(([key, all]) => [key, all.length]),
  );
  assert.deepEqual({ ...byOutcome, ...byFailure }, counted);
  const trialIds = new Map(records.map(({ index, trialId }) => [index, trialId]));
  const planned = { size: 10_000, trialId: (index: number) => trialIds.get(index) ?? '' };
  assert.deepEqual((await store.verify(sweep, planned)).problems, []);
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const name = fc.constantFrom('depth', 'Depth', 'α', 'a b', 'select', '"', 'p1');

const plainRecord: typeof fc.record = (model: object) => fc.record(model, { noNullPrototype: true }) as never;
const dictionary = <Value>(values: fc.Arbitrary<Value>) => fc.dictionary(name, values, { noNullPrototype: true });

const anyAttempt = {
  attempt: fc.integer({ min: 1, max: 9 }),
  worker: text,
  slot: text,
  startedAtMs: fc.integer({ min: 0, max: 4e12 }),
  elapsedSeconds: fc.double({ min: 0, max: 1e6, noNaN: true }),
};

const anyGpu = plainRecord({
  name: text,
  utilization: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  memoryUsedBytes: fc.option(fc.nat()),
  memoryTotalBytes: fc.option(fc.nat()),
});

const anyObservation: fc.Arbitrary<Observation> = plainRecord({
  kind: fc.constant('observation' as const),
  sweep: fc.constant('any'),
  trialId: fc.constant(''),
  index: fc.constant(0),
  params: dictionary(fc.oneof(finite, text, fc.boolean())),
  seed: fc.integer({ min: 0 }),
  attempt: fc.oneof(
    plainRecord(anyAttempt),
    plainRecord({ ...anyAttempt, gpu: anyGpu }),
    plainRecord({ ...anyAttempt, peakMemoryBytes: fc.nat({ max: 2 ** 40 }) }),
  ),
  outcome: fc.constantFrom('converged', 'diverged', 'step-limit', 'stopped'),
  metrics: dictionary(fc.option(finite)),
  traces: dictionary(fc.array(fc.option(finite), { maxLength: 8 })),
  engine: plainRecord({
    engine: fc.constantFrom('openblas', 'tfjs', 'reference'),
    device: text,
    precision: fc.constantFrom('float64', 'float32'),
    threads: fc.integer({ min: 1, max: 64 }),
    versions: dictionary(text),
  }),
});

/** A metric that is null and one that was not reported read alike. */
function withoutNulls(record: TrialRecord): unknown {
  if (record.kind === 'failed') return record;
  return {
    ...record,
    metrics: Object.fromEntries(Object.entries(record.metrics).filter(([, value]) => value !== null)),
  };
}
