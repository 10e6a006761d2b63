import { InvalidArgumentError } from 'commander';

import { readWorkers, requestSlots, type ShareCommand } from '@natsweep/queue';
import { plural } from '@natsweep/sweep';

import type { Cli, Register } from '../cli.ts';
import { badInput, exitCodes, unavailable } from '../exit.ts';
import { order, say, type Answer, type ChangeOptions } from '../order.ts';
import { requireUnended } from '../sweep-views.ts';
import { withRedis } from '../with-redis.ts';

const settings = [
  {
    key: 'priority',
    summary: 'sweeps of higher priority are served first (0 to 100)',
    parse: (text: string) => {
      if (!/^(\d{1,2}|100)$/.test(text)) throw new InvalidArgumentError('Give a whole number from 0 to 100.');
      return Number(text);
    },
  },
  {
    key: 'weight',
    summary: 'share of the slots among sweeps of equal priority',
    parse: (text: string) => {
      const weight = Number(text);
      if (!(weight > 0 && weight <= 1000)) throw new InvalidArgumentError('Give a number above 0 and up to 1000.');
      return weight;
    },
  },
] as const;

interface SlotsOptions extends ChangeOptions {
  readonly worker?: string;
}

export const registerSet: Register = (program, cli, run) => {
  const set = program
    .command('set')
    .description('Changes the place of a running sweep among the others, or the number of slots.')
    .helpCommand(false);
  for (const { key, summary, parse } of settings) {
    set
      .command(key)
      .summary(summary)
      .description(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`)
      .argument('<sweep>')
      .argument('<value>', '', parse)
      .option('-n, --dry-run', 'say what would be done and do nothing')
      .option('--json', 'print JSON')
      .action(
        run(async (sweep: string, value: number, options: ChangeOptions) => {
          const rehearsed = { message: `${sweep} would have ${key} ${value}.`, facts: { sweep, [key]: value } };
          say(cli, await changeShare(cli, { sweep, [key]: value }, options.dryRun === true && rehearsed), options);
          return exitCodes.ok;
        }),
      );
  }
  set
    .command('slots')
    .summary('change how many trials of a sweep, or of a worker, run at the same time')
    .description(
      'Gives a sweep at most so many slots at the same time, or a worker so many trial processes. Where they become fewer, ' +
        'trials that run finish first. A worker keeps its number until it ends; a sweep for good.',
    )
    .usage('[options] [sweep] <n|all>')
    .argument('<sweep>', 'left out: the worker of --worker, or the only one')
    .argument('[n|all]', 'slots; all: as many as there are (sweeps only)')
    .option('--worker <name>', 'change this worker instead of a sweep; "natsweep status --json" lists names')
    .option('-n, --dry-run', 'say what would be done and do nothing')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ natsweep set slots quickstart 2      quickstart takes at most two slots, the rest is for others
  $ natsweep set slots quickstart all
  $ natsweep set slots 4                 the only worker runs four trials at a time
  $ natsweep set slots --worker node7-4242 16
`,
    )
    .action(
      run(async (first: string, second: string | undefined, options: SlotsOptions) => {
        const answer =
          second === undefined
            ? await scaleWorker(cli, slotCount(first), options)
            : await limitSweep(cli, { sweep: first, slots: slotCount(second) }, options);
        say(cli, answer, options);
        return exitCodes.ok;
      }),
    );
};

/** @param rehearsed what a dry run says; false to have it done */
async function changeShare(
  cli: Cli,
  share: Omit<ShareCommand, 'kind' | 'commandId'>,
  rehearsed: Answer | false,
): Promise<Answer> {
  if (rehearsed === false) return order(cli, { kind: 'share', ...share });
  await requireUnended(cli.environment, share.sweep, 'set');
  return rehearsed;
}

function slotCount(text: string): number | 'all' {
  if (text === 'all') return text;
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw badInput(
    `${text} is no number of slots: give a whole number, 1 or more, as in "natsweep set slots quickstart 2".`,
  );
}

function limitSweep(
  cli: Cli,
  { sweep, slots: many }: { readonly sweep: string; readonly slots: number | 'all' },
  { worker, dryRun }: SlotsOptions,
): Promise<Answer> {
  if (worker !== undefined) throw badInput('Give a sweep or --worker, not both.');
  const slots = many === 'all' ? null : many;
  const limit = slots === null ? 'as many slots as there are' : `at most ${plural(slots, 'slot')}`;
  const rehearsed = { message: `${sweep} would take ${limit}.`, facts: { sweep, slots } };
  return changeShare(cli, { sweep, slots }, dryRun === true && rehearsed);
}

async function scaleWorker(cli: Cli, slots: number | 'all', { worker, dryRun }: SlotsOptions): Promise<Answer> {
  if (slots === 'all') throw badInput('A worker has a number of slots: give one, e.g. "natsweep set slots 4".');
  return withRedis(cli.environment, async (redis) => {
    const names = (await readWorkers(redis)).map((status) => status.worker);
    const name = chooseWorker(names, worker);
    if (dryRun === true) {
      return { message: `Worker ${name} would have ${plural(slots, 'slot')}.`, facts: { worker: name, slots } };
    }
    const reply = await requestSlots(redis, { worker: name, slots });
    if (reply === undefined) throw unavailable(`Worker ${name} does not answer: look with "natsweep status".`);
    if (!reply.ok) throw badInput(reply.message);
    return reply;
  });
}

/** The worker that is named, or the only one there is. */
function chooseWorker(names: readonly string[], wanted: string | undefined): string {
  if (names.length === 0) throw unavailable('No worker is running: "natsweep up" starts one.');
  if (wanted === undefined && names.length === 1) return names[0]!;
  if (wanted === undefined)
    throw badInput(`There are ${names.length} workers: name one with --worker: ${names.join(', ')}.`);
  if (!names.includes(wanted))
    throw badInput(`There is no worker ${wanted}; there ${names.length === 1 ? 'is' : 'are'} ${names.join(', ')}.`);
  return wanted;
}
