import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

import { sweepOverview } from './sweep-overview.ts';
import { sweepResults } from './sweep-results.ts';
import { workerFleet } from './worker-fleet.ts';

/** Every dashboard by the name of its file. */
export const dashboards: Readonly<Record<string, Dashboard>> = {
  'sweep-overview.json': sweepOverview,
  'worker-fleet.json': workerFleet,
  'sweep-results.json': sweepResults,
};

/** The text of a dashboard's file. */
export function fileText(dashboard: Dashboard): string {
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}
