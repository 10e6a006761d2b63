import type { ExperimentContract } from './contract.ts';
import { parseConditions, type Condition } from './expression.ts';
import type { Factor } from './factor.ts';
import { GridError } from './grid-error.ts';
import { gridPoints } from './grid-points.ts';
import { parameterTypes, type ParameterType } from './parameter-type.ts';
import { createPermutation } from './permutation.ts';
import type { PointSource } from './points.ts';
import { sampledPoints } from './sampled-points.ts';
import type { Axis, ContinuousAxis, SweepSpec } from './spec.ts';
import { trialId } from './trial-id.ts';
import type { ParameterValue, Parameters, Trial } from './trial.ts';

/** Consecutive indices that a shuffle keeps together, so that shuffled sweeps still batch. */
const SHUFFLE_RUN = 64;

/**
 * All trials of a sweep, addressed by index: a bijection of [0, size) onto points × seeds in O(1) memory per trial.
 * The repeats of a point are neighbours, the same seeds at every point (common random numbers).
 */
export interface Grid {
  /** Exact number of trials. */
  readonly size: number;
  /** Exact number of trials that `where` excludes from the product of the axes. */
  readonly excluded: number;
  trial(index: number): Trial;
  /** Where the grid has a trial of any sweep; undefined if it does not plan it. Costs what `trial` does. */
  locate(trial: Pick<Trial, 'trialId' | 'params' | 'seed'>): number | undefined;
  /** The structural parameters of a trial, e.g. "approximation=kfac depth=3 width=256"; equal keys may share a batch. */
  structuralKey(index: number): string;
  /** All indices in [index, groupEnd) share the structural parameters of `index`; `limit` bounds the search. */
  groupEnd(index: number, limit: number): number;
}

/** Throws `GridError` if the spec has no grid, `ExpressionError` if a condition is wrong. */
export function createGrid(spec: SweepSpec, experiment: ExperimentContract): Grid {
  if (spec.experimentVersion !== experiment.version) {
    throw new GridError(
      'version',
      'experiment',
      `the sweep was written for ${spec.experiment} version ${spec.experimentVersion}, this natsweep has version ${experiment.version}: use the natsweep that wrote it, or launch the sweep anew`,
    );
  }
  const points = createPoints(spec, experiment);
  const size = points.size * spec.repeats;
  if (size > Number.MAX_SAFE_INTEGER) throw new GridError('too-large', 'axes', 'more than 2^53 trials');
  if (spec.repeats - 1 > Number.MAX_SAFE_INTEGER - spec.seed) {
    throw new GridError(
      'too-large',
      'repeats',
      `from seed ${spec.seed} on, ${spec.repeats} repeats reach beyond 2^53, where seeds are no longer told apart; use fewer repeats or a smaller seed`,
    );
  }
  const { toBase, fromBase, runEnd } = ordering(spec, size);
  const structural = [...experiment.structuralParameters].sort();

  const at = (index: number) => {
    if (!Number.isInteger(index) || index < 0 || index >= size) {
      throw new RangeError(`Grid: index ${index} is not in [0, ${size})`);
    }
    const base = toBase(index);
    return { point: Math.floor(base / spec.repeats), repeat: base % spec.repeats };
  };

  const trial = (index: number): Trial => {
    const { point, repeat } = at(index);
    const params = points.params(point);
    const seed = spec.seed + repeat;
    const id = trialId({ experiment: experiment.name, version: experiment.version, params, seed });
    return { trialId: id, index, experiment: experiment.name, experimentVersion: experiment.version, params, seed };
  };

  return {
    size,
    excluded: points.excluded * spec.repeats,
    trial,
    locate: ({ trialId: id, params, seed }) => {
      const repeat = seed - spec.seed;
      if (repeat < 0 || repeat >= spec.repeats) return undefined;
      const point = points.find(params);
      if (point === undefined) return undefined;
      const index = fromBase(point * spec.repeats + repeat);
      return trial(index).trialId === id ? index : undefined;
    },
    structuralKey: (index) => {
      const params = points.params(at(index).point);
      return structural.map((name) => `${name}=${params[name]}`).join(' ');
    },
    groupEnd: (index, limit) => {
      const { point, repeat } = at(index);
      const pointLimit = point + Math.ceil((limit - index + repeat) / spec.repeats);
      const end = points.groupEnd(point, Math.min(pointLimit, points.size));
      const inGroup = (end - point) * spec.repeats - repeat;
      return Math.min(index + inGroup, runEnd(index), limit);
    },
  };
}

