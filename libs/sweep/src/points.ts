import type { Parameters } from './trial.ts';

/**
 * What every kind of search offers the grid: its points by index, before repeats. A search that adapts to what was
 * observed would be a source whose size grows.
 */
export interface PointSource {
  readonly size: number;
  /** Points that the conditions of `where` exclude. */
  readonly excluded: number;
  params(point: number): Parameters;
  /** The only point that can have these parameters, if it has them: whoever asks compares. Undefined if none can. */
  find(params: Parameters): number | undefined;
  /** All points in [point, groupEnd) share the structural parameters of `point`; `limit` bounds the search. */
  groupEnd(point: number, limit: number): number;
}
