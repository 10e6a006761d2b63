import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { blockTridiagonalCoupling, defaultKfacForm, empiricalNtk, layerKernel } from '@natsweep/models';
import type { Coupling, Linearisation } from '@natsweep/models';
import { entryWiseCoefficient } from './entry-wise-coefficient.ts';
import type { IsotropicApproximation } from './isotropy.ts';
import { kfacCoefficient } from './kfac-coefficient.ts';
import { unitWiseCoefficient } from './unit-wise-coefficient.ts';
import { kernelPair, whitened } from './whitened.ts';
import type { KernelPair } from './whitened.ts';

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
        return whitened(
          engine,
          kernelPair(samples, (x, y) => empiricalNtk(engine, x, y)),
          damping,
        );
      case 'block-diagonal':
        return sum(
          engine,
          empiricalLayers(engine, samples).map((layer) => whitened(engine, layer, damping)),
        );
      case 'block-tridiagonal':
        return layerWiseCoefficient(engine, blockTridiagonalCoupling(columns.signals.length), samples, damping);
      case 'kfac':
        return kfacCoefficient(engine, samples, { damping, form: defaultKfacForm });
      case 'unit-wise':
        return unitWiseCoefficient(engine, samples, { damping });
      case 'diagonal':
      case 'quasi-diagonal':
        return entryWiseCoefficient(engine, samples, approximation, damping);
    }
  });
}

/** Θ̄ of the layer-wise metric with any symmetric Σ at the weights of `columns`, ρ > 0. */
export function layerWiseCoefficient(
  engine: LinalgEngine,
  coupling: Coupling,
  samples: Samples,
  damping: number,
): Tensor {
  return engine.scope(() => coupledCoefficient(engine, coupling, empiricalLayers(engine, samples), damping));
}

/**
 * Θ̄(x′, x) of Σ from the kernels Θ_l of the layers, ρ > 0: Σ_l Θ_l(x′, x) X_l with
 * ((Σ ⊗ I) blockdiag(Θ_l) + ρI) X = 1_L ⊗ I (Karakida & Osawa 2020, S.73), by LU of the whole system.
 */
export function coupledCoefficient(
  engine: LinalgEngine,
  coupling: Coupling,
  layers: readonly KernelPair[],
  damping: number,
): Tensor {
  return engine.scope(() => {
    const size = layers[0]!.train.shape[0]!;
    const system = engine.concat(
      coupling.map((row) =>
        engine.concat(
          row.map((entry, j) => engine.binary('multiply', entry, layers[j]!.train)),
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
    const cross = engine.concat(
      layers.map((layer) => layer.cross),
      1,
    );
    return engine.matmul(cross, engine.solve(damped, stacked));
  });
}

function empiricalLayers(engine: LinalgEngine, samples: Samples): KernelPair[] {
  return samples.columns.signals.map((_, index) => kernelPair(samples, (x, y) => layerKernel(engine, x, y, index + 1)));
}

function sum(engine: LinalgEngine, parts: readonly Tensor[]): Tensor {
  return parts.reduce((total, part) => engine.binary('add', total, part));
}
