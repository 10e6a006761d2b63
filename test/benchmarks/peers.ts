/**
 * No-op trials per second against Optuna with a SQLite storage and Ray Tune, each in its usual way with two workers, in the
 * same run.
 *
 *   node test/benchmarks/peers.ts [--trials N]
 *
 * Prints Markdown. The peers are installed by pip into a virtual environment in the cache directory, once; one that pip
 * cannot install is named and left out, and the status is then 1.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { runSweep } from './orchestration-sweep.ts';
import { installPeer, python, reason } from './python-environment.ts';
import { verdictTable } from './verdict-table.ts';

const run = promisify(execFile);
const { values: flags } = parseArgs({ options: { trials: { type: 'string', default: '100000' } } });
const workers = '2';

interface Peer {
  readonly name: string;
  readonly requirement: string;
  readonly script: string;
  /** After the folder and the number of workers: how long, or how many. */
  readonly amount: string;
}

const peers: readonly Peer[] = [
  { name: 'Optuna', requirement: 'optuna==5.0.0', script: 'optuna_noop.py', amount: '20' },
  { name: 'Ray Tune', requirement: 'ray[tune]==2.58.0', script: 'ray_noop.py', amount: '16' },
];

const rates = new Map<Peer, number>();
for (const peer of peers) {
  const folder = mkdtempSync(join(tmpdir(), 'natsweep-peer-'));
  try {
    await installPeer(peer.requirement);
    const script = join(import.meta.dirname, 'peers', peer.script);
    const { stdout } = await run(python, [script, folder, workers, peer.amount], { timeout: 240_000 });
    rates.set(peer, Number(stdout.trim().split('\n').at(-1)));
  } catch (error) {
    console.log(`${peer.name} (${peer.requirement}) was left out: ${reason(error)}\n`);
    process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const side = Math.ceil(Math.sqrt(Number(flags.trials)));
const ours = await runSweep({
  yaml: `experiment: diagnostic\naxes: { point: { range: { from: 1, to: ${side} } } }\nrepeats: ${side}\n`,
  workers: (stack) => [stack.startWorker(['--slots', workers])],
});

console.log('| no-op trials, two workers | per second |\n|---|--:|');
console.log(`| natsweep, each recorded in SQLite | ${Math.round(ours.perSecond)} |`);
for (const [{ name, requirement }, rate] of rates) console.log(`| ${name} (${requirement}) | ${rate.toPrecision(3)} |`);
const requirements = [...rates].map(([{ name }, rate]) => ({
  what: `natsweep to ${name}`,
  measured: ours.perSecond / rate,
  limit: { least: 100 },
  unit: '×',
}));
console.log(`\n${verdictTable(requirements)}`);