const known = new WeakMap<SweepSpec, WeakMap<ExperimentContract, PointSource>>();

/** The points of a spec, before repeats; made once for the check of a spec and the grids of it. */
export function createPoints(spec: SweepSpec, experiment: ExperimentContract): PointSource {
  const ofSpec = known.get(spec) ?? new WeakMap<ExperimentContract, PointSource>();
  known.set(spec, ofSpec);
  const points = ofSpec.get(experiment) ?? makePoints(spec, experiment);
  ofSpec.set(experiment, points);
  return points;
}

function makePoints(spec: SweepSpec, experiment: ExperimentContract): PointSource {
  const types = parameterTypes(experiment);
  const base = baseParameters(spec, types);
  const where = spec.where.flatMap((text) => parseConditions(text, types));
  const whenOf = (axes: readonly Axis[]) =>
    [...new Set(axes.flatMap(({ when }) => when ?? []))].flatMap((when) => parseConditions(when, types));
  const factors = createFactors(spec, experiment, whenOf);
  const continuous = spec.axes
    .filter((axis) => axis.kind === 'continuous')
    .map((axis) => ({ axis, when: whenOf([axis]) }));
  refuseContinuousConditions(
    continuous.map(({ axis }) => axis),
    [...where, ...factors.flatMap(({ when }) => when), ...continuous.flatMap(({ when }) => when)],
  );
  if (spec.search.kind === 'grid') return gridPoints(factors, where, base);
  const axes = { factors, continuous, where, structural: experiment.structuralParameters, base };
  return sampledPoints(axes, { kind: spec.search.kind, points: spec.search.points, seed: spec.seed });
}

/** Every parameter at its default or fixed value, in declared order; axes override theirs. */
function baseParameters(spec: SweepSpec, types: ReadonlyMap<string, ParameterType>): Parameters {
  const base: Record<string, ParameterValue> = {};
  for (const [name, type] of types) {
    const value = spec.fixed[name] ?? type.default;
    if (value !== undefined) base[name] = value;
  }
  return base;
}

function createFactors(
  spec: SweepSpec,
  experiment: ExperimentContract,
  whenOf: (axes: readonly Axis[]) => readonly Condition[],
): readonly Factor[] {
  const discrete = spec.axes.filter((axis) => axis.kind === 'discrete');
  const zipped = new Set(spec.zip.flat());
  const groups = discrete.flatMap((axis) => {
    const group = spec.zip.find((names) => names.includes(axis.parameter));
    if (group === undefined) return [[axis]];
    // a zip group stands where the first of its axes stands
    const members = discrete.filter(({ parameter }) => zipped.has(parameter) && group.includes(parameter));
    return members[0] === axis ? [members] : [];
  });
  return groups.map((axes) => ({
    parameters: axes.map(({ parameter }) => parameter),
    columns: axes.map(({ values }) => values),
    length: axes[0]!.values.length,
    structural: axes.some(({ parameter }) => experiment.structuralParameters.includes(parameter)),
    when: whenOf(axes),
  }));
}

function refuseContinuousConditions(axes: readonly ContinuousAxis[], conditions: readonly Condition[]): void {
  for (const { parameter } of axes) {
    const reader = conditions.find(({ names }) => names.has(parameter));
    if (reader !== undefined) {
      throw new GridError(
        'search',
        'where',
        `"${reader.text}" reads ${parameter}, which is continuous; conditions read discrete axes only`,
      );
    }
  }
}

/** Order of a grid: as it is, or with runs of up to 64 consecutive indices permuted by the seed. */
function ordering(spec: SweepSpec, size: number) {
  const same = (index: number) => index;
  if (spec.order === 'grid') return { toBase: same, fromBase: same, runEnd: () => size };
  const run = Math.max(1, Math.min(SHUFFLE_RUN, Math.floor(Math.sqrt(size))));
  const runs = Math.floor(size / run);
  const permutation = createPermutation(runs, spec.seed);
  const inside = (index: number) => index < runs * run;
  const moved = (permute: (index: number) => number) => (index: number) =>
    inside(index) ? permute(Math.floor(index / run)) * run + (index % run) : index;
  return {
    toBase: moved(permutation.at),
    fromBase: moved(permutation.indexOf),
    runEnd: (index: number) => (inside(index) ? (Math.floor(index / run) + 1) * run : size),
  };
}
