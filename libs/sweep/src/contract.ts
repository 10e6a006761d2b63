import type { z } from 'zod';

/** What planning must know of an experiment: how to type its parameters and which of them shape the computation. */
export interface ExperimentContract<Schema extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  /** Part of every trial's identity: raise it whenever the same parameters would give other numbers. */
  readonly version: number;
  /** Every parameter with type, range, default and a one-line description. Defaults are filled in before hashing. */
  readonly parameters: Schema;
  /** Parameters that shape the computation; trials that differ only in the others may run as one batch. */
  readonly structuralParameters: readonly (keyof z.infer<Schema> & string)[];
  /** Names of the metrics that an observation holds; a sweep's objective must be one of them. Unchecked if absent. */
  readonly metrics?: Readonly<Record<string, unknown>>;
  /** Says what is wrong with a combination that the types alone allow, citing the paper's condition; undefined if fine. */
  refuse?(params: z.infer<Schema>): string | undefined;
}
