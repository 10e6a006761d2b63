import type { Parameters } from '@natsweep/sweep';

/** A point of the grid as it was run, and as figures and tables place it: without axes that are absent there. */
export interface Point {
  readonly params: Parameters;
  readonly placed: Parameters;
}

/** One object per point, however many trials it has: seeds repeat points, and what is grouped by them need not compare text. */
export class ParameterPool {
  readonly #points = new Map<string, Point>();
  readonly #present: (params: Parameters) => Parameters;

  constructor(present: (params: Parameters) => Parameters) {
    this.#present = present;
  }

  intern(params: Parameters): Point {
    const key = JSON.stringify(params);
    let point = this.#points.get(key);
    if (point === undefined) {
      point = { params, placed: this.#present(params) };
      this.#points.set(key, point);
    }
    return point;
  }
}
