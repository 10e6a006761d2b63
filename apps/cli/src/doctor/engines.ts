import { execFile } from 'node:child_process';

import { appEntry, type Environment } from '../environment.ts';
import type { Check } from './check.ts';

/** What the worker prints with `--probe`, a line for each. */
interface Probe {
  readonly name: string;
  readonly works: boolean;
  readonly found: string;
  readonly fix?: string;
}

/**
 * The engines, data sets and GPUs as the worker sees them: it is the app that loads them, and a library that crashes as it is loaded
 * takes only that process along. One engine that works is enough.
 */
export async function checkEngines({ variables }: Environment): Promise<readonly Check[]> {
  const { probes, fault } = await probe(variables);
  const isEngine = ({ name }: Probe) => name.startsWith('engine');
  const status = probes.some((found) => isEngine(found) && found.works) ? 'absent' : 'missing';
  const checks = probes.map((tried): Check => ({
    name: tried.name,
    status: tried.works ? 'ok' : isEngine(tried) ? status : 'absent',
    found: tried.found,
    ...(tried.fix !== undefined && { fix: tried.fix }),
  }));
  if (fault === undefined) return checks;
  return [...checks, { name: 'engines', status, found: `the worker could not try the next one: ${fault}` }];
}

/** What was found, and why that is not all, if it is not. */
function probe(env: NodeJS.ProcessEnv): Promise<{ readonly probes: readonly Probe[]; readonly fault?: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [appEntry('worker'), '--probe'], { env }, (error, stdout, stderr) => {
      const probes = stdout
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Probe);
      if (error === null) return resolve({ probes });
      resolve({ probes, fault: stderr.trim().split('\n').at(-1) || error.signal || error.message });
    });
  });
}
