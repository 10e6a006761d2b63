import { RandomStream } from '../random.ts';
import { assertClose } from './assert-close.ts';
import { sizeOf } from '../shapes.ts';
import assert from 'node:assert/strict';
import type { LinalgEngine, Shape, Tensor } from '../engine.ts';
import type { TolerancePolicy } from './tolerances.ts';

/** One conformance test. */
export interface Case {
  readonly name: string;
  readonly run: (context: Context) => void;
}

/** The same values in the engine under test and in the reference engine. */
export interface Twin {
  readonly tested: Tensor;
  readonly reference: Tensor;
}

/** The engine under test beside the referee, and how closely they must agree. */
export class Context {
  readonly engine: LinalgEngine;
  readonly reference: LinalgEngine;
  readonly tolerance: TolerancePolicy;
  readonly #random: RandomStream;

  constructor(engines: { engine: LinalgEngine; reference: LinalgEngine }, tolerance: TolerancePolicy, seed: string) {
    this.engine = engines.engine;
    this.reference = engines.reference;
    this.tolerance = tolerance;
    this.#random = new RandomStream(0, `conformance/${seed}`);
  }

  /** Both engines get what the tested one holds after rounding to its precision. */
  twin(values: ArrayLike<number>, shape: Shape): Twin {
    const tested = this.engine.tensor(values, shape);
    return { tested, reference: this.reference.tensor(this.engine.read(tested), shape) };
  }

  /** Standard normal entries. */
  normal(shape: Shape): Twin {
    return this.twin(this.#random.normals(sizeOf(shape)), shape);
  }

  /** Symmetric positive definite matrices [..., n, n] with eigenvalues between 1 and about 5. */
  positive(shape: Shape): Twin {
    const { reference } = this;
    const n = shape.at(-1)!;
    const a = reference.tensor(this.#random.normals(sizeOf(shape)), shape);
    const gram = reference.binary('divide', reference.matmul(a, a, { transposeB: true }), Math.max(1, n));
    return this.twin(reference.read(reference.binary('add', gram, reference.eye(n))), shape);
  }

  /** Runs `compute` on both engines and compares shapes and values. */
  agree(kind: keyof TolerancePolicy, compute: (engine: LinalgEngine, pick: (twin: Twin) => Tensor) => Tensor): void {
    const tested = compute(this.engine, (twin) => twin.tested);
    const expected = compute(this.reference, (twin) => twin.reference);
    assert.deepEqual([...tested.shape], [...expected.shape]);
    assertClose(this.engine.read(tested), this.reference.read(expected), this.tolerance[kind]);
  }

  /** Compares two tensors of the tested engine. */
  same(actual: Tensor, expected: Tensor, kind: keyof TolerancePolicy): void {
    assert.deepEqual([...actual.shape], [...expected.shape]);
    assertClose(this.engine.read(actual), this.engine.read(expected), this.tolerance[kind]);
  }

  /** Compares a tensor of the tested engine with given values. */
  holds(actual: Tensor, expected: readonly number[], kind: keyof TolerancePolicy = 'elementwise'): void {
    assertClose(this.engine.read(actual), expected, this.tolerance[kind]);
  }
}
