/**
 * Runs benchmarks and keeps what they print, with the machine they ran on.
 *
 *   npm run bench                          all of them with their defaults; run it on an idle machine
 *   npm run bench -- linalg --threads 2    one of them, with its own options
 *
 * Each prints ratios to a named peer or limit measured in the same run, into test/benchmarks/results/NAME.md. Ends with
 * status 3 if a limit is missed (MISSED in the table), with 1 if something could not be measured.
 */
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { arch, cpus, platform, totalmem } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { missedStatus } from './verdict-table.ts';

const benchmarks = ['linalg', 'engines', 'wide', 'orchestration', 'peers', 'results', 'report', 'planning', 'kerekes'];

const [named, ...options] = process.argv.slice(2);
if (named !== undefined && !benchmarks.includes(named)) {
  console.error(`bench: there is no benchmark "${named}"; there are ${benchmarks.join(', ')}`);
  process.exit(2);
}
for (const name of named === undefined ? benchmarks : [named]) await runBenchmark(name, options);

async function runBenchmark(name: string, flags: readonly string[]): Promise<void> {
  const file = createWriteStream(join(import.meta.dirname, 'results', `${name}.md`));
  const command = ['node', `test/benchmarks/${name}.ts`, ...flags].join(' ');
  const memoryGiB = (totalmem() / 2 ** 30).toFixed(0);
  file.write(`# ${name}\n\n\`${command}\`, ${new Date().toISOString().slice(0, 10)}: `);
  file.write(
    `${cpus().length} × ${cpus()[0]?.model.trim()}, ${memoryGiB} GiB, ${platform()} ${arch()}, Node ${process.version}\n\n`,
  );
  const child = spawn(process.execPath, [join(import.meta.dirname, `${name}.ts`), ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.pipe(process.stdout, { end: false });
  child.stdout.pipe(file);
  const [status] = await Promise.all([new Promise<number | null>((end) => child.on('exit', end)), finished(file)]);
  if (status === 0) return;
  console.error(
    status === missedStatus ? `bench: ${name} missed a limit` : `bench: ${name} ended with status ${status}`,
  );
  if (process.exitCode !== 1) process.exitCode = status === missedStatus ? missedStatus : 1;
}
