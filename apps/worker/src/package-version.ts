import { readFileSync } from 'node:fs';

const file = new URL('../package.json', import.meta.url);
const { version } = JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string };

/** Of natsweep, as this app has it. */
export function packageVersion(): string {
  return version;
}
