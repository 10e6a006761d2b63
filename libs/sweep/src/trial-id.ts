import { hash } from 'node:crypto';
import { KeyOrder } from './key-order.ts';
import type { Parameters, ParameterValue } from './trial.ts';

export interface TrialIdentity {
  readonly experiment: string;
  readonly version: number;
  /** With every default filled in. */
  readonly params: Parameters;
  readonly seed: number;
}

const digits = 32;
const order = new KeyOrder();

/** Inherits nothing: to set a name such as "__proto__" of another object would say nothing of the parameter. */
class Named {
  [name: string]: ParameterValue;
}
Object.setPrototypeOf(Named.prototype, null);

/** Characters of every `trialId`. */
export const trialIdLength = 1 + digits;

/**
 * "t" and the first 128 bits of SHA-256 over the canonical JSON of experiment, params (keys in code-unit order, numbers
 * as ECMAScript prints them), seed and version. Equal work has an equal id in every sweep and on every machine.
 */
export function trialId(identity: TrialIdentity): string {
  const params = new Named();
  for (const name of order.of(identity.params)) params[name] = identity.params[name]!;
  const canonical = JSON.stringify({
    experiment: identity.experiment,
    params,
    seed: identity.seed,
    version: identity.version,
  });
  return `t${hash('sha256', canonical).slice(0, digits)}`;
}
