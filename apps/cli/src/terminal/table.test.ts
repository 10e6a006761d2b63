import assert from 'node:assert/strict';
import { test } from 'node:test';

import { countColumn, printTable, renderTable, type Column } from './table.ts';
import { createTerminal, displayWidth } from './terminal.ts';

interface Row {
  readonly name: string;
  readonly count: number;
}

const columns: readonly Column<Row>[] = [
  { header: 'NAME', cell: ({ name }) => name },
  { header: 'N', cell: ({ count }) => String(count), align: 'right' },
];
const rows = [
  { name: 'a-long-name-of-a-sweep', count: 7 },
  { name: 'b', count: 1234 },
];

function capture({
  isTTY,
  columns: width = 80,
  env = {},
}: {
  isTTY: boolean;
  columns?: number;
  env?: NodeJS.ProcessEnv;
}) {
  const written = { out: '', err: '' };
  const stream = (key: 'out' | 'err') => ({
    isTTY,
    columns: width,
    write: (text: string | Uint8Array) => ((written[key] += String(text)), true),
  });
  return { written, terminal: createTerminal(stream('out'), stream('err'), env) };
}

test('on a terminal columns are aligned, numbers to the right', () => {
  const { terminal } = capture({ isTTY: true, env: { NO_COLOR: '1' } });
  assert.deepEqual(renderTable(terminal, columns, rows), [
    'NAME                       N',
    'a-long-name-of-a-sweep     7',
    'b                       1234',
  ]);
});

test('a table is never wider than the terminal: what is cut ends in …', () => {
  const { terminal } = capture({ isTTY: true, columns: 20, env: { NO_COLOR: '1' } });
  const lines = renderTable(terminal, columns, rows);
  assert.equal(lines[1], 'a-long-name-o…     7');
  assert.ok(lines.every((line) => displayWidth(line) <= 20));
});

test('piped, the same table is tab-separated and whole', () => {
  const { terminal, written } = capture({ isTTY: false, columns: 20 });
  printTable(terminal, columns, [...rows, { name: 'tab\tand\nline', count: 0 }]);
  assert.equal(written.out, 'NAME\tN\na-long-name-of-a-sweep\t7\nb\t1234\ntab and line\t0\n');
});

test('counts have thousands separators for people only', () => {
  const counts = [countColumn('N', ({ count }: { count: number }) => count)];
  const lines = ([true, false] as const).map((isTTY) => {
    const { terminal, written } = capture({ isTTY, env: { NO_COLOR: '1' } });
    printTable(terminal, counts, [{ count: 1_234_567 }]);
    return written.out.split('\n')[1];
  });
  assert.deepEqual(lines, ['1,234,567', '1234567']);
});

test('colours are for terminals without NO_COLOR', () => {
  assert.match(capture({ isTTY: true }).terminal.style('red', 'x'), /^\u001b\[31mx/);
  for (const env of [{ NO_COLOR: '1' }, { TERM: 'dumb' }]) {
    assert.equal(capture({ isTTY: true, env }).terminal.style('red', 'x'), 'x');
  }
  assert.equal(capture({ isTTY: false }).terminal.style('red', 'x'), 'x');
});

test('a status line is written on terminals only, and removed before the next line', () => {
  const shown = capture({ isTTY: true });
  shown.terminal.status('half done');
  shown.terminal.print('done');
  assert.equal(shown.written.err, '\r\u001b[2Khalf done\r\u001b[2K');
  assert.equal(shown.written.out, 'done\n');
  const piped = capture({ isTTY: false });
  piped.terminal.status('half done');
  assert.equal(piped.written.err, '');
});

test('prose in the last column is continued on further lines', () => {
  const { terminal } = capture({ isTTY: true, columns: 24, env: { NO_COLOR: '1' } });
  const prose: Column<Row> = { header: 'WHY', cell: () => 'because it is so and not otherwise', prose: true };
  assert.deepEqual(renderTable(terminal, [columns[1]!, prose], [{ name: '', count: 42 }]), [
    ' N  WHY',
    '42  because it is so and',
    '    not otherwise',
  ]);
});

const plain = (width: number) => capture({ isTTY: true, columns: width, env: { NO_COLOR: '1' } }).terminal;

test('a name that is to be typed again is never cut; columns go where there is no room, and are named', () => {
  const names: Column<Row> = { header: 'NAME', cell: ({ name }) => name, whole: true };
  const unit: Column<Row> = { header: 'UNIT', cell: () => 'seconds', whole: true };
  assert.deepEqual(renderTable(plain(30), [names, columns[1]!, unit], rows, { otherwise: '--csv has all' }), [
    'NAME                       N',
    'a-long-name-of-a-sweep     7',
    'b                       1234',
    'Not shown for want of width:',
    'UNIT (--csv has all).',
  ]);
  const narrow = renderTable(plain(10), [names, unit], rows);
  assert.deepEqual(narrow.slice(0, 3), ['NAME', 'a-long-name-of-a-sweep', 'b']);
});

test('numbers are never cut, and what is essential is left out last', () => {
  const number = (header: string, value: number, essential = false): Column<Row> => ({
    ...{ header, cell: () => String(value), align: 'right', essential },
  });
  const wide = [columns[0]!, number('one', 111_111), number('two', 222_222), number('loss', 333_333, true)];
  assert.deepEqual(renderTable(plain(26), wide, [{ name: 'a', count: 1 }]), [
    'NAME     one    loss',
    'a     111111  333333',
    'Not shown for want of',
    'width: two.',
  ]);
});

test('headers that are longer than what they head take two lines where width is wanting', () => {
  const wide = ['PAPER TRIALS', 'learningRateScale', 'N'].map((header): Column<Row> => ({
    ...{ header, cell: ({ count }) => String(count), align: 'right' },
  }));
  assert.deepEqual(renderTable(plain(80), wide, [{ name: '', count: 7 }]), [
    'PAPER TRIALS  learningRateScale  N',
    '           7                  7  7',
  ]);
  assert.deepEqual(renderTable(plain(24), wide, [{ name: '', count: 7 }]), [
    '    PAPER    learning',
    '   TRIALS   RateScale  N',
    '        7           7  7',
  ]);
  const both: Column<Row> = { header: 'mean of trainLoss', cell: () => '7', align: 'right' };
  assert.deepEqual(renderTable(plain(12), [wide[2]!, both], [{ name: '', count: 7 }]), [
    '     mean of',
    'N  trainLoss',
    '7          7',
  ]);
});
