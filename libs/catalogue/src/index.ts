export type {
  Claim,
  ExperimentDeclaration,
  Figure,
  MatrixFigure,
  Measurement,
  MetricDeclaration,
  MetricFigure,
  TraceFigure,
  Verdict,
} from './declaration.ts';
export { diagnostic } from './diagnostic.ts';
export { declarations, findDeclaration } from './catalogue.ts';
export { namedSweepText, namedSweeps } from './named-sweeps.ts';
