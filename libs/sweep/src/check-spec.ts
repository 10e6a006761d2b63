import type { ExperimentContract } from './contract.ts';
import { GridError } from './grid-error.ts';
import { createGrid, createPoints } from './grid.ts';
import { createPermutation } from './permutation.ts';
import type { FileFault } from './schema-faults.ts';
import { maxSpecLength, type SweepSpec } from './spec.ts';
import type { Parameters } from './trial.ts';

/** Grids of up to so many points are looked at whole before they are accepted. */
const CHECKED_WHOLE = 100_000;
/** Of larger ones so many points, which a seed chooses. */
const SAMPLED_POINTS = 25_000;
const SHOWN = 5;

/**
 * What is wrong with a spec as a whole: it is too long, it has no grid, or the experiment refuses some of its points. A refused point
 * of a very large grid that the sample misses is recorded as failed (`invalid`) when its turn comes.
 */
export function checkSpec(spec: SweepSpec, experiment: ExperimentContract): readonly FileFault[] {
  const { length } = JSON.stringify(spec);
  if (length > maxSpecLength) return [tooLong(spec, length)];
  try {
    createGrid(spec, experiment);
    return refusals(spec, experiment);
  } catch (error) {
    if (!(error instanceof GridError)) throw error;
    return [{ path: [error.key], message: error.message }];
  }
}

function tooLong({ axes }: SweepSpec, length: number): FileFault {
  const lengths = axes.map((axis) => ({ parameter: axis.parameter, length: JSON.stringify(axis).length }));
  const longest = lengths.reduce((a, b) => (b.length > a.length ? b : a));
  return {
    path: ['axes', longest.parameter],
    at: 'key',
    message:
      `the sweep is ${length} characters long with every value written out, ${longest.length} of them on this axis; ` +
      `at most ${maxSpecLength} reach the scheduler: use fewer or shorter values`,
  };
}

function refusals(spec: SweepSpec, experiment: ExperimentContract): readonly FileFault[] {
  const points = createPoints(spec, experiment);
  const whole = points.size <= CHECKED_WHOLE;
  const order = whole ? (i: number) => i : createPermutation(points.size, 0).at;
  const reasons = new Map<string, { params: Parameters; count: number }>();
  for (let i = 0; i < (whole ? points.size : SAMPLED_POINTS); i++) {
    const params = points.params(order(i));
    const reason = refusal(params, experiment);
    if (reason === undefined) continue;
    const known = reasons.get(reason);
    if (known === undefined) reasons.set(reason, { params, count: 1 });
    else known.count++;
  }
  return [...reasons].slice(0, SHOWN).map(([reason, { params, count }]) => {
    const example = spec.axes.map(({ parameter }) => `${parameter} ${params[parameter]}`).join(', ');
    const others = count === 1 ? '' : ` and ${count - 1} more`;
    return {
      path: ['axes'],
      at: 'key',
      message: `${reason} (at ${example || 'the fixed values'}${others}); exclude such points with where`,
    };
  });
}

function refusal(params: Parameters, experiment: ExperimentContract): string | undefined {
  const parsed = experiment.parameters.safeParse(params);
  if (!parsed.success) return parsed.error.issues[0]!.message;
  return experiment.refuse?.(parsed.data);
}
