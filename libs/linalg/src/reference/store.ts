import { Ledger, sizeOf } from '../implementation.ts';
import { matricesOf } from './matrices.ts';
import type { Operand, Shape, Tensor } from '../engine.ts';
import type { Matrix } from './matrices.ts';

export interface ReferenceTensor extends Tensor {
  /** Row-major. */
  values: Float64Array;
}

/** The tensors of one reference engine. */
export class Store {
  readonly ledger = new Ledger<ReferenceTensor>((tensor) => {
    tensor.values = new Float64Array(0);
  });

  make(shape: Shape, values: Float64Array): ReferenceTensor {
    return this.ledger.adopt({ shape: [...shape], values });
  }

  /** The operand's tensor; a number as a scalar that nobody owns. */
  operand(a: Operand): ReferenceTensor {
    return typeof a === 'number' ? { shape: [], values: Float64Array.of(a) } : this.ledger.check(a);
  }

  /** Copies of the matrices in the last two dimensions, in flat batch order. */
  matrices(a: Tensor): Matrix[] {
    return matricesOf(this.ledger.check(a).values, a.shape);
  }

  /** Matrices of equal shape as one tensor. */
  stack(batch: Shape, [rows, columns]: readonly [number, number], parts: readonly Matrix[]): ReferenceTensor {
    const values = new Float64Array(sizeOf(batch) * rows * columns);
    parts.forEach((part, b) => values.set(part.values, b * rows * columns));
    return this.make([...batch, rows, columns], values);
  }
}
