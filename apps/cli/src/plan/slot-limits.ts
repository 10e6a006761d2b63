import { readWorkers, slotMemoryBytes } from '@natsweep/queue';
import { plural } from '@natsweep/sweep';

import type { Environment } from '../environment.ts';
import { withRedis } from '../with-redis.ts';

/** Where trials can run. */
export interface SlotLimits {
  readonly slots: number;
  /** What the largest slot may take. */
  readonly memoryBytes: number;
  /** E.g. "the largest of 12 slots of 3 workers", "each of 4 slots of this machine". */
  readonly description: string;
}

/** Slots as on this machine, each with an equal share of its memory. */
export function machineLimits(slots: number): SlotLimits {
  const description = `each of ${plural(slots, 'slot')} of this machine`;
  return { slots, memoryBytes: slotMemoryBytes(slots), description };
}

/** The slots of the workers that run; undefined where none does. */
export async function fleetLimits(environment: Environment): Promise<SlotLimits | undefined> {
  const workers = await withRedis(environment, readWorkers).catch((error: unknown) => {
    if ((error as Error).name === 'RedisUnavailableError') return [];
    throw error;
  });
  const slots = workers.flatMap((worker) => worker.slots);
  if (slots.length === 0) return undefined;
  const memoryBytes = Math.max(...slots.map(({ memoryLimitBytes }) => memoryLimitBytes));
  const description = `the largest of ${plural(slots.length, 'slot')} of ${plural(workers.length, 'worker')}`;
  return { slots: slots.length, memoryBytes, description };
}
