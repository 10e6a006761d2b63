export const engineChoices = ['auto', 'openblas', 'tfjs', 'reference'] as const;

/** `auto` is tfjs on a GPU slot and openblas on the others; `reference` is slow and never chosen by itself. */
export type EngineChoice = (typeof engineChoices)[number];
