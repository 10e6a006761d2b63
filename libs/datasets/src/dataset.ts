/** Samples in rows. */
export interface Split {
  readonly samples: number;
  /** [samples, inputDimension], row-major. */
  readonly inputs: Float64Array;
  /** [samples, outputs], row-major. */
  readonly targets: Float64Array;
}

export interface Dataset {
  readonly inputDimension: number;
  /** C: 1 for two classes, else one per class. */
  readonly outputs: number;
  readonly train: Split;
  readonly test: Split;
}

/** A data set cannot give what was asked of it; the message names the parameter. */
export class DatasetError extends Error {
  override readonly name = 'DatasetError';
}

/** The files of a data set are not on this machine or not what they should be; the message names the file and the fix. */
export class DataFileError extends Error {
  override readonly name = 'DataFileError';
  readonly code = 'DATA';
}
