import { checkSpec } from './check-spec.ts';
import type { ExperimentContract } from './contract.ts';
import { nearest } from './nearest.ts';
import { normalise } from './normalise.ts';
import type { SpecProblem } from './problem.ts';
import { readablePart, type ReadablePart } from './readable-part.ts';
import { schemaFaults, type FileFault } from './schema-faults.ts';
import type { SweepSpec } from './spec.ts';
import { sweepFile, type SweepFile, type SweepSize } from './sweep-file.ts';
import { parseYaml, type YamlSource } from './yaml-source.ts';

export interface ParseOptions {
  /** Named in every problem. */
  readonly file: string;
  readonly experiments: readonly ExperimentContract[];
  /** Which of the file's `sizes` to take. Default: small, the file itself. */
  readonly size?: SweepSize;
  /** Replaces the name in the file. Default: that name, with "-paper" or "-smallest" appended at those sizes. */
  readonly name?: string;
  /** Whether to take observations of other sweeps. Default: as the file says. */
  readonly reuse?: boolean;
}

/** Problems of one file that are told; of more faults than `PLACED_FAULTS` only so many are looked up in the text. */
const TOLD_PROBLEMS = 20;
const PLACED_FAULTS = 1000;

export type ParseResult =
  { readonly ok: true; readonly spec: SweepSpec } | { readonly ok: false; readonly problems: readonly SpecProblem[] };

/**
 * Reads a sweep file. All problems that can be seen at once are reported at once, in the order of the file: the first 20, and
 * how many more there are. What is accepted is read by `readSweepSpec`, and its grid made, within a second or two.
 */
export function parseSweepSpec(text: string, options: ParseOptions): ParseResult {
  const yaml = parseYaml(text, options.file);
  if (!yaml.ok) return yaml;
  const { source } = yaml;
  const parsed = sweepFile.safeParse(source.value);
  if (parsed.success) {
    const { spec, faults } = interpret({ file: parsed.data, lacksParameters: false }, options);
    return spec === undefined || faults.length > 0 ? failed(faults, source) : { ok: true, spec };
  }
  const faults = schemaFaults(parsed.error.issues, source.value);
  const rest = readablePart(source.value, faults);
  return failed(rest === undefined ? faults : [...faults, ...interpret(rest, options).faults], source);
}

interface Interpreted {
  /** Undefined where the file names no experiment or no size that there is. */
  readonly spec?: SweepSpec;
  readonly faults: readonly FileFault[];
}

function interpret({ file, lacksParameters }: ReadablePart, options: ParseOptions): Interpreted {
  const experiment = options.experiments.find(({ name }) => name === file.experiment);
  if (experiment === undefined) return { faults: [unknownExperiment(file, options.experiments)] };
  const size = options.size ?? 'small';
  if (size !== 'small' && file.sizes[size] === undefined && !lacksParameters) {
    const sizes = [...new Set(['small', ...Object.keys(file.sizes)])].join(', ');
    return { faults: [{ path: ['sizes'], message: `this sweep has no size ${size}; it has ${sizes}` }] };
  }
  const { spec, faults } = normalise(file, experiment, { size, lacksParameters });
  const others = (['smallest', 'small', 'paper'] as const).filter((other) => other !== size && file.sizes[other]);
  const inOthers = others.flatMap((other) => normalise(file, experiment, { size: other, lacksParameters }).faults);
  const named = { ...spec, name: options.name ?? spec.name, reuse: options.reuse ?? spec.reuse };
  const wrongName = sweepFile.shape.name.safeParse(named.name).error?.issues ?? [];
  const all = [
    ...faults,
    ...inOthers,
    ...wrongName.map(({ message }) => ({ path: ['name'], message: `${named.name}: ${message}` })),
  ];
  return { spec: named, faults: all.length > 0 || lacksParameters ? all : checkSpec(named, experiment) };
}

function unknownExperiment({ experiment }: SweepFile, known: readonly ExperimentContract[]): FileFault {
  const names = known.map(({ name }) => name);
  const suggestion = nearest(experiment, names);
  const message = `there is no experiment ${experiment}`;
  return {
    path: ['experiment'],
    message: suggestion === undefined ? `${message}; there are ${names.join(', ')}` : message,
    suggestion,
  };
}

function failed(faults: readonly FileFault[], source: YamlSource): ParseResult {
  const placed = faults.slice(0, PLACED_FAULTS).map((fault) => source.problem(fault.path, fault, fault.at));
  const distinct = [...new Map(placed.map((problem) => [JSON.stringify(problem), problem])).values()];
  const problems = distinct.sort((a, b) => a.line - b.line || a.column - b.column);
  const next = problems[TOLD_PROBLEMS];
  if (next === undefined) return { ok: false, problems };
  const more = problems.length - TOLD_PROBLEMS;
  const message = `and ${faults.length > PLACED_FAULTS ? 'more than ' : ''}${more} more`;
  const rest: SpecProblem = { file: next.file, line: next.line, column: next.column, path: '', message };
  return { ok: false, problems: [...problems.slice(0, TOLD_PROBLEMS), rest] };
}
