import { Ledger, sizeOf } from '@natsweep/linalg/implementation';
import type { Operand, Precision, Shape, Tensor } from '@natsweep/linalg';
import { Memory } from './memory.ts';
import type { FloatArray } from './routines.ts';

/** An array and the number of tensors that look at it. */
interface Storage {
  readonly array: FloatArray;
  tensors: number;
}

export interface OpenblasTensor extends Tensor {
  /** The tensor's values, row-major and contiguous; may be part of a storage that others look at too. */
  values: FloatArray;
  storage: Storage;
}

/** The tensors of one engine: who owns them and where their values are. */
export class Heap {
  readonly precision: Precision;
  readonly memory: Memory;
  readonly ledger: Ledger<OpenblasTensor>;

  constructor(precision: Precision) {
    this.precision = precision;
    this.memory = new Memory(precision);
    this.ledger = new Ledger((tensor) => this.#dispose(tensor));
  }

  /** A tensor of its own storage, with arbitrary contents. */
  allocate(shape: Shape): OpenblasTensor {
    return this.adopt(shape, this.memory.take(sizeOf(shape)));
  }

  /** A tensor whose values are `array`, which belongs to it from now on. */
  adopt(shape: Shape, array: FloatArray): OpenblasTensor {
    return this.ledger.adopt({ shape, values: array, storage: { array, tensors: 1 } });
  }

  /** A tensor that looks at (part of) the values of another. */
  view(shape: Shape, of: OpenblasTensor, values: FloatArray = of.values): OpenblasTensor {
    of.storage.tensors++;
    return this.ledger.adopt({ shape, values, storage: of.storage });
  }

  /** Gives the tensor a storage of its own, so that writing to it changes no other. */
  unshare(tensor: OpenblasTensor): void {
    if (tensor.storage.tensors === 1) return;
    const array = this.memory.take(tensor.values.length);
    array.set(tensor.values);
    tensor.storage.tensors--;
    tensor.storage = { array, tensors: 1 };
    tensor.values = array;
  }

  /** The tensor as this engine's own; numbers as scalars that nobody owns. Throws `FreedTensorError`. */
  operand(a: Operand): { readonly shape: Shape; readonly values: FloatArray } {
    return typeof a === 'number' ? { shape: [], values: this.memory.number(a) } : this.ledger.check(a);
  }

  /** Calls `body`; if it throws, the tensors are freed. */
  guard<T>(tensors: readonly Tensor[], body: () => T): T {
    try {
      return body();
    } catch (error) {
      this.ledger.free(tensors);
      throw error;
    }
  }

  #dispose(tensor: OpenblasTensor): void {
    if (--tensor.storage.tensors === 0) this.memory.release(tensor.storage.array);
  }
}
