const fullDisk = (reason: string) => `Redis cannot write to its disk (${reason}): free space there.`;
const fullMemory = 'The memory of Redis is full: raise its "maxmemory".';

/** The first word of Redis when it takes no write, until something is put right, and what that is. */
const refusals: readonly (readonly [refusal: RegExp, sentence: (reason: string) => string])[] = [
  [/^MISCONF .*?(?:: (.*?)(?: script:.*)?)?$/s, fullDisk],
  [/^OOM /, () => fullMemory],
  [/^NOREPLICAS /, () => 'Redis takes no writes while too few of its replicas are there: bring them back.'],
];

const refusalName = 'RedisRefusalError';

/** Time between two attempts at a write that Redis has refused. */
export const repeatAfterMs = 1000;

/**
 * Makes an answer of Redis, if it is that nothing can be written now, an error that says so in one sentence. It gets the code of
 * a server that takes no connections: BullMQ then tries again after a pause, as in an outage, where it would else try without
 * one or count a failed attempt.
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

/** Whether Redis takes no writes now: it is there, answers questions, and has lost nothing when it takes them again. */
export function isRefusal(error: unknown): error is Error {
  return error instanceof Error && error.name === refusalName;
}
