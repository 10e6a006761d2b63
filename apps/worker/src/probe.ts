import { findOpenblas } from '@natsweep/linalg-openblas';
import { findTensorflow } from '@natsweep/linalg-tfjs';

/** Whether an engine works on this machine: what `natsweep doctor` shows of it. */
export type EngineProbe =
  | { readonly engine: string; readonly works: true; readonly found: string }
  | { readonly engine: string; readonly works: false; readonly found: string; readonly fix: string };

/** Tries every engine that a slot may choose by itself, best first. */
export function probeEngines(): readonly EngineProbe[] {
  return [probeOpenblas(), probeTfjs()];
}

function probeOpenblas(): EngineProbe {
  const openblas = findOpenblas();
  if (!openblas.found) return { engine: 'openblas', works: false, found: openblas.reason, fix: openblas.fix };
  const { version, core, path } = openblas;
  const kernels = core === '' ? '' : `, ${core} kernels`;
  return { engine: 'openblas', works: true, found: `OpenBLAS ${version}${kernels}, ${path}` };
}

function probeTfjs(): EngineProbe {
  const tensorflow = findTensorflow();
  if (!tensorflow.found) return { engine: 'tfjs', works: false, found: tensorflow.reason, fix: tensorflow.fix };
  const { version = '', device, binding } = tensorflow;
  const where = device === undefined ? '' : `, tested on ${device}`;
  return { engine: 'tfjs', works: true, found: `TensorFlow ${version}${where}, ${binding}`.replace('  ', ' ') };
}
