import { isImageDataset } from '@natsweep/catalogue';
import { readWorkers, RedisUnavailableError } from '@natsweep/queue';

import type { Environment } from '../environment.ts';
import { badInput } from '../exit.ts';
import type { LoadedSweep } from '../sweep-source.ts';
import { withRedis } from '../with-redis.ts';

/**
 * Throws a `CliError` that names every worker whose machine lacks a data set of the sweep, with what to do there: any worker may
 * get any trial. Where no worker runs yet nothing is known, and a trial without its data fails as `data`.
 * @param flag what the command takes to leave this check out, if it does
 */
export async function refuseMissingData(
  environment: Environment,
  sweep: LoadedSweep,
  flag?: '--no-data-check',
): Promise<void> {
  const needed = imageDatasetsOf(sweep);
  if (needed.length === 0) return;
  const workers = await withRedis(environment, readWorkers).catch((error: unknown) => {
    if (error instanceof RedisUnavailableError) return [];
    throw error;
  });
  const lacking = workers.flatMap(({ worker, missingData = {} }) =>
    needed.flatMap((name) => (missingData[name] === undefined ? [] : [`  worker ${worker}: ${missingData[name]}`])),
  );
  if (lacking.length === 0) return;
  const remedies = flag === undefined ? ', or stop it' : `, stop it, or pass ${flag}`;
  throw badInput(
    [
      `${sweep.spec.name} needs data that not every worker has:`,
      ...lacking,
      `Trials that such a worker gets would fail. Put the files there (and start the worker with NATSWEEP_DATA)${remedies}.`,
    ].join('\n'),
  );
}

/** The image data sets that trials of a sweep may ask for. */
function imageDatasetsOf({ spec, grid }: LoadedSweep): readonly string[] {
  const axis = spec.axes.find(({ parameter }) => parameter === 'dataset');
  const values = axis?.kind === 'discrete' ? axis.values : [grid.trial(0).params['dataset']];
  return values.filter(isImageDataset);
}
