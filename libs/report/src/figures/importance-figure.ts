import * as Plot from '@observablehq/plot';
import type { AxisImportance } from '../axis-importance.ts';
import type { Objective } from '../objective.ts';
import { drawPlot } from './draw-plot.ts';
import { frame, type RenderedFigure } from './frame.ts';

/** How much of the objective's variance each axis explains alone. */
export function importanceFigure(
  objective: Objective,
  importance: readonly AxisImportance[],
): RenderedFigure | undefined {
  if (objective.trials.length < 3 || importance.length === 0) return undefined;
  const longest = Math.max(...importance.map(({ parameter }) => parameter.length));
  const percent = (share: number) => `${(100 * share).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
  return frame({
    id: 'axis-importance',
    title: `What ${objective.metric} depends on`,
    caption: `Share of the variance of ${objective.scale === 'log' ? 'log ' : ''}${objective.metric} that each axis explains alone (ω²), over all trials. What is left to 100 % is interaction of axes, and seeds.`,
    legendTitle: '',
    legend: [],
    keys: [],
    plot: drawPlot({
      width: 460,
      height: 40 + 26 * importance.length,
      marginLeft: 12 + 6.6 * longest,
      marginRight: 48,
      marginTop: 4,
      marginBottom: 36,
      x: {
        domain: [0, 1],
        label: 'share of variance explained',
        labelArrow: 'none',
        labelAnchor: 'center',
        ticks: [0, 0.25, 0.5, 0.75, 1],
        tickFormat: percent,
      },
      y: { domain: importance.map(({ parameter }) => parameter), label: null, tickSize: 0, padding: 0.3 },
      marks: [
        Plot.gridX({ ticks: [0.25, 0.5, 0.75, 1], strokeOpacity: 0.12 }),
        Plot.barX(importance, { x: 'share', y: 'parameter', fill: '#0072b2' }),
        Plot.text(importance, {
          x: 'share',
          y: 'parameter',
          text: ({ share }: AxisImportance) => percent(share),
          textAnchor: 'start',
          dx: 5,
        }),
        Plot.ruleX([0]),
      ],
    }),
  });
}
