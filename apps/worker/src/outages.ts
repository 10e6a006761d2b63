import type { RedisConnection } from '@natsweep/queue';

export interface OutageLog {
  /** What is lost. */
  readonly description: string;
  readonly logger: Readonly<Record<'info' | 'warn', (message: string) => void>>;
}

/** Says that Redis is lost, once for an outage in which it is tried again and again, and that it is back. Returns how to end that. */
export function logOutages(redis: RedisConnection, { description, logger }: OutageLog): () => void {
  let isLost = false;
  const onClose = () => {
    if (!isLost) logger.warn(`lost ${description}; trials go on, results wait until it is back`);
    isLost = true;
  };
  const onReady = () => {
    if (isLost) logger.info(`back at ${description}`);
    isLost = false;
  };
  redis.on('close', onClose).on('ready', onReady);
  return () => void redis.off('close', onClose).off('ready', onReady);
}
