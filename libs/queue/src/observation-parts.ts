import type { AttemptInfo, Observation } from '@natsweep/sweep';

/** What the observations of a delivery have in common. */
export interface SharedPart extends Pick<Observation, 'sweep' | 'engine'> {
  readonly attempt: Pick<AttemptInfo, 'attempt' | 'worker' | 'slot' | 'gpu'>;
}

/** What is left of an observation. */
export interface OwnPart extends Omit<Observation, keyof SharedPart> {
  readonly attempt: Omit<AttemptInfo, keyof SharedPart['attempt']>;
}

export function splitObservation(observation: Observation): { readonly shared: SharedPart; readonly own: OwnPart } {
  const { sweep, engine, attempt: whole, ...rest } = observation;
  const { attempt, worker, slot, gpu, ...measured } = whole;
  return {
    shared: { sweep, engine, attempt: { attempt, worker, slot, ...(gpu && { gpu }) } },
    own: { ...rest, attempt: measured },
  };
}

/** Inverse of `splitObservation`. */
export function joinObservation(shared: SharedPart, own: OwnPart): Observation {
  return { ...own, ...shared, attempt: { ...own.attempt, ...shared.attempt } };
}
