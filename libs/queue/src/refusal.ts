export function fullDisk(reason: string): string {
  return `Redis cannot write to its disk (${reason}): free space there.`;
}

/** The first word of Redis when it has no room for a write, and what there is to do. */
const refusals: readonly (readonly [refusal: RegExp, sentence: (reason: string) => string])[] = [
  [/^MISCONF .*?(?:: (.*?)(?: script:.*)?)?$/s, fullDisk],
  [/^OOM /, () => 'The memory of Redis is full: raise its "maxmemory".'],
];

const refusalName = 'RedisFullError';

/**
 * Makes an answer of Redis, if it is that there is no room for what was to be written, an error that says so in one sentence. It
 * gets the code of a server that takes no connections: BullMQ then tries again after a pause, as in an outage, where it would
 * else try without one or count a failed attempt.
 */
export function explainRefusal(error: Error): void {
  for (const [refusal, sentence] of refusals) {
    const found = refusal.exec(error.message);
    if (found === null) continue;
    const message = sentence(found[1] ?? 'its log says why');
    Object.defineProperties(error, {
      name: { value: refusalName },
      message: { value: message },
      code: { value: 'ECONNREFUSED' },
      stack: { value: `${refusalName}: ${message}` },
    });
  }
}

/** Whether Redis has no room for what was to be written: it is there, answers questions, and is the same when there is room again. */
export function isRefusal(error: unknown): error is Error {
  return error instanceof Error && error.name === refusalName;
}
