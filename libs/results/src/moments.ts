/** What a group's rows say of one value; null where it was not measured, or where no number holds it. */
export type Statistic = readonly [
  /** How often it was measured. */
  count: number,
  mean: number | null,
  /** Of the sample. */
  deviation: number | null,
  greatest: number | null,
];

/** What is larger is scaled down: the square of 10^13 times as much, which is what PostgreSQL sums, does not overflow. */
export const large = 1e140;
export const downscale = 2 ** -600;

/** Where the numbers stand that are kept of one value; all are 0 where it was not measured. */
const field = {
  count: 0,
  mean: 1,
  /** Sum of squared residuals of the mean. */
  squares: 2,
  /** 1 if mean and squares are of values times `downscale`. */
  isScaled: 3,
  greatest: 4,
} as const;
const fields = 5;

/** Means and deviations of many values, which go by their place in the table. */
export class MomentTable {
  #numbers = new Float64Array(64 * fields);

  /** For this many values. */
  makeRoom(values: number): void {
    if (values * fields <= this.#numbers.length) return;
    const larger = new Float64Array(2 * values * fields);
    larger.set(this.#numbers);
    this.#numbers = larger;
  }

  /**
   * Welford's update, as plain sums of squares cancel. Values whose squares may overflow, as those of diverged trials do, are
   * scaled down.
   */
  add(place: number, value: number): void {
    const numbers = this.#numbers;
    const at = fields * place;
    if (Math.abs(value) > large && numbers[at + field.isScaled] === 0) scaleDown(numbers, at);
    const scaled = numbers[at + field.isScaled] === 0 ? value : value * downscale;
    const count = ++numbers[at + field.count]!;
    const residual = scaled - numbers[at + field.mean]!;
    numbers[at + field.mean]! += residual / count;
    numbers[at + field.squares]! += residual * (scaled - numbers[at + field.mean]!);
    if (count === 1 || value > numbers[at + field.greatest]!) numbers[at + field.greatest] = value;
  }

  /** What is kept of the first values. */
  part(values: number): Float64Array {
    return this.#numbers.slice(0, fields * values);
  }

  /**
   * Adds to n₁ measurements the n₂ at another place of a part (Chan, Golub & LeVeque 1979): with δ = x̄₂ − x̄₁ and n = n₁ + n₂,
   * x̄ = x̄₁ + δ·n₂/n and S = S₁ + S₂ + δ²·n₁n₂/n. May scale down what is in the part.
   */
  merge(place: number, part: Float64Array, other: number): void {
    const numbers = this.#numbers;
    const [at, from] = [fields * place, fields * other];
    const [count, added] = [numbers[at + field.count]!, part[from + field.count]!];
    if (added === 0) return;
    if (numbers[at + field.isScaled]! < part[from + field.isScaled]!) scaleDown(numbers, at);
    if (numbers[at + field.isScaled]! > part[from + field.isScaled]!) scaleDown(part, from);
    const share = added / (count + added);
    const shift = part[from + field.mean]! - numbers[at + field.mean]!;
    numbers[at + field.count]! += added;
    numbers[at + field.mean]! += shift * share;
    numbers[at + field.squares]! += part[from + field.squares]! + shift * shift * count * share;
    const greatest = part[from + field.greatest]!;
    if (count === 0 || greatest > numbers[at + field.greatest]!) numbers[at + field.greatest] = greatest;
  }

  statistic(place: number): Statistic {
    const numbers = this.#numbers;
    const at = fields * place;
    const count = numbers[at + field.count]!;
    const scale = numbers[at + field.isScaled] === 0 ? 1 : downscale;
    return [
      count,
      count > 0 ? finite(numbers[at + field.mean]! / scale) : null,
      count > 1 ? finite(Math.sqrt(numbers[at + field.squares]! / (count - 1)) / scale) : null,
      count > 0 ? finite(numbers[at + field.greatest]!) : null,
    ];
  }
}

function scaleDown(numbers: Float64Array, at: number): void {
  numbers[at + field.mean]! *= downscale;
  // one after the other: the square of the factor is 0
  numbers[at + field.squares] = numbers[at + field.squares]! * downscale * downscale;
  numbers[at + field.isScaled] = 1;
}

export function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
