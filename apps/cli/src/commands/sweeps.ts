import { availableParallelism } from 'node:os';

import { estimatedSeconds, measuredTime, namedSweeps, namedSweepSource, type SweepTime } from '@natsweep/catalogue';
import { nearest, plural, type SweepSize } from '@natsweep/sweep';

import type { Cli, Register } from '../cli.ts';
import { badInput, exitCodes, type ExitCode } from '../exit.ts';
import { positiveInteger } from '../options.ts';
import { loadSweep } from '../sweep-source.ts';
import { formatDuration } from '../terminal/format.ts';
import { countColumn, printTable } from '../terminal/table.ts';
import { noteWrapped, wrap } from '../terminal/wrap.ts';

interface SweepsOptions {
  readonly slots: number;
  readonly json?: boolean;
}

export const registerSweeps: Register = (program, cli, run) => {
  program
    .command('sweeps')
    .description(
      'Lists the sweeps that ship with natsweep with the trials and the estimated time of each size; with a name, what it asks. "natsweep launch NAME --size SIZE" runs one.',
    )
    .argument('[name]')
    .option('--slots <n>', 'estimate for so many trial processes at a time', positiveInteger, availableParallelism())
    .option('--json', 'print JSON')
    .action(
      run((name: string | undefined, options: SweepsOptions) =>
        name === undefined ? list(cli, options) : show(cli, name, options),
      ),
    );
};

interface Size {
  readonly size: SweepSize;
  readonly trials: number;
  /** Undefined for a sweep that was never run to its end as it is now. */
  readonly time: SweepTime | undefined;
}

interface NamedSweep {
  readonly name: string;
  readonly experiment: string;
  readonly source: string;
  readonly description: string;
  readonly sizes: readonly Size[];
}

function describe(name: string, sizes: readonly SweepSize[]): NamedSweep {
  const loaded = sizes.map((size) => ({ size, ...loadSweep(name, { size }) }));
  const { experiment, description } = loaded[0]!.spec;
  return {
    ...{ name, experiment, description },
    source: namedSweepSource({ experiment, description }),
    sizes: loaded.map(({ size, spec, grid }) => ({ size, trials: grid.size, time: measuredTime(spec) })),
  };
}

function list({ terminal }: Cli, { slots, json }: SweepsOptions): ExitCode {
  const sweeps = namedSweeps().map((name) => describe(name, ['small', 'paper']));
  if (json === true) {
    terminal.json(sweeps.map(plain(slots)));
    return exitCodes.ok;
  }
  const of = ({ sizes }: NamedSweep, wanted: SweepSize) => sizes.find(({ size }) => size === wanted)!;
  const trials = (size: SweepSize) => (sweep: NamedSweep) => of(sweep, size).trials;
  const time = (size: SweepSize) => (sweep: NamedSweep) => estimate(of(sweep, size), slots);
  printTable(
    terminal,
    [
      { header: 'NAME', cell: ({ name }) => name, whole: true },
      countColumn('TRIALS', trials('small')),
      { header: 'TIME', cell: time('small'), align: 'right', whole: true },
      countColumn('PAPER TRIALS', trials('paper')),
      { header: 'PAPER TIME', cell: time('paper'), align: 'right', whole: true },
      { header: 'SOURCE', cell: ({ source }) => source, prose: true },
    ],
    sweeps,
  );
  noteTimes({ terminal }, slots, sweeps);
  return exitCodes.ok;
}

function show({ terminal }: Cli, name: string, { slots, json }: SweepsOptions): ExitCode {
  if (!namedSweeps().includes(name)) {
    const near = nearest(name, namedSweeps());
    const hint = near === undefined ? '"natsweep sweeps" lists them' : `did you mean ${near}?`;
    throw badInput(`There is no sweep named ${name} that ships with natsweep; ${hint}`);
  }
  const sweep = describe(name, ['smallest', 'small', 'paper']);
  if (json === true) {
    terminal.json(plain(slots)(sweep));
    return exitCodes.ok;
  }
  terminal.print(terminal.style('bold', sweep.name));
  terminal.print(terminal.style('dim', `${sweep.source}; experiment ${sweep.experiment}`));
  for (const line of wrap(sweep.description, terminal.columns())) terminal.print(line);
  terminal.print('');
  printTable<Size>(
    terminal,
    [
      { header: 'SIZE', cell: ({ size }) => size },
      countColumn('TRIALS', ({ trials }) => trials),
      { header: 'TIME', cell: (size) => estimate(size, slots), align: 'right' },
    ],
    sweep.sizes,
  );
  noteTimes({ terminal }, slots, [sweep]);
  return exitCodes.ok;
}

function estimate({ time }: Size, slots: number): string {
  if (time === undefined) return '?';
  const seconds = estimatedSeconds(time, slots);
  return seconds < 1 ? '< 1 s' : formatDuration(seconds);
}

/** Where the times come from: a reader must know what they rest on. */
function noteTimes({ terminal }: Pick<Cli, 'terminal'>, slots: number, sweeps: readonly NamedSweep[]): void {
  const times = sweeps.flatMap(({ sizes }) => sizes.flatMap(({ time }) => time ?? []));
  const machines = new Set(times.map(({ machine, date }) => `${machine} (${date})`));
  if (machines.size === 0) return;
  noteWrapped(
    terminal,
    'dim',
    `Times are those of the trials on ${plural(slots, 'slot')}, from runs on ${[...machines].join(' and ')}. ?: never run to its end as it is now.`,
  );
}

function plain(slots: number) {
  return ({ sizes, ...sweep }: NamedSweep) => ({
    ...sweep,
    sizes: sizes.map(({ size, trials, time }) => ({
      ...{ size, trials, slots },
      estimatedSeconds: time === undefined ? null : estimatedSeconds(time, slots),
      measured: time ?? null,
    })),
  });
}
