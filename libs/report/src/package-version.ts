import { readFileSync } from 'node:fs';

/** Of natsweep, as this library has it. */
export function packageVersion(): string {
  const file = new URL('../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
