import { readFileSync, statSync } from 'node:fs';

import {
  declarations,
  findDeclaration,
  namedSweeps,
  namedSweepText,
  type ExperimentDeclaration,
} from '@natsweep/catalogue';
import {
  createGrid,
  formatProblem,
  nearest,
  parseSweepSpec,
  type Grid,
  type SpecProblem,
  type SweepSize,
  type SweepSpec,
} from '@natsweep/sweep';

import { badInput } from './exit.ts';

/** A sweep that may be launched: read, checked against its experiment, and laid out as a grid. */
export interface LoadedSweep {
  readonly spec: SweepSpec;
  readonly declaration: ExperimentDeclaration;
  readonly grid: Grid;
}

export interface LoadOptions {
  readonly size?: SweepSize;
  /** Replaces the name that the file gives. */
  readonly name?: string;
  /** Reuses what other sweeps have found, whatever the file says. */
  readonly reuse?: boolean;
}

const maxFileBytes = 1 << 20;

/**
 * Loads a sweep file, or a sweep that ships with natsweep by its name.
 * @throws CliError with one line per problem: file, line, column, key and the nearest valid key.
 */
export function loadSweep(source: string, { size, name, reuse }: LoadOptions): LoadedSweep {
  const { text, file } = readSource(source);
  const parsed = parseSweepSpec(text, {
    file,
    experiments: declarations,
    ...(size !== undefined && { size }),
    ...(name !== undefined && { name }),
    ...(reuse === true && { reuse }),
  });
  if (!parsed.ok) {
    const isOfOption = ({ path }: SpecProblem) => path === 'name' && name !== undefined;
    const lines = parsed.problems.map((each) => (isOfOption(each) ? `--name ${each.message}` : formatProblem(each)));
    throw badInput(lines.join('\n'));
  }
  const { spec } = parsed;
  const declaration = findDeclaration(spec.experiment)!;
  return { spec, declaration, grid: createGrid(spec, declaration) };
}

function readSource(source: string): { readonly text: string; readonly file: string } {
  const named = namedSweepText(source);
  const stat = statSync(source, { throwIfNoEntry: false });
  if (stat === undefined) {
    if (named !== undefined) return { text: named, file: `${source}.yaml` };
    const near = nearest(source, namedSweeps());
    const hint = near === undefined ? '"natsweep sweeps" lists those that ship with natsweep' : `did you mean ${near}?`;
    throw badInput(`${source}: there is no such file and no named sweep of that name; ${hint}`);
  }
  if (stat.isDirectory() && named !== undefined) return { text: named, file: `${source}.yaml` };
  if (!stat.isFile()) throw badInput(`${source}: not a file; give a sweep file or the name of a sweep`);
  if (stat.size > maxFileBytes) {
    throw badInput(
      `${source}: a sweep file has at most 1 MiB, this one has ${(stat.size / maxFileBytes).toFixed(1)} MiB`,
    );
  }
  return { text: readFileSync(source, 'utf8'), file: source };
}
