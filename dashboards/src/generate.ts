import { writeFileSync } from 'node:fs';

import { dashboards, fileText } from './all.ts';

for (const [file, dashboard] of Object.entries(dashboards)) {
  writeFileSync(new URL(`../${file}`, import.meta.url), fileText(dashboard));
}
