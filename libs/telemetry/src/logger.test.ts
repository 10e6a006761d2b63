import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { createLogger, LogLevelError } from './logger.ts';

function capture(options: { level?: string; pretty?: boolean } = {}) {
  const lines: string[] = [];
  const sink = { write: (line: string) => lines.push(line) };
  return { lines, logger: createLogger({ app: 'worker', sink, ...options }) };
}

test('a record is one line of JSON with level, time, app and the scopes of its children', () => {
  const { lines, logger } = capture();
  logger.child({ sweep: 'depth', slot: 'gpu0' }).child({ trial: 'abc', attempt: 2 }).warn({ steps: 7 }, 'slow trial');
  assert.equal(lines.length, 1);
  const { time, pid, ...rest } = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
  assert.ok(Math.abs(Date.parse(String(time)) - Date.now()) < 60_000);
  assert.equal(pid, process.pid);
  assert.deepEqual(rest, {
    level: 'warn',
    app: 'worker',
    sweep: 'depth',
    slot: 'gpu0',
    trial: 'abc',
    attempt: 2,
    steps: 7,
    msg: 'slow trial',
  });
});

test('the level decides what is written, and an unknown level is refused with the known ones', () => {
  const { lines, logger } = capture({ level: 'error' });
  logger.warn('unseen');
  logger.error('seen');
  assert.equal(lines.length, 1);
  assert.throws(
    () => capture({ level: 'verbose' }),
    (error) => error instanceof LogLevelError && /"verbose" is unknown.*debug, info/.test(error.message),
  );
});

test('of an error a log has type, message, code and stack with its causes, and nothing else that it carries', () => {
  const { lines, logger } = capture();
  const login = Object.assign(new Error('WRONGPASS'), { command: { name: 'auth', args: ['user', 'hunter2'] } });
  const error = Object.assign(new Error('cannot log in', { cause: login }), { code: 'denied', given: 'hunter2' });
  logger.error({ err: error }, 'lost Redis');
  logger.error({ err: 'a text' }, 'lost Redis');
  const { err } = JSON.parse(lines[0] ?? '') as { err: Record<string, string> };
  assert.deepEqual(Object.keys(err), ['type', 'message', 'stack', 'code']);
  assert.match(err['stack'] ?? '', /caused by: Error: WRONGPASS/);
  assert.doesNotMatch(lines.join(''), /hunter2/);
});

test('secrets reach neither fields, messages, errors nor child scopes', () => {
  for (const pretty of [false, true]) {
    const { lines, logger } = capture({ pretty });
    const err = new Error('cannot reach rediss://worker:hunter2@db.example:6380/0');
    logger.error({ err, password: 'hunter2', redis: { token: 'hunter2' } }, 'postgres://me:hunter2@db/x is down');
    logger.child({ worker: 'redis://:hunt@er2@host' }).info('started');
    const text = lines.join('');
    assert.match(text, /db\.example:6380/);
    assert.doesNotMatch(text, /hunter2|er2@/);
  }
});

test('a URL without credentials is left as it is', () => {
  const { lines, logger } = capture({ pretty: true });
  logger.info('see https://grafana.com/@team and mail a@b.c');
  assert.match(lines[0] ?? '', /see https:\/\/grafana\.com\/@team and mail a@b\.c/);
});

test('pretty output is one line per record: clock, level, app, message, then fields', () => {
  const { lines, logger } = capture({ pretty: true });
  logger.child({ sweep: 'depth' }).info({ trials: 3, by: { a: 1 } }, 'batch admitted');
  assert.match(lines[0] ?? '', /^\d\d:\d\d:\d\d INFO worker: batch admitted sweep=depth trials=3 by=\{"a":1\}\n$/);
});

test('a log file is appended to, private to its owner, in folders made for it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'natsweep-log-'));
  try {
    const file = join(folder, 'logs', 'worker.log');
    createLogger({ app: 'worker', file }).info('first');
    createLogger({ app: 'worker', file }).info('second');
    const messages = readFileSync(file, 'utf8').trimEnd().split('\n');
    assert.deepEqual(
      messages.map((line) => (JSON.parse(line) as { msg: string }).msg),
      ['first', 'second'],
    );
    assert.equal(statSync(file).mode & 0o777, 0o600);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('stderr that is no terminal gets JSON, at the level of NATSWEEP_LOG_LEVEL, even when the process dies at once', () => {
  const script = `import { createLogger } from ${JSON.stringify(import.meta.resolve('./logger.ts'))};
    const logger = createLogger({ app: 'probe' });
    logger.debug('last words');
    process.kill(process.pid, 'SIGKILL');`;
  const run = () =>
    execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, NATSWEEP_LOG_LEVEL: 'debug' },
      stdio: 'pipe',
    });
  assert.throws(run, (error: { signal: string; stderr: Buffer }) => {
    assert.equal(error.signal, 'SIGKILL');
    assert.equal((JSON.parse(error.stderr.toString()) as { msg: string }).msg, 'last words');
    return true;
  });
});

test('a full disk under the log does not end the process that says so', (t) => {
  if (!existsSync('/dev/full')) return t.skip('there is no /dev/full here');
  const logger = createLogger({ app: 'scheduler', file: '/dev/full' });
  for (let i = 0; i < 3; i++) logger.error('No space left on the disk: free some.');
});
