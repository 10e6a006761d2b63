import { parameterTypes } from '@natsweep/sweep';
import type { Experiment } from '@natsweep/experiments';
import type { Parameters } from '@natsweep/sweep';

/** A small trial: the parameters of its experiment and, as its title, what is special about them. */
export interface SmallTrial {
  readonly title: string;
  readonly params: Parameters;
}

/** Values of the parameters that decide how long a trial takes. */
const small: Parameters = {
  dataset: 'gaussian',
  samples: 12,
  testSamples: 6,
  inputDimension: 20,
  width: 48,
  steps: 6,
  dimension: 30,
  nonZero: 3,
  size: 7,
  observations: 24,
  stepSize: 0.25,
  flowTime: 1,
};

/** What an experiment needs besides, or instead. */
const smallHere: Readonly<Record<string, Parameters>> = {
  // Trials on raw pixels diverge at less damping, and each step multiplies what engines round otherwise.
  'cross-entropy-training': { dataset: 'mnist', damping: 0.1 },
  // Forster's transformation needs at least as many samples as dimensions; the closed flow in the plane at most.
  'kfac-forster': { inputDimension: 8 },
  'planar-classification': { samples: 2 },
};

/** The first of these that an experiment has chooses its computation; the other choices are tried with each of its values. */
const modes = ['approximation', 'method', 'theorem'];

/** What a mode needs besides. */
const smallMode: Readonly<Record<string, Parameters>> = {
  'layer-wise': { coupling: '1,0.5,0;0.5,1,0.5;0,0.5,1' },
};

/** Away from singular systems, whose solution is a matter of rounding. */
const damping = 1e-3;

/** Where the numbers come from makes no difference to engines, and the precision is theirs. */
const left = ['dataset', 'sampleOrder', 'precision'];

/**
 * Small trials of an experiment that between them take every value of every choice, and every choice of the mode together with
 * every value of another. They are read off the declaration, so that a new experiment or parameter is tried by itself.
 */
export function smallTrials({ declaration }: Experiment): SmallTrial[] {
  const types = parameterTypes(declaration);
  const known = Object.entries({ ...small, damping, ...smallHere[declaration.name] }).filter(([name]) =>
    types.has(name),
  );
  const mode = modes.find((name) => types.has(name));
  const choices = [...types]
    .filter(([name]) => name !== mode && !left.includes(name))
    .flatMap(([name, { type, choices }]) =>
      (type === 'boolean' ? [true, false] : choices).map((value) => ({ [name]: value }) as Parameters),
    );
  const trials = (mode === undefined ? [undefined] : types.get(mode)!.choices).flatMap((value) => {
    const base: Parameters = mode === undefined ? {} : { [mode]: String(value) };
    return [base, ...choices.map((choice) => ({ ...base, ...choice }))].flatMap((chosen): SmallTrial[] => {
      const given = { ...Object.fromEntries(known), ...smallMode[String(value)], ...chosen };
      // Gradient descent refuses a damping.
      const params = [given, { ...given, damping: 0 }]
        .map((candidate) => declaration.parameters.safeParse(candidate))
        .find(({ success, data }) => success && declaration.refuse?.(data) === undefined)?.data as
        Parameters | undefined;
      return params === undefined ? [] : [{ title: Object.values(chosen).join(', ') || 'its defaults', params }];
    });
  });
  return [...new Map(trials.map((trial) => [JSON.stringify(trial.params), trial])).values()];
}
