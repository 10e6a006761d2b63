/** One thing that is wrong with a sweep file, and where. */
export interface SpecProblem {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
  /** Key path, e.g. "axes.damping[3]"; empty for the file as a whole. */
  readonly path: string;
  /** What is wrong and, where that is not obvious, what to do. */
  readonly message: string;
  /** The nearest valid key or value. */
  readonly suggestion?: string;
}

/** "sweep.yaml:7:3: axes.dampng: unknown parameter; did you mean damping?" */
export function formatProblem(problem: SpecProblem): string {
  const { file, line, column, path, message, suggestion } = problem;
  const place = path === '' ? `${file}:${line}:${column}` : `${file}:${line}:${column}: ${path}`;
  return suggestion === undefined ? `${place}: ${message}` : `${place}: ${message}; did you mean ${suggestion}?`;
}

export type KeyPath = readonly (string | number)[];

/** ["axes", "damping", 3] → "axes.damping[3]" */
export function formatPath(path: KeyPath): string {
  return path.map((key, i) => (typeof key === 'number' ? `[${key}]` : i === 0 ? key : `.${key}`)).join('');
}
