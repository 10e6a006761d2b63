import type { Tensor } from './engine.ts';
import { FreedTensorError } from './errors.ts';

/** Ownership of an engine's tensors: which are alive, and which scope frees them. */
export class Ledger<T extends Tensor> {
  /** Every live tensor with the scope that frees it; null: it outlives all scopes. */
  readonly #owners = new Map<T, Set<T> | null>();
  readonly #dispose: (tensor: T) => void;
  #scope: Set<T> | null = null;

  /** @param dispose called once for each tensor, when it is freed */
  constructor(dispose: (tensor: T) => void) {
    this.#dispose = dispose;
  }

  get live(): number {
    return this.#owners.size;
  }

  /** Puts a new tensor into the innermost scope. */
  adopt(tensor: T): T {
    this.#owners.set(tensor, this.#scope);
    this.#scope?.add(tensor);
    return tensor;
  }

  /** The tensor as this engine's own type. Throws `FreedTensorError` unless it is alive here. */
  check(tensor: Tensor): T {
    if (!this.#owners.has(tensor as T)) throw new FreedTensorError(tensor.shape);
    return tensor as T;
  }

  /** Throws `FreedTensorError` for a tensor that is not alive. */
  free(tensors: Iterable<Tensor>): void {
    for (const tensor of tensors) {
      const own = this.check(tensor);
      this.#owners.get(own)?.delete(own);
      this.#owners.delete(own);
      this.#dispose(own);
    }
  }

  /** The contract's `scope`. */
  scope<R>(body: () => R): R {
    const outer = this.#scope;
    const scope = new Set<T>();
    this.#scope = scope;
    try {
      const result = body();
      if (result instanceof Promise) throw new TypeError('scope: the body must be synchronous');
      this.#hand(result, scope, outer);
      return result;
    } finally {
      this.#scope = outer;
      this.free([...scope]);
    }
  }

  /** Moves the tensors in `value` from `scope` to `outer`. */
  #hand(value: unknown, scope: Set<T>, outer: Set<T> | null): void {
    const seen = new Set<object>();
    const visit = (entry: unknown): void => {
      if (typeof entry !== 'object' || entry === null || seen.has(entry)) return;
      seen.add(entry);
      if (scope.delete(entry as T)) {
        this.#owners.set(entry as T, outer);
        outer?.add(entry as T);
      } else if (Array.isArray(entry)) entry.forEach(visit);
      else if (isPlain(entry)) Object.values(entry).forEach(visit);
    };
    visit(value);
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
