import type { Measured } from '@natsweep/sweep';

type Metrics = Readonly<Record<string, Measured>>;

/**
 * Metrics of single trials, read by name, over numbers that many trials keep beside each other in the order of `names`, NaN for
 * null: a tenth of the memory of a record each. They have no properties of their own: they can be read, not spread or listed.
 */
export function metricsViews(names: readonly string[]): (values: Float64Array, first: number) => Metrics {
  class View {
    readonly #values: Float64Array;
    readonly #first: number;

    constructor(values: Float64Array, first: number) {
      this.#values = values;
      this.#first = first;
    }

    static read(view: View, place: number): Measured {
      const value = view.#values[view.#first + place]!;
      return Number.isNaN(value) ? null : value;
    }
  }
  // a metric may be called like a member of every object
  Object.setPrototypeOf(View.prototype, null);
  Reflect.deleteProperty(View.prototype, 'constructor');
  for (const [place, name] of names.entries())
    Object.defineProperty(View.prototype, name, {
      get(this: View) {
        return View.read(this, place);
      },
    });
  return (values, first) => new View(values, first) as unknown as Metrics;
}
