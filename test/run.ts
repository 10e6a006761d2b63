/**
 * Runs the tests with node:test and closes with one line, `N passed, N failed, N skipped`.
 *
 *   node test/run.ts            all tests: units side by side, then the suites under test/ one after the other
 *   node test/run.ts --unit     only the tests beside their sources
 *   node test/run.ts PART…      only files whose path contains one of the parts
 *
 * Skipped tests are listed with their reasons: nothing is silently skipped.
 */
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { relative, resolve } from 'node:path';
import { run } from 'node:test';
import type { EventData } from 'node:test';
import { parseArgs } from 'node:util';

const root = resolve(import.meta.dirname, '..');
const propertySeed = resolve(import.meta.dirname, 'property-seed.ts');
const { values: flags, positionals: parts } = parseArgs({
  allowPositionals: true,
  options: { unit: { type: 'boolean', default: false } },
});

const find = (pattern: string): string[] =>
  globSync(pattern, { cwd: root, exclude: (path) => path.includes('node_modules') })
    .filter((file) => parts.length === 0 || parts.some((part) => file.includes(part)))
    .sort()
    .map((file) => resolve(root, file));

/** Of one file. The longest takes five minutes: what takes so long has hung, and ends here with its name. */
const timeout = 20 * 60_000;

const totals = { passed: 0, failed: 0, skipped: 0 };
const skippedTests: string[] = [];
const failedTests: string[] = [];

await runFiles(find('{apps,libs,dashboards}/**/*.test.ts'), availableParallelism());
if (!flags.unit) await runFiles(find('test/**/*.test.ts'), 1);

if (skippedTests.length > 0) console.log(`\nSkipped:\n${skippedTests.join('\n')}`);
if (failedTests.length > 0) console.log(`\nFailed:\n${failedTests.join('\n')}`);
console.log(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exitCode = totals.failed > 0 || totals.passed === 0 ? 1 : 0;

/** Of one file. */
interface Tests {
  count: number;
  failed: number;
}

async function runFiles(files: readonly string[], concurrency: number): Promise<void> {
  if (files.length === 0) return;
  const perFile = new Map<string, Tests>();
  const events = run({ files: [...files], concurrency, timeout, execArgv: ['--import', propertySeed] });
  // what is told of a file is told before anything of the next one
  let last: string | undefined;
  events.on('test:start', ({ file }) => {
    if (!file || perFile.has(file)) return;
    if (last !== undefined) tell(last, perFile);
    perFile.set(file, { count: 0, failed: 0 });
    last = file;
  });
  events.on('test:pass', (event) => count(event, perFile, true));
  events.on('test:fail', (event) => count(event, perFile, false));
  for await (const event of events) {
    // a file's own output, shown as it comes: servers that fail to start, chaos summaries
    if (event.type === 'test:stderr') process.stderr.write(event.data.message);
    if (event.type === 'test:stdout') process.stdout.write(event.data.message);
  }
  if (last !== undefined) tell(last, perFile);
}

function tell(file: string, perFile: ReadonlyMap<string, Tests>): void {
  const { count: passed, failed } = perFile.get(file) as Tests;
  if (passed + failed === 0) {
    totals.failed += 1;
    failedTests.push(`  ${relative(root, file)}: the file holds no test`);
  }
  console.log(`${failed > 0 || passed === 0 ? 'FAIL' : 'ok  '} ${relative(root, file)} (${passed})`);
}

function count(
  event: EventData.TestPass | EventData.TestFail,
  perFile: ReadonlyMap<string, Tests>,
  passed: boolean,
): void {
  const file = event.file ?? '?';
  // suites, and the files themselves, are frames around tests; one that fails by itself must still count
  const isFrame = event.details.type === 'suite' || (event.nesting === 0 && event.name === file);
  const where = `  ${relative(root, file)}: ${event.name}`;
  if (!passed && !isFrameOfFailure(event)) {
    totals.failed += 1;
    const frame = perFile.get(file);
    if (frame) frame.failed += 1;
    const { error } = event.details as EventData.TestFail['details'];
    failedTests.push(`${where}\n    ${describe(error).replaceAll('\n', '\n    ')}`);
  } else if (passed && !isFrame) {
    const frame = perFile.get(file);
    if (frame) frame.count += 1;
    const reason = event.skip ?? event.todo;
    if (reason === undefined) {
      totals.passed += 1;
    } else {
      totals.skipped += 1;
      skippedTests.push(`${where}: ${reason === true || reason === '' ? 'no reason given' : reason}`);
    }
  }
}

/** A parent fails because a child failed, which has been counted. */
function isFrameOfFailure(event: EventData.TestPass | EventData.TestFail): boolean {
  const { error } = event.details as EventData.TestFail['details'];
  return (error as { failureType?: string } | undefined)?.failureType === 'subtestsFailed';
}

function describe(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  const stack = (cause.stack ?? cause.message).split('\n');
  return stack.filter((line) => !line.includes('node:internal/')).join('\n');
}
