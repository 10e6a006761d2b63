import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { UnsupportedNetworkError, inputGram, signalGram, solvePositive } from '@natsweep/models';
import type { DescentRule, DirectionOptions, LayerUpdate, Linearisation, SolveStatistics } from '@natsweep/models';
import { lossGradient } from './outer-update.ts';
import { leastFavourable } from './statistics.ts';

/**
 * K-FAC: layer blocks (B*_l + ρI) ⊗ (A*_{l−1} + ρI) with A*_l = h̃_lᵀh̃_l/N, B*_l = δ_lᵀδ_l/N and B*_L = 1/N, where
 * h̃ = [σ_w/√M h, σ_b] carries the bias as one more input (Karakida & Osawa 2020, eq. 20, S.95, B.3.3). Only C = 1.
 *
 * In dual form, so that ρ = 0 is defined for M > N: Δθ_l = Σ_n g_n/N [δ_l (B*_l + ρI)⁻¹]_n ⊗ [h̃_{l−1} (A*_{l−1} + ρI)⁻¹]_n
 * with δ(δᵀδ/N + ρI)⁻¹ = (δδᵀ/N + ρI)⁻¹δ. Where M_0 < N the pseudo-inverse of the singular Gram matrix gives the same
 * as the primal (XᵀX)⁻¹ (S.108). J_lΔθ_l = N g at ρ = 0 and full rank: α = NL.
 */
export function kfac(): DescentRule {
  return {
    name: 'kfac',
    direction: (engine, at, residual, options) =>
      engine.scope(() => {
        if (at.outputs.shape[1] !== 1)
          throw new UnsupportedNetworkError(
            `kfac is defined for one output (Karakida & Osawa 2020, 4.3); the network has ${at.outputs.shape[1]}`,
          );
        const gradient = lossGradient(engine, at, residual);
        const reports: SolveStatistics[] = [];
        const solve = (gram: Tensor, rows: Tensor): Tensor => {
          const { solution, statistics } = solvePositive(
            engine,
            engine.binary('multiply', 1 / at.samples, gram),
            rows,
            options,
          );
          reports.push(statistics);
          return solution;
        };
        const layers = at.signals.map((_, index) => layerUpdate(engine, at, index + 1, { gradient, options, solve }));
        return { layers, statistics: leastFavourable(reports) };
      }),
  };
}

interface Solving {
  readonly gradient: Tensor;
  readonly options: DirectionOptions;
  readonly solve: (gram: Tensor, rows: Tensor) => Tensor;
}

function layerUpdate(
  engine: LinalgEngine,
  at: Linearisation,
  l: number,
  { gradient, options, solve }: Solving,
): LayerUpdate {
  const delta = at.signals[l - 1]!;
  const isOutput = l === at.signals.length;
  const preconditionedSignals = isOutput
    ? engine.binary('multiply', 1 / (1 / at.samples + options.damping), delta)
    : solve(signalGram(engine, at, at, l), delta);
  const withBias = engine.concat([at.activations[l - 1]!, engine.full([at.samples, 1], 1)], 1);
  const inputs = solve(inputGram(engine, at, at, l), withBias);
  const width = at.activations[l - 1]!.shape[1]!;
  return {
    kind: 'outer',
    signals: engine.binary('multiply', gradient, preconditionedSignals),
    inputs: engine.slice(inputs, [null, [0, width]]),
    biasInputs: engine.slice(inputs, [null, [width, width + 1]]),
  };
}
