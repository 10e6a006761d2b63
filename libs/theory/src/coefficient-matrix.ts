import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { blockTridiagonalCoupling, defaultKfacForm, empiricalNtk, layerKernels } from '@natsweep/models';
import type { Coupling, Linearisation } from '@natsweep/models';
import { entryWiseCoefficient } from './entry-wise-coefficient.ts';
import type { IsotropicApproximation } from './isotropy.ts';
import { kfacCoefficient } from './kfac-coefficient.ts';
import { unitWiseCoefficient } from './unit-wise-coefficient.ts';

/** Where Θ̄ is taken: rows x′ (training or test samples), columns the training samples. */
export interface Samples {
  readonly rows: Linearisation;
  readonly columns: Linearisation;
}

/**
 * Coefficient matrix of the dynamics Θ̄(x′, x) = J(x′) G⁻¹ J(x)ᵀ/N [N′C, NC] at the weights of `columns`, for damping
 * ρ > 0 (Karakida & Osawa 2020, eq. 11). The linearised model follows f_{t+1}(x′) = f_t(x′) − η Θ̄(x′, x) (f_t(x) − y).
 * Gradient descent is G = I: Θ̄ = Θ.
 */
export function coefficientMatrix(
  engine: LinalgEngine,
  approximation: IsotropicApproximation | 'gradient-descent' | 'diagonal' | 'quasi-diagonal',
  samples: Samples,
  damping: number,
): Tensor {
  return engine.scope(() => {
    const { rows, columns } = samples;
    switch (approximation) {
      case 'gradient-descent':
        return empiricalNtk(engine, rows, columns);
      case 'exact':
        return timesDampedInverse(
          engine,
          empiricalNtk(engine, rows, columns),
          empiricalNtk(engine, columns, columns),
          damping,
        );
      case 'block-diagonal': {
        const train = layerKernels(engine, columns, columns);
        return sum(
          engine,
          layerKernels(engine, rows, columns).map((kernel, l) =>
            timesDampedInverse(engine, kernel, train[l]!, damping),
          ),
        );
      }
      case 'block-tridiagonal':
        return layerWiseCoefficient(engine, blockTridiagonalCoupling(columns.signals.length), samples, damping);
      case 'kfac':
        return kfacCoefficient(engine, samples, { damping, form: defaultKfacForm });
      case 'unit-wise':
        return unitWiseCoefficient(engine, samples, damping);
      case 'diagonal':
      case 'quasi-diagonal':
        return entryWiseCoefficient(engine, samples, approximation, damping);
    }
  });
}

/**
 * Θ̄ of the layer-wise metric with any symmetric Σ, ρ > 0: Σ_l Θ_l(x′, x) X_l with ((Σ ⊗ I) blockdiag(Θ_l) + ρI) X = 1_L ⊗ I
 * (S.73), by LU of the whole system.
 */
export function layerWiseCoefficient(
  engine: LinalgEngine,
  coupling: Coupling,
  { rows, columns }: Samples,
  damping: number,
): Tensor {
  const train = layerKernels(engine, columns, columns);
  const size = train[0]!.shape[0]!;
  const system = engine.concat(
    coupling.map((row) =>
      engine.concat(
        row.map((entry, j) => engine.binary('multiply', entry, train[j]!)),
        1,
      ),
    ),
    0,
  );
  const damped = engine.binary('add', system, engine.binary('multiply', damping, engine.eye(size * coupling.length)));
  const stacked = engine.concat(
    coupling.map(() => engine.eye(size)),
    0,
  );
  return engine.matmul(engine.concat(layerKernels(engine, rows, columns), 1), engine.solve(damped, stacked));
}

/** cross (train + ρI)⁻¹, by LU. */
function timesDampedInverse(engine: LinalgEngine, cross: Tensor, train: Tensor, damping: number): Tensor {
  const damped = engine.binary('add', train, engine.binary('multiply', damping, engine.eye(train.shape[0]!)));
  return engine.transpose(engine.solve(damped, engine.transpose(cross)));
}

function sum(engine: LinalgEngine, parts: readonly Tensor[]): Tensor {
  return parts.reduce((total, part) => engine.binary('add', total, part));
}
