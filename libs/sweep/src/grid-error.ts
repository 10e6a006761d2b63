/** Why a spec that is well-formed has no grid. */
export class GridError extends Error {
  override readonly name = 'GridError';
  readonly code: 'empty' | 'too-large' | 'cyclic' | 'search' | 'version';
  /** The key of the spec that is at fault. */
  readonly key: 'axes' | 'where' | 'trials' | 'repeats' | 'experiment';

  constructor(code: GridError['code'], key: GridError['key'], message: string) {
    super(message);
    this.code = code;
    this.key = key;
  }
}
