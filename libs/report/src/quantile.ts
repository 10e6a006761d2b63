/** Linear interpolation between order statistics (type 7 of Hyndman and Fan 1996) of values in ascending order. */
export function quantile(ascending: ArrayLike<number>, probability: number): number {
  const place = (ascending.length - 1) * probability;
  const below = Math.floor(place);
  const [low, high] = [ascending[below]!, ascending[Math.min(below + 1, ascending.length - 1)]!];
  return low + (high - low) * (place - below);
}
