/**
 * Exports the sweep `million`, and prints seconds and memory of this process as JSON.
 *
 *   node test/benchmarks/results-export.ts URL FORMAT FILE
 */
import { writeFile } from 'node:fs/promises';
import { openResults } from '@natsweep/results';

const [url = '', format = '', file = ''] = process.argv.slice(2);
const start = performance.now();
const store = await openResults(url, { readOnly: true });
await writeFile(file, store.export('million', { format: format as 'csv' | 'jsonl' | 'parquet' }));
await store.close();
const seconds = (performance.now() - start) / 1000;
console.log(JSON.stringify({ seconds, peakBytes: process.resourceUsage().maxRSS * 1024 }));
