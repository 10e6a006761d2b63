import type { Cli, Register } from '../cli.ts';
import { exitCodes, type ExitCode } from '../exit.ts';
import { describeEnd, followSweep, type FollowOptions } from '../follow.ts';
import { nextSignal } from '../interrupt.ts';
import { withRedis } from '../with-redis.ts';

export const registerWatch: Register = (program, cli, run) => {
  program
    .command('watch')
    .description('Shows the progress of a sweep until it ends. Ctrl-C ends the watching, never the sweep.')
    .argument('<sweep>')
    .option('--json', 'print JSON, once it has ended')
    .action(run((sweep: string, options: WatchOptions) => watchSweep(cli, sweep, options)));
};

interface WatchOptions extends Pick<FollowOptions, 'appearsWithinMs'> {
  readonly json?: boolean;
}

/** Follows a sweep to its end. `negative` if a trial failed or the sweep was cancelled. */
export async function watchSweep(
  { terminal, environment }: Cli,
  sweep: string,
  { json, ...options }: WatchOptions,
): Promise<ExitCode> {
  const interrupted = new AbortController();
  void nextSignal().then(() => interrupted.abort());
  const end = await withRedis(environment, (redis) =>
    followSweep(terminal, redis, { ...options, sweep, signal: interrupted.signal }),
  );
  if (end === undefined) {
    terminal.note(
      `Stopped watching; the sweep goes on. "natsweep watch ${sweep}" shows it again, "natsweep cancel ${sweep}" would end it.`,
    );
    return exitCodes.interrupted;
  }
  if (json === true) terminal.json(end);
  else terminal.print(describeEnd(end));
  if (end.failed > 0) terminal.note(`"natsweep results ${sweep} --failed" lists the failed trials.`);
  return end.state === 'completed' && end.failed === 0 ? exitCodes.ok : exitCodes.negative;
}
