import { z } from 'zod';

/**
 * A trial's wish, and part of its identity: the worker gives it an engine of this precision, or fails it with `engine`.
 * Every numerical experiment has it as the structural parameter `precision`.
 */
export const precision = z
  .enum(['float64', 'float32'])
  .default('float64')
  .describe('of the numbers that the engine computes with');
