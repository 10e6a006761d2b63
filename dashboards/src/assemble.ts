import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { Dashboard, Panel, VariableModel } from '@grafana/grafana-foundation-sdk/dashboard';

export interface DashboardSpec {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly variables: readonly Builder<VariableModel>[];
  /** In reading order; rows of 24 columns are filled from the left. */
  readonly panels: readonly Builder<Panel>[];
  readonly refresh: string;
}

const tag = 'natsweep';

/**
 * The dashboard as Grafana's classic JSON. Panel ids and query names (A, B, …) are numbered by position; links lead to
 * the other dashboards with time range and variables.
 */
export function assemble(spec: DashboardSpec): Dashboard {
  const links = new DashboardLinkBuilder('natsweep')
    .type(DashboardLinkType.Dashboards)
    .tags([tag])
    .includeVars(true)
    .keepTime(true);
  const builder = new DashboardBuilder(spec.title)
    .uid(spec.uid)
    .description(spec.description)
    .tags([tag])
    .timezone('browser')
    .time({ from: 'now-3h', to: 'now' })
    .refresh(spec.refresh)
    .tooltip(DashboardCursorSync.Crosshair)
    .link(links)
    .variables([...spec.variables]);
  for (const panel of spec.panels) builder.withPanel(panel);
  const dashboard = builder.build();
  // the SDK's default would hide the links in a menu
  for (const link of dashboard.links ?? []) delete link.placement;
  dashboard.panels?.forEach((panel, position) => {
    panel.id = position + 1;
    if ('targets' in panel) {
      panel.targets?.forEach((target, index) => Object.assign(target, { refId: String.fromCharCode(65 + index) }));
    }
  });
  return dashboard;
}
