import { checkSpec } from './check-spec.ts';
import type { ExperimentContract } from './contract.ts';
import { nearest } from './nearest.ts';
import { normalise } from './normalise.ts';
import type { SpecProblem } from './problem.ts';
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
}

export type ParseResult =
  { readonly ok: true; readonly spec: SweepSpec } | { readonly ok: false; readonly problems: readonly SpecProblem[] };

/** Reads a sweep file. All problems that can be seen at once are reported at once, in the order of the file. */
export function parseSweepSpec(text: string, options: ParseOptions): ParseResult {
  const yaml = parseYaml(text, options.file);
  if (!yaml.ok) return yaml;
  const { source } = yaml;
  const parsed = sweepFile.safeParse(source.value);
  if (!parsed.success) return failed(schemaFaults(parsed.error.issues, source.value), source);

  const file = parsed.data;
  const experiment = options.experiments.find(({ name }) => name === file.experiment);
  if (experiment === undefined) return failed([unknownExperiment(file, options.experiments)], source);
  const size = options.size ?? 'small';
  if (size !== 'small' && file.sizes[size] === undefined) {
    const sizes = [...new Set(['small', ...Object.keys(file.sizes)])].join(', ');
    return failed([{ path: ['sizes'], message: `this sweep has no size ${size}; it has ${sizes}` }], source);
  }
  const { spec, faults } = normalise(file, experiment, size);
  const others = (['smallest', 'small', 'paper'] as const).filter((other) => other !== size && file.sizes[other]);
  const all = [...faults, ...others.flatMap((other) => normalise(file, experiment, other).faults)];
  if (all.length > 0) return failed(all, source);

  const named = options.name === undefined ? spec : { ...spec, name: options.name };
  const wrongName = sweepFile.shape.name.safeParse(named.name).error;
  if (wrongName) return failed([{ path: ['name'], message: `${named.name}: ${wrongName.issues[0]!.message}` }], source);
  const contradictions = checkSpec(named, experiment);
  return contradictions.length > 0 ? failed(contradictions, source) : { ok: true, spec: named };
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
  const problems = faults.map((fault) => source.problem(fault.path, fault, fault.at));
  const distinct = [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
  return { ok: false, problems: distinct.sort((a, b) => a.line - b.line || a.column - b.column) };
}
