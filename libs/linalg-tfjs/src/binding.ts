/** What this library uses of the native binding of `@tensorflow/tfjs-node-gpu`. */
export interface Binding {
  /** Int64 values are given as Int32Array pairs. The array is shared with TensorFlow: it must not change afterwards. */
  createTensor(shape: readonly number[], dtype: number, values: Int32Array | Float32Array): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array | BigInt64Array;
  executeOp(op: string, attributes: readonly Attribute[], inputs: readonly number[], outputs: number): BindingTensor[];
  /** Tensors alive, inputs and outputs alike: the garbage collector does not free them. */
  getNumOfTensors(): number;
  isUsingGpuDevice(): boolean;
  readonly TF_Version: string;
}

export interface BindingTensor {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

export interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: boolean | number | string;
}

/** TensorFlow's data types, by their numbers. */
export const dtypes = { float32: 1, float64: 2, int32: 3, int64: 9, bool: 10 } as const;

export type Dtype = (typeof dtypes)[keyof typeof dtypes];

/** Attributes by the kind of value that the binding wants to be told. */
export const attribute = {
  int: (name: string, value: number): Attribute => ({ name, type: 1, value }),
  bool: (name: string, value: boolean): Attribute => ({ name, type: 3, value }),
  type: (name: string, value: Dtype): Attribute => ({ name, type: 4, value }),
};
