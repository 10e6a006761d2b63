/** TensorFlow refused an operation or failed in it. */
export class TensorflowError extends Error {
  override readonly name = 'TensorflowError';
  /** `TENSORFLOW_OUT_OF_MEMORY` where the device has no room; else `TENSORFLOW`. */
  readonly code: 'TENSORFLOW' | 'TENSORFLOW_OUT_OF_MEMORY';

  /** @param call the operation with the shapes of its inputs, as in `BatchMatMulV2([2, 3], [3, 4])` */
  constructor(call: string, cause: unknown) {
    const text = cause instanceof Error ? cause.message : String(cause);
    const [, status, message] = /Invalid TF_Status: (\d+)\s+Message: ([\s\S]*)/.exec(text) ?? [];
    super(`TensorFlow ${call}: ${message ?? text}`, { cause });
    this.code = status === RESOURCE_EXHAUSTED ? 'TENSORFLOW_OUT_OF_MEMORY' : 'TENSORFLOW';
  }
}

const RESOURCE_EXHAUSTED = '8';

/** TensorFlow's library, or the binding to it, is not on this machine or cannot be used. */
export class TensorflowMissingError extends Error {
  override readonly name = 'TensorflowMissingError';
  readonly code = 'TENSORFLOW_MISSING';

  /** @param missing one sentence of what is wrong and one of what to do */
  constructor({ reason, fix }: { readonly reason: string; readonly fix: string }) {
    super(`${reason}. ${fix}`);
  }
}
