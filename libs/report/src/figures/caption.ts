/** The sentences that apply, in order. */
export function caption(...sentences: readonly (string | false)[]): string {
  return sentences.filter((sentence) => sentence !== false && sentence !== '').join(' ');
}

/** "Karakida & Osawa 2020, eq. 18." */
export function sourceSentence(source: string): string {
  return source === '' ? '' : `${source}.`;
}

/** "3 trials", "2 to 3 trials". */
export function countRange(counts: readonly number[]): string {
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)];
  if (most === 1) return '1 trial';
  return fewest === most ? `${most} trials` : `${fewest} to ${most} trials`;
}
