import { formatProblem, parseSweepSpec, type ParseOptions, type SweepSpec } from '../src/index.ts';
import { exampleExperiment } from './example-experiment.ts';

const defaults: ParseOptions = { file: 'sweep.yaml', experiments: [exampleExperiment] };

/** The spec of a sweep of the example experiment; `body` is the file without name and experiment. Throws if refused. */
export function specOf(body: string, options: Partial<ParseOptions> = {}): SweepSpec {
  const result = parseSweepSpec(`name: example\nexperiment: wide-training\n${body}`, { ...defaults, ...options });
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.spec;
}

/** The formatted problems of a whole file; empty if it is accepted. */
export function problemsOf(text: string, options: Partial<ParseOptions> = {}): readonly string[] {
  const result = parseSweepSpec(text, { ...defaults, ...options });
  return result.ok ? [] : result.problems.map(formatProblem);
}
