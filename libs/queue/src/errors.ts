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
