import { readFileSync, readdirSync } from 'node:fs';
import type { SweepSpec } from '@natsweep/sweep';
import { findDeclaration } from './catalogue.ts';

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

const paper = String.raw`(?:Karakida & Osawa 2020|Rudner et al\. 2019|Kerekes et al\. 2021)`;
const place = String.raw`(?:Fig\.|Theorem|Proposition|Corollary|Lemma|appendix|[A-Z]\.\d) ?[\w.]*\w(?:\([a-z]\))?`;
const reference = new RegExp(`${paper}, ${place}(?: and ${place})*`);

/** Paper and place, as the description of a named sweep cites them; else those of its experiment. */
export function namedSweepSource({ description, experiment }: Pick<SweepSpec, 'description' | 'experiment'>): string {
  return reference.exec(description)?.[0] ?? findDeclaration(experiment)?.source ?? '';
}
