import type { ExperimentDeclaration } from './declaration.ts';
import {
  analyticTestPoints,
  analyticTrainingPoints,
  entryWiseBetween,
  sameDecay,
  testPointsFollow,
  trainingPointsFollow,
} from './wide-dynamics-claims.ts';
import { wideTraining } from './wide-training.ts';

const curves = {
  kind: 'traces',
  panelBy: ['theoryDynamics', 'width'],
  seriesBy: 'approximation',
  only: { kfacBias: 'augmented' },
  xLabel: 'step',
  yScale: 'log',
} as const;

/** Eq. 10 of Karakida & Osawa 2020 for every rule: the trials of `wide-training`, with claims on test points and infinite width. */
export const wideDynamics: ExperimentDeclaration<typeof wideTraining.parameters> = {
  ...wideTraining,
  name: 'wide-dynamics',
  title: 'Training and test curves of every rule against their closed forms, in steps and in flow time',
  source: 'Karakida & Osawa 2020, eq. 10, Theorem A.3 and appendix E',
  claims: [
    trainingPointsFollow,
    testPointsFollow,
    analyticTrainingPoints,
    analyticTestPoints,
    sameDecay,
    entryWiseBetween,
  ],
  figures: [
    {
      ...curves,
      id: 'training-curves-of-every-rule',
      title: 'Training loss: measured (circles) and closed form (lines)',
      source: 'Karakida & Osawa 2020, eq. 10',
      measured: 'trainLoss',
      theory: 'trainLossTheory',
      yLabel: 'training loss',
    },
    {
      ...curves,
      id: 'test-curves-of-every-rule',
      title: 'Test loss: measured (circles) and closed form (lines)',
      source: 'Karakida & Osawa 2020, eq. 10',
      measured: 'testLoss',
      theory: 'testLossTheory',
      yLabel: 'test loss',
    },
    {
      id: 'test-deviation-against-width',
      kind: 'metric',
      title: 'Distance from the closed form on test points',
      source: 'Karakida & Osawa 2020, Theorem A.3 (ii)',
      x: 'width',
      measured: 'testDeviationFromTheory',
      panelBy: ['theoryDynamics'],
      seriesBy: 'approximation',
      only: { kfacBias: 'augmented' },
      xLabel: 'width M',
      yLabel: 'max_t ‖f_t(x′) − theory_t‖/‖g_0‖',
      xScale: 'log',
      yScale: 'log',
    },
    {
      id: 'analytic-test-deviation-against-width',
      kind: 'metric',
      title: 'Distance from infinite width on test points',
      source: 'Karakida & Osawa 2020, eq. 10 and appendix E',
      x: 'width',
      measured: 'testDeviationFromAnalytic',
      panelBy: ['theoryDynamics'],
      seriesBy: 'approximation',
      only: { kfacBias: 'augmented' },
      xLabel: 'width M',
      yLabel: 'max_t ‖f_t(x′) − analytic_t‖/‖g_0‖',
      xScale: 'log',
      yScale: 'log',
    },
  ],
};
