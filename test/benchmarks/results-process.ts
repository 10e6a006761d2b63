/**
 * Does something with all trials of the sweep `million`, and prints seconds and memory of this process as JSON.
 *
 *   node test/benchmarks/results-process.ts URL export FORMAT FILE
 *   node test/benchmarks/results-process.ts URL compare
 *   node test/benchmarks/results-process.ts URL report FOLDER
 */
import { writeFile } from 'node:fs/promises';
import { openResults } from '@natsweep/results';

const [url = '', what = '', ...places] = process.argv.slice(2);
const start = performance.now();
const store = await openResults(url, { readOnly: true });
if (what === 'export') {
  const [format, file] = places as ['csv' | 'jsonl' | 'parquet', string];
  await writeFile(file, store.export('million', { format }));
} else {
  const { compareSweeps, writeReport } = await import('@natsweep/report');
  if (what === 'compare') await compareSweeps(store, ['million'], { by: 'approximation' });
  else await writeReport({ store, sweep: 'million', directory: places[0]!, formats: ['html'] });
}
await store.close();
const seconds = (performance.now() - start) / 1000;
console.log(JSON.stringify({ seconds, peakBytes: process.resourceUsage().maxRSS * 1024 }));
