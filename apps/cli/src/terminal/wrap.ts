import { displayWidth, type Style, type Terminal } from './terminal.ts';

/** The words of a text in lines of at most `columns` characters; a longer word stands alone. */
export function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last === undefined || displayWidth(last) + 1 + displayWidth(word) > columns) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

/** A remark for the person at the terminal, in as many lines as it takes. */
export function noteWrapped(terminal: Terminal, style: Style, text: string): void {
  for (const line of wrap(text, terminal.columns())) terminal.note(terminal.style(style, line));
}
