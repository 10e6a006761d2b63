import type { SweepShare, WorkerStatus } from '@natsweep/queue';
import { formatCount, plural } from '@natsweep/sweep';

import type { Cli, Register } from '../cli.ts';
import { exitCodes, type ExitCode } from '../exit.ts';
import { describeStall } from '../follow.ts';
import { findByName, findRetired, readOverview, type SweepView } from '../sweep-views.ts';
import { formatAge, formatDuration, formatNumber, formatRate, formatTime } from '../terminal/format.ts';
import { percentDone } from '../terminal/progress.ts';
import { countColumn, printTable, type Column } from '../terminal/table.ts';
import type { Style, Terminal } from '../terminal/terminal.ts';

export const registerStatus: Register = (program, cli, run) => {
  program
    .command('status')
    .description('Shows all sweeps and the workers, or one sweep in detail. Works without a running stack.')
    .argument('[sweep]')
    .option('--json', 'print JSON')
    .action(run((sweep: string | undefined, { json }: { json?: boolean }) => status(cli, sweep, json === true)));
};

async function status({ terminal, environment }: Cli, name: string | undefined, json: boolean): Promise<ExitCode> {
  const { sweeps, workers, stall } = await readOverview(environment);
  const chosen = name === undefined ? undefined : ((await findRetired(environment, name)) ?? findByName(sweeps, name));
  if (json) {
    terminal.json(chosen ?? { sweeps, workers, stall });
    return exitCodes.ok;
  }
  if (chosen !== undefined) printDetails(terminal, chosen, workers !== null);
  else if (sweeps.length > 0 || !terminal.interactive)
    printTable(terminal, overviewColumns(terminal, workers !== null), sweeps);
  else terminal.note('No sweep has been launched here: "natsweep sweeps" lists those that ship with natsweep.');
  terminal.note(describeWorkers(terminal, workers));
  if (stall !== null) terminal.note(terminal.style('yellow', describeStall(stall)));
  return exitCodes.ok;
}

const stateStyles: Readonly<Record<SweepView['state'], Style>> = {
  running: 'cyan',
  paused: 'yellow',
  cancelled: 'dim',
  completed: 'green',
};

/** Without a stack no sweep runs, whatever its state. */
function describeState({ state }: SweepView, live: boolean): string {
  return state === 'running' && !live ? 'waiting' : state;
}

function overviewColumns(terminal: Terminal, live: boolean): readonly Column<SweepView>[] {
  return [
    { header: 'SWEEP', cell: ({ name }) => name, whole: true },
    {
      header: 'STATE',
      cell: (sweep) => describeState(sweep, live),
      whole: true,
      paint: (text, { state }) => terminal.style(stateStyles[state], text),
    },
    { header: 'DONE', cell: (sweep) => `${percentDone(sweep)}%`, align: 'right' },
    countColumn('RECORDED', ({ observed, failed }) => observed + failed),
    countColumn('PLANNED', ({ planned }) => planned),
    {
      ...countColumn<SweepView>('FAILED', ({ failed }) => failed),
      paint: (text, { failed }) => (failed > 0 ? terminal.style('red', text) : text),
    },
    {
      header: 'RATE',
      cell: ({ trialsPerSecond: rate, state }) => (rate > 0 && state === 'running' ? formatRate(rate) : '-'),
      align: 'right',
    },
    {
      header: 'LEFT',
      cell: ({ etaSeconds: eta, state }) => (eta === null || state !== 'running' ? '-' : formatDuration(eta)),
      align: 'right',
    },
    {
      header: 'LAUNCHED',
      cell: ({ createdAtMs }) => formatAge(createdAtMs, Date.now()),
      plain: ({ createdAtMs }) => formatTime(createdAtMs),
    },
  ];
}

function printDetails(terminal: Terminal, sweep: SweepView, live: boolean): void {
  const { name, experiment, state, stateReason, planned, observed, failed, trialsPerSecond, etaSeconds, objective } =
    sweep;
  const entries = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .map(([key, count]) => `${formatCount(count)} ${key}`)
      .join(', ');
  const lines: readonly (readonly [label: string, text: string])[] = [
    ['sweep', name],
    ['experiment', experiment],
    [
      'state',
      terminal.style(stateStyles[state], describeState(sweep, live)) +
        (stateReason === null ? '' : ` (${stateReason})`),
    ],
    ['recorded', `${formatCount(observed + failed)} of ${plural(planned, 'trial')} (${percentDone(sweep)}%)`],
    ['outcomes', entries(sweep.byOutcome)],
    ['failed', entries(sweep.byFailure)],
    ['share', describeShare(sweep.share)],
    ['rate', state === 'running' && trialsPerSecond > 0 ? formatRate(trialsPerSecond) : ''],
    ['time left', state === 'running' && etaSeconds !== null ? formatDuration(etaSeconds) : ''],
    [
      'best',
      objective === null
        ? ''
        : `${objective.metric} ${formatNumber(objective.best)} (${objective.goal}d) by trial ${objective.trialId}`,
    ],
    ['launched', formatTime(sweep.createdAtMs)],
  ];
  for (const [label, text] of lines) {
    if (text !== '') terminal.print(`${terminal.style('dim', label.padEnd(12))}${text}`);
  }
}

function describeShare({ priority, weight, slots }: SweepShare): string {
  const limit = slots === null ? '' : `, at most ${plural(slots, 'slot')}`;
  return `priority ${priority}, weight ${formatNumber(weight)}${limit}`;
}

function describeWorkers(terminal: Terminal, workers: readonly WorkerStatus[] | null): string {
  if (workers === null)
    return terminal.style('dim', 'No stack is running here: "natsweep up" starts one and unfinished sweeps go on.');
  if (workers.length === 0)
    return terminal.style('yellow', 'No worker is running, so no trial runs: look into the logs folder.');
  const slots = workers.flatMap((worker) => worker.slots);
  const busy = slots.filter((slot) => slot.state === 'busy').length;
  const engines = [...new Set(slots.map((slot) => slot.engine))].join(', ');
  return terminal.style(
    'dim',
    `${plural(workers.length, 'worker')}, ${plural(slots.length, 'slot')}, ${busy} busy, engine ${engines}`,
  );
}
