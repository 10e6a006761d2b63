import { formatShape, Ledger } from '@natsweep/linalg/implementation';
import type { Operand, Precision, Shape, Tensor } from '@natsweep/linalg';
import { attribute, dtypes } from './binding.ts';
import { TensorflowError } from './errors.ts';
import type { Attribute, Binding, Dtype } from './binding.ts';
import type { Op } from './ops.ts';

export interface TfTensor extends Tensor {
  /** The binding's handle; `matmulAccumulate` replaces it. */
  id: number;
  readonly dtype: Dtype;
}

/** What an operation is called with, besides its inputs. */
interface Call {
  readonly attributes: readonly Attribute[];
  readonly outputs: number;
}

/** Helper tensors kept for reuse, at most. */
const HELPERS = 1024;

/**
 * One engine's tensors in TensorFlow, and the calls that make them. Every call's outputs belong to the innermost scope of
 * `ledger`, so that an operation of several steps frees its intermediate tensors by running in a scope.
 */
export class Session {
  readonly binding: Binding;
  readonly dtype: typeof dtypes.float64 | typeof dtypes.float32;
  readonly ledger: Ledger<TfTensor>;
  readonly #helpers = new Map<string | number, TfTensor>();

  constructor(binding: Binding, precision: Precision) {
    this.binding = binding;
    this.dtype = dtypes[precision];
    this.ledger = new Ledger(({ id }) => binding.deleteTensor(id));
  }

  /** Runs an operation with one output. Throws `TensorflowError`. */
  run(op: Op, inputs: readonly TfTensor[], attributes: readonly Attribute[] = []): TfTensor {
    return this.ledger.adopt(this.#execute(op, inputs, { attributes, outputs: 1 })[0]!);
  }

  /** Runs an operation with several outputs. Throws `TensorflowError`. */
  runAll(op: Op, inputs: readonly TfTensor[], call: Call): TfTensor[] {
    return this.#execute(op, inputs, call).map((output) => this.ledger.adopt(output));
  }

  /** Puts a copy of the values on the device, in the engine's precision. */
  upload(values: ArrayLike<number>, shape: Shape): TfTensor {
    return this.ledger.adopt(this.#upload(values, shape));
  }

  /** `upload` of an array that nobody uses any more: on a CPU in float64, TensorFlow computes with the array itself. */
  take(values: Float64Array, shape: Shape): TfTensor {
    if (this.dtype === dtypes.float32) return this.upload(values, shape);
    return this.ledger.adopt(this.#uploadBits(values, shape));
  }

  /** Copies a tensor's values from the device. */
  download(tensor: TfTensor): Float64Array {
    if (tensor.dtype !== dtypes.float64)
      return Float64Array.from(this.binding.tensorDataSync(tensor.id) as Float32Array | Int32Array);
    return this.ledger.scope(() => {
      const bits = this.run('Bitcast', [tensor], [attribute.type('type', dtypes.int64)]);
      return new Float64Array((this.binding.tensorDataSync(bits.id) as BigInt64Array).buffer);
    });
  }

  /** An int32 vector. */
  uploadIndices(values: readonly number[]): TfTensor {
    return this.ledger.adopt(this.#indices(values));
  }

  /** An int32 vector, or a scalar for a number, of shapes, axes or ranges. Nobody owns it: it is kept for reuse. */
  indices(values: readonly number[] | number): TfTensor {
    return this.#remember(`${typeof values} ${values}`, () => this.#indices(values));
  }

  /** A scalar of the engine's precision, kept for reuse like `indices`. */
  number(value: number): TfTensor {
    return this.#remember(Object.is(value, -0) ? '-0' : value, () => this.#upload([value], []));
  }

  /** The tensor as this engine's own. Throws `FreedTensorError`. */
  operand(a: Operand): TfTensor {
    return typeof a === 'number' ? this.number(a) : this.ledger.check(a);
  }

  #execute(op: Op, inputs: readonly TfTensor[], { attributes, outputs }: Call): TfTensor[] {
    const ids = inputs.map(({ id }) => id);
    try {
      return this.binding.executeOp(op, attributes, ids, outputs) as TfTensor[];
    } catch (error) {
      throw new TensorflowError(`${op}(${inputs.map(({ shape }) => formatShape(shape)).join(', ')})`, error);
    }
  }

  #upload(values: ArrayLike<number>, shape: Shape): TfTensor {
    if (this.dtype === dtypes.float32) return this.#create(Float32Array.from(values), shape, this.dtype);
    return this.#uploadBits(Float64Array.from(values), shape);
  }

  /** Float64 values travel as pairs of int32, the only 64-bit values that the binding takes. */
  #uploadBits({ buffer, byteOffset, length }: Float64Array, shape: Shape): TfTensor {
    const bits = this.#create(new Int32Array(buffer, byteOffset, 2 * length), shape, dtypes.int64);
    try {
      return this.#execute('Bitcast', [bits], { attributes: [attribute.type('type', dtypes.float64)], outputs: 1 })[0]!;
    } finally {
      this.binding.deleteTensor(bits.id);
    }
  }

  #indices(values: readonly number[] | number): TfTensor {
    const [list, shape] = typeof values === 'number' ? [[values], []] : [values, [values.length]];
    return this.#create(Int32Array.from(list), shape, dtypes.int32);
  }

  #create(values: Int32Array | Float32Array, shape: Shape, dtype: Dtype): TfTensor {
    try {
      return { id: this.binding.createTensor(shape, dtype, values), shape: [...shape], dtype };
    } catch (error) {
      throw new TensorflowError(`createTensor(${formatShape(shape)})`, error);
    }
  }

  /** The helper of that key, made if need be; the oldest one gives way when there are too many. */
  #remember(key: string | number, create: () => TfTensor): TfTensor {
    const known = this.#helpers.get(key);
    if (known !== undefined) return known;
    const made = create();
    if (this.#helpers.size >= HELPERS) {
      const [oldest, { id }] = this.#helpers.entries().next().value!;
      this.#helpers.delete(oldest);
      this.binding.deleteTensor(id);
    }
    this.#helpers.set(key, made);
    return made;
  }
}
