import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
} from '@grafana/grafana-foundation-sdk/common';
import {
  GraphThresholdsStyleConfigBuilder,
  ReduceDataOptionsBuilder,
  StackingConfigBuilder,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  FieldColorBuilder,
  FieldColorModeId,
  ThresholdsConfigBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';
import type { DataTransformerConfig, DynamicConfigValue, Threshold } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as HeatmapPanel } from '@grafana/grafana-foundation-sdk/heatmap';
import {
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  YAxisConfigBuilder,
} from '@grafana/grafana-foundation-sdk/heatmap';
import { PanelBuilder as StatPanel } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StateTimelinePanel } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as TablePanel } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeSeriesPanel } from '@grafana/grafana-foundation-sdk/timeseries';

/** What every panel must say. Widths are in the 24 columns of the grid, heights in its rows of 30 pixels. */
export interface PanelSpec {
  readonly title: string;
  readonly description: string;
  /** A unit of Grafana's; see `@grafana/grafana-foundation-sdk/units`. */
  readonly unit: string;
  /** What stands in the place of data while there is none. */
  readonly noValue: string;
  readonly width: number;
  readonly height?: number;
  readonly queries: readonly Builder<Dataquery>[];
  /** Colours by value, lowest first; theme colours by name, so that they are readable on light and dark. */
  readonly thresholds?: readonly Threshold[];
}

const neutral: readonly Threshold[] = [{ value: null, color: 'text' }];

/** Values below `warning` are green, from there orange, from `critical` red. */
export function rising(warning: number, critical: number): readonly Threshold[] {
  return [
    { value: null, color: 'green' },
    { value: warning, color: 'orange' },
    { value: critical, color: 'red' },
  ];
}

/** One large number with its recent course. */
export function stat(spec: PanelSpec): StatPanel {
  return framed(new StatPanel(), spec, 4)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false))
    .colorMode(spec.thresholds === undefined ? BigValueColorMode.None : BigValueColorMode.Value)
    .graphMode(BigValueGraphMode.Area);
}

export interface TimeSeriesSpec extends PanelSpec {
  readonly stacked?: boolean;
  readonly max?: number;
}

export function timeSeries(spec: TimeSeriesSpec): TimeSeriesPanel {
  const panel = framed(new TimeSeriesPanel(), spec, 8)
    .min(0)
    .lineWidth(2)
    .showPoints(VisibilityMode.Never)
    .fillOpacity(spec.stacked === true ? 30 : 5)
    .legend(legend(['lastNotNull', 'max']))
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi))
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassicByName));
  if (spec.max !== undefined) panel.max(spec.max);
  if (spec.stacked === true) panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
  if (spec.thresholds !== undefined) {
    panel.thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
  }
  return panel;
}

/** Counts by bucket over time. The query gives one series per bucket, named by its upper bound. */
export function heatmap(spec: PanelSpec): HeatmapPanel {
  return framed(new HeatmapPanel(), spec, 8)
    .calculate(false)
    .color(new HeatmapColorOptionsBuilder().mode(HeatmapColorMode.Scheme).scheme('Oranges').steps(64))
    .yAxis(new YAxisConfigBuilder().unit(spec.unit))
    .cellGap(1)
    .exemplarsColor('blue');
}

/** States of several series, one lane each; values are coloured by threshold. */
export function stateTimeline(spec: PanelSpec): StateTimelinePanel {
  return framed(new StateTimelinePanel(), spec, 8)
    .showValue(VisibilityMode.Never)
    .lineWidth(0)
    .fillOpacity(80)
    .legend(legend([]))
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds));
}

export interface TableSpec extends PanelSpec {
  readonly transformations?: readonly DataTransformerConfig[];
  /** Properties of single columns, e.g. their units. */
  readonly columns?: Readonly<Record<string, readonly DynamicConfigValue[]>>;
}

export function table(spec: TableSpec): TablePanel {
  const panel = framed(new TablePanel(), spec, 8).transformations([...(spec.transformations ?? [])]);
  for (const [name, properties] of Object.entries(spec.columns ?? {})) panel.overrideByName(name, [...properties]);
  return panel;
}

type AnyPanel = HeatmapPanel | StatPanel | StateTimelinePanel | TablePanel | TimeSeriesPanel;

function framed<Panel extends AnyPanel>(panel: Panel, spec: PanelSpec, defaultHeight: number): Panel {
  const thresholds = new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([...(spec.thresholds ?? neutral)]);
  panel.title(spec.title).description(spec.description).unit(spec.unit).noValue(spec.noValue);
  panel.span(spec.width).height(spec.height ?? defaultHeight);
  panel.thresholds(thresholds).targets([...spec.queries]);
  return panel;
}

function legend(calcs: string[]): VizLegendOptionsBuilder {
  const displayMode = calcs.length === 0 ? LegendDisplayMode.List : LegendDisplayMode.Table;
  return new VizLegendOptionsBuilder()
    .showLegend(true)
    .displayMode(displayMode)
    .placement(LegendPlacement.Bottom)
    .calcs(calcs);
}
