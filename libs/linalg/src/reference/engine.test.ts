import { runConformance } from '../testing/index.ts';
import { createReferenceEngine } from './engine.ts';

runConformance('reference', createReferenceEngine);
