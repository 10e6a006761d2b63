/**
 * The data of a trial break a condition that its parameters alone could not show, such as linearly dependent samples or more
 * samples than there are. Equal parameters would break it again: the failure is `invalid`, never retried.
 */
export class RefusedTrialError extends Error {
  override readonly name = 'RefusedTrialError';
  readonly code = 'TRIAL_REFUSED';
}
