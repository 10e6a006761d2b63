import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { appEntry, type Environment } from '../environment.ts';
import type { Check } from './check.ts';

/** What the worker prints with `--probe`. */
interface EngineProbe {
  readonly engine: string;
  readonly works: boolean;
  readonly found: string;
  readonly fix?: string;
}

/**
 * The engines as the worker sees them: it is the app that loads them, and a library that crashes as it is loaded takes
 * only that process along. One engine that works is enough.
 */
export async function checkEngines({ variables }: Environment): Promise<readonly Check[]> {
  let probes: readonly EngineProbe[];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [appEntry('worker'), '--probe'], { env: variables });
    probes = JSON.parse(stdout) as readonly EngineProbe[];
  } catch (error) {
    const stderr = (error as { stderr?: string }).stderr?.trim().split('\n').at(-1) ?? '';
    return [
      {
        name: 'engines',
        status: 'missing',
        found: `the worker could not try them (${stderr || (error as Error).message})`,
      },
    ];
  }
  const none = probes.every(({ works }) => !works);
  return probes.map(({ engine, works, found, fix }) => ({
    name: `engine ${engine}`,
    status: works ? 'ok' : none ? 'missing' : 'absent',
    found,
    ...(fix !== undefined && { fix }),
  }));
}
