/** A table without a medium: Markdown, HTML and terminal writers take it from here. */
export interface Table {
  readonly title: string;
  /** What the numbers are; stands under the title. */
  readonly note: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
}

export interface Column {
  readonly name: string;
  readonly align: 'left' | 'right';
}

/** GitHub-flavoured Markdown; text is escaped, so that nothing from a spec becomes markup. */
export function markdownTable({ title, note, columns, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const body = [
    line(columns.map(({ name }) => markdownText(name))),
    line(columns.map(({ align }) => (align === 'right' ? '---:' : '---'))),
    ...rows.map((row) => line(row.map(markdownText))),
  ];
  const heading = title === '' ? [] : [`## ${markdownText(title)}`, ''];
  return [...heading, ...(note === '' ? [] : [markdownText(note), '']), ...body, ''].join('\n');
}

export function markdownText(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>|#~]/g, String.raw`\$&`).replaceAll(/\s*\n\s*/g, ' ');
}
