import type { LinalgEngine } from '@natsweep/linalg';
import { empiricalNtk } from '@natsweep/models';
import type { Linearisation } from '@natsweep/models';

/** 1/λ_max(Θ) at the present weights: the rate that the fastest mode of gradient descent takes in one step (Fig. 1a of Karakida & Osawa 2020). */
export function fastestStableRate(engine: LinalgEngine, at: Linearisation): number {
  return engine.scope(() => 1 / engine.read(engine.eigh(empiricalNtk(engine, at, at)).values).at(-1)!);
}
