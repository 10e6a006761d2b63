/**
 * Tries once to get TensorFlow's library for the optional tfjs engine, and says in one line how that went. Everything works
 * without it, on OpenBLAS, so this never fails.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { findTensorflow, setupTensorflow } from '../../libs/linalg-tfjs/src/index.ts';

const tried = new URL('../../node_modules/.natsweep-tensorflow-tried', import.meta.url);
const say = (message: string): void => console.error(`setup: ${message}`);

if (process.env['NATSWEEP_SKIP_TENSORFLOW'] === undefined && !findTensorflow().found && !existsSync(tried)) {
  writeFileSync(tried, '');
  say('fetching TensorFlow for the optional tfjs engine, some 250 MB (NATSWEEP_SKIP_TENSORFLOW=1 leaves it out)');
  try {
    const { version, device } = await setupTensorflow();
    say(`the tfjs engine has TensorFlow ${version} on ${device}`);
  } catch (error) {
    const [reason] = (error as Error).message.split('\n');
    say(`TensorFlow cannot be had here, so the openblas engine does all the work: ${reason}`);
  }
}
