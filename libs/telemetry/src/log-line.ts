import { styleText } from 'node:util';

const colors: Readonly<Record<string, 'dim' | 'green' | 'yellow' | 'red'>> = {
  trace: 'dim',
  debug: 'dim',
  info: 'green',
  warn: 'yellow',
  error: 'red',
  fatal: 'red',
};

/** A JSON log line as people read it: `14:03:07 WARN worker: slot lost its GPU slot=gpu0 attempt=2`. UTC. */
export function formatLogLine(line: string): string {
  const { level, time, app, pid: _pid, msg, err, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const label = String(level);
  const clock = String(time).slice(11, 19);
  const pairs = Object.entries(fields).map(([name, value]) => paint('dim', `${name}=${text(value)}`));
  const stack = (err as { stack?: string } | undefined)?.stack;
  const words = [paint('dim', clock), paint(colors[label] ?? 'dim', label.toUpperCase()), `${String(app)}:`, text(msg)];
  return [...words, ...pairs].join(' ') + (stack === undefined ? '' : `\n${stack}`) + '\n';
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

/** Honours NO_COLOR and a stderr that is no terminal. */
function paint(color: 'dim' | 'green' | 'yellow' | 'red', words: string): string {
  return styleText(color, words, { stream: process.stderr });
}
