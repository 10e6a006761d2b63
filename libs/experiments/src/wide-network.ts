import { classesOf } from '@natsweep/catalogue';
import type { WideNetworkParameters } from '@natsweep/catalogue';
import { DatasetError, gaussianDataset, loadImages } from '@natsweep/datasets';
import type { Dataset, Split } from '@natsweep/datasets';
import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import type { Activation, Architecture } from '@natsweep/models';
import type { TrialContext } from './experiment.ts';
import { RefusedTrialError } from './refused-trial.ts';

/** A split on the engine. */
export interface SplitTensors {
  readonly samples: number;
  /** [N, M_0] */
  readonly inputs: Tensor;
  /** y [N, C] */
  readonly targets: Tensor;
}

/** What of the parameters decides the data. */
type DataParameters = Pick<
  WideNetworkParameters,
  | 'dataset'
  | 'classes'
  | 'samples'
  | 'testSamples'
  | 'sampleOrder'
  | 'normalisation'
  | 'targetMagnitude'
  | 'inputDimension'
>;

/** Throws RefusedTrialError where the data set has fewer samples than asked for, and `DataFileError` where it is not here. */
export function wideDataset(
  params: DataParameters,
  seed: number,
  { dataFolder }: Pick<TrialContext, 'dataFolder'>,
): Dataset {
  const { dataset, samples, testSamples, normalisation, targetMagnitude, inputDimension } = params;
  const sizes = { samples, testSamples, seed, normalisation, targetMagnitude };
  if (dataset === 'gaussian') return gaussianDataset({ ...sizes, inputDimension });
  return orRefused(() =>
    loadImages(dataset, dataFolder, { ...sizes, classes: classesOf(params), order: params.sampleOrder }),
  );
}

/** What `body` gives; a `DatasetError` becomes a RefusedTrialError. */
export function orRefused<T>(body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof DatasetError) throw new RefusedTrialError(error.message, { cause: error });
    throw error;
  }
}

export function wideArchitecture(params: WideNetworkParameters, dataset: Dataset): Architecture {
  const hidden = Array.from({ length: params.depth - 1 }, () => params.width);
  return {
    widths: [dataset.inputDimension, ...hidden, dataset.outputs],
    activation: activationOf(params),
    weightVariance: params.weightVariance,
    biasVariance: params.biasVariance,
  };
}

export function splitTensors(engine: LinalgEngine, { inputDimension, outputs }: Dataset, split: Split): SplitTensors {
  return {
    samples: split.samples,
    inputs: engine.tensor(split.inputs, [split.samples, inputDimension]),
    targets: engine.tensor(split.targets, [split.samples, outputs]),
  };
}

function activationOf({ activation, activationShift }: WideNetworkParameters): Activation {
  return activation === 'shifted-relu' ? { name: activation, shift: activationShift } : { name: activation };
}
