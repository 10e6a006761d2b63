/** Follows a quantity until the mean loss first falls to a level, to compare descents at equal loss rather than at equal time. */
export interface LossCrossing {
  /** The quantity where the loss first reached the level, interpolated in the logarithm of the loss; NaN until then. */
  readonly value: number;
  readonly before: { readonly logLoss: number; readonly quantity: number } | undefined;
}

export const notCrossed: LossCrossing = { value: NaN, before: undefined };

/** The crossing after one more look, at a log mean loss and the quantity there. */
export function followCrossing(
  crossing: LossCrossing,
  now: { readonly logLoss: number; readonly quantity: number },
  level: number,
): LossCrossing {
  const { value, before } = crossing;
  if (!Number.isNaN(value)) return crossing;
  const logLevel = Math.log(level);
  if (before === undefined || !(before.logLoss > logLevel && now.logLoss <= logLevel)) return { value, before: now };
  const share = (before.logLoss - logLevel) / (before.logLoss - now.logLoss);
  return { value: before.quantity + share * (now.quantity - before.quantity), before: now };
}

/** log mean of exp(logs). */
export function logMean(logs: Float64Array): number {
  const largest = logs.reduce((most, value) => Math.max(most, value), -Infinity);
  return largest + Math.log(logs.reduce((sum, value) => sum + Math.exp(value - largest), 0) / logs.length);
}
