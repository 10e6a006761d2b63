import { readFileSync, readdirSync } from 'node:fs';

const directory = new URL('../sweeps/', import.meta.url);

/** Names of the sweeps that ship with natsweep, one YAML file each under `libs/catalogue/sweeps`. */
export function namedSweeps(): readonly string[] {
  return readdirSync(directory)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort();
}

/** The text of a named sweep, or undefined if there is none of that name. */
export function namedSweepText(name: string): string | undefined {
  return namedSweeps().includes(name) ? readFileSync(new URL(`${name}.yaml`, directory), 'utf8') : undefined;
}
