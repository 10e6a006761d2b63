import { ResultsError } from './results-error.ts';

/** The server of a URL without user, password or options. */
export function serverOf(url: string): string {
  const { host, pathname, searchParams } = new URL(url);
  return `${decodeURIComponent(host) || searchParams.get('host') || 'the local server'}${pathname}`;
}

/** SQLSTATE (postgresql.org/docs/current/errcodes-appendix.html) or Node's network error code to `ResultsError`. */
export function translatePostgresError(error: unknown, url: string): unknown {
  if (!(error instanceof Error)) return error;
  const server = serverOf(url);
  const because = (code: ResultsError['code'], message: string) => new ResultsError(code, message, error);
  const state = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (
    networkErrors.has(state) ||
    state.startsWith('08') ||
    state.startsWith('57P') ||
    ['25P03', '25P04'].includes(state) ||
    lostConnection.test(error.message)
  )
    return because(
      'unreachable',
      `PostgreSQL at ${server} does not answer (${reason(error)}): check that it runs and that NATSWEEP_DATABASE_URL is right.`,
    );
  if (tlsError.test(state) || tlsError.test(error.message))
    return because(
      'denied',
      `PostgreSQL at ${server} did not agree on TLS (${reason(error)}): set sslmode and sslrootcert in NATSWEEP_DATABASE_URL.`,
    );
  if (state.startsWith('28') || state === '42501')
    return because(
      'denied',
      `PostgreSQL at ${server} refused access (${error.message}): check user, password and rights in NATSWEEP_DATABASE_URL.`,
    );
  if (state === '3D000')
    return because('not-found', `PostgreSQL at ${server} has no such database: create it with "createdb".`);
  if (state === '53100')
    return because(
      'full',
      `No space left on the disk of PostgreSQL at ${server}: free some, then run the command again.`,
    );
  if (state.startsWith('58'))
    return because(
      'disk',
      `The disk of PostgreSQL at ${server} reported an error (${error.message}): check the disk and its free space.`,
    );
  if (state === '53300')
    return because(
      'unreachable',
      `PostgreSQL at ${server} has no connection left: close some or raise max_connections.`,
    );
  if (state.startsWith('53'))
    return because('unreachable', `PostgreSQL at ${server} is short of means (${error.message}): give it more.`);
  if (state === '25006')
    return because('read-only', `PostgreSQL at ${server} takes no writes: use the primary server, not a standby.`);
  if (['55P03', '57014'].includes(state) || state.startsWith('40'))
    return because(
      'locked',
      `PostgreSQL at ${server} gave up waiting for a lock: wait for the other process, or stop it.`,
    );
  if (state.startsWith('XX'))
    return because('corrupt', `PostgreSQL at ${server} reports damaged data (${error.message}): restore a backup.`);
  return because('fault', `PostgreSQL at ${server} reported: ${error.message}.`);
}

const networkErrors = new Set([
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
  'ETIMEDOUT',
]);

/** What the driver says by itself of a connection that it has lost or given up. */
const lostConnection =
  /^(Connection terminated|timeout e|Query read timeout|Client (has encountered a connection error|was closed))/;
const tlsError = /SSL|TLS|certificate|CERT_|self.signed|ALTNAME/i;

/** The network's own words; an error over several addresses has its words in its parts. */
function reason(error: Error): string {
  return error instanceof AggregateError
    ? error.errors.map((part) => String(part.message ?? part)).join('; ')
    : error.message;
}
