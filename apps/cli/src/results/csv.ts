/** One line of RFC 4180 CSV without its line end; null is an empty field. */
export function csvLine(values: readonly (string | number | boolean | null)[]): string {
  return values.map(csvField).join(',');
}

function csvField(value: string | number | boolean | null): string {
  const text = value === null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
