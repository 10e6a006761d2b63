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

/**
 * Where the numbers stand that are kept of one value; all are 0 where it was not measured. One constant each: V8 throws away its
 * machine code again and again where they are properties of one object.
 */
const atCount = 0;
const atMean = 1;
/** Sum of squared residuals of the mean. */
const atSquares = 2;
/** 1 if mean and squares are of values times `downscale`. */
const atScaled = 3;
const atGreatest = 4;
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
    if (Math.abs(value) > large && numbers[at + atScaled] === 0) scaleDown(numbers, at);
    const scaled = numbers[at + atScaled] === 0 ? value : value * downscale;
    const count = ++numbers[at + atCount]!;
    const residual = scaled - numbers[at + atMean]!;
    numbers[at + atMean]! += residual / count;
    numbers[at + atSquares]! += residual * (scaled - numbers[at + atMean]!);
    if (count === 1 || value > numbers[at + atGreatest]!) numbers[at + atGreatest] = value;
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
    const [count, added] = [numbers[at + atCount]!, part[from + atCount]!];
    if (added === 0) return;
    if (numbers[at + atScaled]! < part[from + atScaled]!) scaleDown(numbers, at);
    if (numbers[at + atScaled]! > part[from + atScaled]!) scaleDown(part, from);
    const share = added / (count + added);
    const shift = part[from + atMean]! - numbers[at + atMean]!;
    numbers[at + atCount]! += added;
    numbers[at + atMean]! += shift * share;
    numbers[at + atSquares]! += part[from + atSquares]! + shift * shift * count * share;
    const greatest = part[from + atGreatest]!;
    if (count === 0 || greatest > numbers[at + atGreatest]!) numbers[at + atGreatest] = greatest;
  }

  statistic(place: number): Statistic {
    const numbers = this.#numbers;
    const at = fields * place;
    const count = numbers[at + atCount]!;
    const scale = numbers[at + atScaled] === 0 ? 1 : downscale;
    return [
      count,
      count > 0 ? finite(numbers[at + atMean]! / scale) : null,
      count > 1 ? finite(Math.sqrt(numbers[at + atSquares]! / (count - 1)) / scale) : null,
      count > 0 ? finite(numbers[at + atGreatest]!) : null,
    ];
  }
}

function scaleDown(numbers: Float64Array, at: number): void {
  numbers[at + atMean]! *= downscale;
  // one after the other: the square of the factor is 0
  numbers[at + atSquares] = numbers[at + atSquares]! * downscale * downscale;
  numbers[at + atScaled] = 1;
}

export function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
