import * as Plot from '@observablehq/plot';
import { valuesOf } from '../grouping.ts';
import { formatMeasured, formatPresent } from '../number-format.ts';
import { bestAndEven, onScale, type Objective } from '../objective.ts';
import { cssColour, sequential } from './colour-scale.ts';
import { drawPlot } from './draw-plot.ts';
import { frame, type RenderedFigure } from './frame.ts';

const DRAWN = 240;
const MAX_LABELS = 9;

interface Vertex {
  readonly axis: string;
  readonly height: number;
  readonly trial: number;
}

/** One line per trial through its value on every axis and its objective; the best are bright and on top. */
export function parallelFigure(objective: Objective, parameters: readonly string[]): RenderedFigure | undefined {
  if (objective.trials.length < 2 || parameters.length < 2) return undefined;
  const items = objective.trials;
  const kept = bestAndEven(objective, DRAWN);
  const axes = parameters.map((parameter) => {
    const isAbsent = items.some(({ params }) => params[parameter] === undefined);
    const values = [...(isAbsent ? [undefined] : []), ...valuesOf(items, parameter)];
    const ranks = new Map(values.map((value, i) => [value, values.length > 1 ? i / (values.length - 1) : 0.5]));
    const step = Math.ceil(values.length / MAX_LABELS);
    return {
      parameter,
      ranks,
      labels: values
        .filter((_, i) => i % step === 0)
        .map((value) => ({ text: formatPresent(value), height: ranks.get(value)! })),
    };
  });
  const scaled = objective.trials.map((trial) => onScale(objective, objective.ofTrial(trial)));
  const low = scaled.reduce((a, b) => Math.min(a, b));
  const high = scaled.reduce((a, b) => Math.max(a, b));
  const heightOf = (value: number) => (high > low ? (onScale(objective, value) - low) / (high - low) : 0.5);
  const unscaled = (value: number) => (objective.scale === 'log' ? 10 ** value : value);
  const ends = high > low ? [0, 0.25, 0.5, 0.75, 1] : [0.5];
  const labels = [
    ...axes.flatMap(({ parameter, labels: own }) => own.map(({ text, height }) => ({ axis: parameter, text, height }))),
    ...ends.map((height) => ({
      axis: objective.metric,
      text: formatMeasured(unscaled(low + (high - low) * height)),
      height,
    })),
  ];
  // worst first, so that the best lines are drawn over them
  const lines = kept.toReversed().flatMap((trial, i): Vertex[] => [
    ...axes.map(({ parameter, ranks }) => ({
      axis: parameter,
      height: ranks.get(trial.params[parameter])! + scatter(i),
      trial: i,
    })),
    { axis: objective.metric, height: heightOf(objective.ofTrial(trial)), trial: i },
  ]);
  const rankColour = ({ trial }: Vertex) => cssColour(sequential((0.9 * trial) / Math.max(1, kept.length - 1)));
  const names = [...parameters, objective.metric];
  return frame({
    id: 'parallel-coordinates',
    title: `Trials by axes and ${objective.metric}`,
    caption: `${chosenOf(kept.length, objective.trials.length)}, coloured by rank from dark (worst) to bright (best).`,
    legendTitle: '',
    legend: [],
    keys: [],
    plot: drawPlot({
      width: Math.max(420, 150 * names.length),
      height: 300,
      marginLeft: 40,
      marginRight: 90,
      marginTop: 26,
      marginBottom: 10,
      x: { type: 'point', domain: names, axis: 'top', label: null, tickSize: 0, padding: 0.1 },
      y: { axis: null, domain: [-0.03, 1.03] },
      marks: [
        Plot.line(lines, {
          x: 'axis',
          y: 'height',
          z: 'trial',
          stroke: rankColour,
          strokeOpacity: 0.55,
          strokeWidth: 1.1,
          curve: 'bump-x',
        }),
        Plot.ruleX(names, { strokeOpacity: 0.6 }),
        Plot.text(labels, {
          x: 'axis',
          y: 'height',
          text: 'text',
          textAnchor: 'start',
          dx: 5,
          fontSize: 10,
          className: 'halo',
          stroke: '#fff',
          strokeWidth: 3,
          fill: 'currentColor',
        }),
      ],
    }),
  });
}

function chosenOf(drawn: number, total: number): string {
  return drawn < total
    ? `${drawn} of ${total} trials, the best and an even choice of the others`
    : `All ${total} trials`;
}

/** A small sideways step that depends on the place alone, so that equal lines lie beside each other. */
function scatter(place: number): number {
  return (((place * 0.618034) % 1) - 0.5) * 0.03;
}
