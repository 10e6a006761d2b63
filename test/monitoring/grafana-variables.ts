/** The value of a dashboard variable and the text that Grafana shows for it. */
export interface Choice {
  readonly value: string;
  readonly text: string;
}

export type Choices = Readonly<Record<string, Choice>>;

/** `${name:format}` replaced as Grafana replaces it, for the formats that the dashboards use. */
export function interpolate(template: string, choices: Choices): string {
  return template.replace(/\$\{(\w+):(\w+)\}/g, (whole, name: string, format: string) => {
    const { value = '', text = '' } = choices[name] ?? {};
    switch (format) {
      case 'raw':
        return value;
      case 'text':
        return text;
      case 'sqlstring':
        return `'${value.replaceAll("'", "''")}'`;
      default:
        throw new Error(`${whole}: format not known here`);
    }
  });
}
