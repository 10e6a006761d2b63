import type { Failure } from '@natsweep/sweep';

/** A trial that was given to `--once` could not be run, for a reason that the message tells whoever asked for it. */
export class OnceError extends Error {
  override readonly name = 'OnceError';
  readonly failure: Failure;

  constructor(failure: Failure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
  }
}
