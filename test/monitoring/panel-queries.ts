import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const folder = resolve(import.meta.dirname, '../../dashboards');

export interface PanelQuery {
  /** File and title of the panel. */
  readonly where: string;
  readonly expr: string;
}

interface PanelJson {
  readonly title: string;
  readonly targets: readonly { readonly expr?: string; readonly rawSql?: string }[];
}

export interface DashboardJson {
  readonly panels: readonly PanelJson[];
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly type: string; readonly query: string }[];
  };
}

export function readDashboard(file: string): DashboardJson {
  return JSON.parse(readFileSync(resolve(folder, file), 'utf8')) as DashboardJson;
}

/** Every PromQL query of every panel, with the dashboards' variables replaced as Grafana replaces them. */
export function promqlOfPanels(variables: Readonly<Record<string, string>>): PanelQuery[] {
  const files = globSync('*.json', { cwd: folder }).filter((file) => file !== 'package.json');
  return files.flatMap((file) =>
    readDashboard(file).panels.flatMap(({ title, targets }) =>
      targets.flatMap(({ expr }) => {
        if (expr === undefined) return [];
        const filled = expr.replace(/\$(__)?\w+/g, (name) => variables[name.slice(1)] ?? name);
        return [{ where: `${file}: ${title}`, expr: filled }];
      }),
    ),
  );
}
