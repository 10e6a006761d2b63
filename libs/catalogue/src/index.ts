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
