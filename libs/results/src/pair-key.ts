import { hash } from 'node:crypto';
import type { Parameters, ParameterValue } from '@natsweep/sweep';

/** 62 bits in two halves of 31: small integers in JavaScript, together a positive `bigint` of both databases. */
export interface Key {
  readonly high: number;
  readonly low: number;
}

/**
 * What a trial is paired by: the exclusive or of one hash per parameter and one of the seed. Without the `valueKey` of one
 * parameter, trials that agree in the seed and in all other parameters have equal keys; any two of n others have equal
 * keys with probability below n²/2^63, 10^-7 for a million.
 */
export function pairKey(params: Parameters, seed: number): bigint {
  let { high, low } = seedKey(seed);
  for (const name in params) {
    const key = valueKey(name, params[name]!);
    high ^= key.high;
    low ^= key.low;
  }
  return bigintOf({ high, low });
}

/** The part of the seed in a `pairKey`. */
export function seedKey(seed: number): Key {
  return keyOf('seed', seed);
}

/** The part of a parameter in a `pairKey`. */
export function valueKey(name: string, value: ParameterValue): Key {
  return keyOf(`params.${name}`, value);
}

export function bigintOf({ high, low }: Key): bigint {
  return (BigInt(high) << 31n) | BigInt(low);
}

/** Most values stand in many trials; those that do not are forgotten together. */
const known = new Map<string, Map<ParameterValue, Key>>();
const mostKnown = 10_000;

function keyOf(name: string, value: ParameterValue): Key {
  let ofName = known.get(name);
  if (ofName === undefined) known.set(name, (ofName = new Map()));
  let key = ofName.get(value);
  if (key === undefined) {
    if (ofName.size >= mostKnown) ofName.clear();
    ofName.set(value, (key = hashed(JSON.stringify([name, value]))));
  }
  return key;
}

function hashed(text: string): Key {
  const digest = hash('sha256', text, 'buffer');
  return { high: digest.readUInt32LE(0) >>> 1, low: digest.readUInt32LE(4) >>> 1 };
}
