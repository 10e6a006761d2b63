/** Redis cannot be reached, refuses the login, or cannot be started. The message is one sentence with the fix. */
export class RedisUnavailableError extends Error {
  override readonly name = 'RedisUnavailableError';
  readonly code = 'redis-unavailable';
}

/** A command found no scheduler that answered in time. The message says what became of the command. */
export class NoSchedulerError extends Error {
  override readonly name = 'NoSchedulerError';
  readonly code = 'no-scheduler';
}

/** The lock of a batch is not held any more; whatever remains of the batch is another worker's. */
export class LockLostError extends Error {
  override readonly name = 'LockLostError';
  readonly code = 'lock-lost';
}
