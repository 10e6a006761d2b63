import type { ParameterValue } from '@natsweep/sweep';
import { formatValue } from '../number-format.ts';
import type { FrameContent } from './frame.ts';

/** The legend of coloured series; a single series needs none. */
export function seriesLegend(
  parameter: string,
  series: readonly ParameterValue[],
  colours: readonly string[],
): Pick<FrameContent, 'legendTitle' | 'legend'> {
  if (series.length <= 1) return { legendTitle: '', legend: [] };
  return {
    legendTitle: parameter,
    legend: series.map((value, i) => ({ label: formatValue(value), colour: colours[i]! })),
  };
}
