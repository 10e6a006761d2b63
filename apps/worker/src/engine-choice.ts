export const engineChoices = ['auto', 'openblas', 'reference'] as const;

/** `auto` is the fastest engine that works here; `reference` is slow and never chosen by itself. */
export type EngineChoice = (typeof engineChoices)[number];
