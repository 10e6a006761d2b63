import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import {
  UnsupportedNetworkError,
  defaultKfacForm,
  factorDampings,
  inputGram,
  signalGram,
  solvePositive,
  weightGram,
} from '@natsweep/models';
import type { DescentRule, DirectionOptions, KfacForm, Linearisation, SolveStatistics } from '@natsweep/models';
import { solveKronecker } from './kronecker-solve.ts';
import { lossGradient, outerUpdate } from './outer-update.ts';
import type { OuterUpdate } from './outer-update.ts';
import { leastFavourable } from './statistics.ts';

/**
 * K-FAC: layer blocks B*_l ⊗ A*_{l−1}, damped as `form` says, with A*_l = h̃_lᵀh̃_l/N, B*_l = δ_lᵀδ_l/N, B*_L = 1/N and
 * h̃ = [σ_w/√M h, σ_b], or without σ_b where biases have a block of their own (Karakida & Osawa 2020, eq. 20, S.95, B.3.3).
 * Only C = 1.
 *
 * In dual form, so that ρ = 0 is defined for M > N: Δθ_l = Σ_n g_n/N [δ_l (B*_l + ρI)⁻¹]_n ⊗ [h̃_{l−1} (A*_{l−1} + ρI)⁻¹]_n
 * with δ(δᵀδ/N + ρI)⁻¹ = (δδᵀ/N + ρI)⁻¹δ. Where M_0 < N the pseudo-inverse of the singular Gram matrix gives the same
 * as the primal (XᵀX)⁻¹ (S.108). J_lΔθ_l = N g at ρ = 0 and full rank: α = NL.
 */
export function kfac(form: KfacForm = defaultKfacForm): DescentRule {
  return {
    name: 'kfac',
    direction: (engine, at, residual, options) =>
      engine.scope(() => {
        if (at.outputs.shape[1] !== 1)
          throw new UnsupportedNetworkError(
            `kfac is defined for one output (Karakida & Osawa 2020, 4.3); the network has ${at.outputs.shape[1]}`,
          );
        const gradient = lossGradient(engine, at, residual);
        const solved = at.signals.map((_, index) => layerStep(engine, at, index + 1, { gradient, options, form }));
        return {
          layers: solved.map(({ update }) => update),
          statistics: leastFavourable(solved.flatMap(({ statistics }) => statistics)),
        };
      }),
  };
}

interface Step {
  /** g/N [N, 1] */
  readonly gradient: Tensor;
  readonly options: DirectionOptions;
  readonly form: KfacForm;
}

interface SolvedLayer {
  readonly update: OuterUpdate;
  readonly statistics: readonly SolveStatistics[];
}

function layerStep(engine: LinalgEngine, at: Linearisation, l: number, step: Step): SolvedLayer {
  const { damping } = step.options;
  const weights =
    step.form.damping === 'exact' && damping > 0 ? jointlyDamped(engine, at, l, step) : factorwise(engine, at, l, step);
  const hasBias = at.network.layers[l - 1]!.biases !== undefined;
  return step.form.bias === 'separate' && hasBias ? withBiasBlock(engine, at, l, { step, weights }) : weights;
}

/** Gram matrices δδᵀ/N and h̃h̃ᵀ/N [N, N] of layer l. */
function grams(engine: LinalgEngine, at: Linearisation, l: number, { form }: Step) {
  const inputs = form.bias === 'augmented' ? inputGram(engine, at, at, l) : weightGram(engine, at, at, l);
  return {
    signals: engine.binary('multiply', 1 / at.samples, signalGram(engine, at, at, l)),
    inputs: engine.binary('multiply', 1 / at.samples, inputs),
  };
}

/**
 * (B* + ρ_BI)⁻¹ ⊗ (A* + ρ_AI)⁻¹ on the gradient δᵀ diag(g/N) h̃ of layer l: δᵀ Z h̃ with Z = (δδᵀ/N + ρ_BI)⁻¹ diag(g/N) (h̃h̃ᵀ/N + ρ_AI)⁻¹
 * [N, N]. For the output layer B* = 1/N leaves (h̃h̃ᵀ/N + ρ_AI)⁻¹ g/N/(1/N + ρ_B).
 */
function factorwise(engine: LinalgEngine, at: Linearisation, l: number, step: Step): SolvedLayer {
  const { gradient, options } = step;
  const gram = grams(engine, at, l, step);
  const damping = splitDamping(engine, at, l, { step, gram });
  if (l === at.signals.length) {
    const { solution, statistics } = solvePositive(engine, gram.inputs, gradient, {
      ...options,
      damping: damping.inputs,
    });
    const signals = engine.binary('multiply', 1 / (1 / at.samples + damping.signals), solution);
    return { update: outerUpdate(engine, at, l, signals), statistics: [statistics] };
  }
  const rhs = engine.diag(engine.reshape(gradient, [-1]));
  const inputs = solvePositive(engine, gram.inputs, rhs, { ...options, damping: damping.inputs });
  const signals = solvePositive(engine, gram.signals, engine.transpose(inputs.solution), {
    ...options,
    damping: damping.signals,
  });
  return {
    update: between(engine, at, l, signals.solution),
    statistics: [inputs.statistics, signals.statistics],
  };
}

/** What is added to the diagonals of B* and A* of layer l. */
function splitDamping(
  engine: LinalgEngine,
  at: Linearisation,
  l: number,
  { step: { form, options }, gram }: { readonly step: Step; readonly gram: ReturnType<typeof grams> },
) {
  if (form.damping !== 'pi') return { signals: options.damping, inputs: options.damping };
  const hasBias = at.network.layers[l - 1]!.biases !== undefined && form.bias === 'augmented';
  return factorDampings('pi', options.damping, {
    signals: {
      trace: l === at.signals.length ? 1 / at.samples : trace(engine, gram.signals),
      dimension: at.signals[l - 1]!.shape[1]!,
    },
    inputs: { trace: trace(engine, gram.inputs), dimension: at.activations[l - 1]!.shape[1]! + Number(hasBias) },
  });
}

/** δᵀ Z h̃ of layer l for Z [N, N], which is multiplied with the narrower of δ and h. */
function between(engine: LinalgEngine, at: Linearisation, l: number, z: Tensor): OuterUpdate {
  const [signals, inputs] = [at.signals[l - 1]!, at.activations[l - 1]!];
  if (signals.shape[1]! <= inputs.shape[1]!)
    return outerUpdate(engine, at, l, engine.matmul(z, signals, { transposeA: true }));
  const biasInputs = engine.reduce('sum', z, { axis: 1, keepDims: true });
  return { kind: 'outer', signals, inputs: engine.matmul(z, inputs), biasInputs };
}

/**
 * (B* ⊗ A* + ρI)⁻¹ on the gradient δᵀ diag(g/N) h̃ of layer l: δᵀ Z h̃ with (δδᵀ/N) Z (h̃h̃ᵀ/N) + ρZ = diag(g/N). For the output
 * layer B* = 1/N leaves (h̃h̃ᵀ/N² + ρI)⁻¹ g/N.
 */
function jointlyDamped(engine: LinalgEngine, at: Linearisation, l: number, step: Step): SolvedLayer {
  const { gradient, options } = step;
  const gram = grams(engine, at, l, step);
  if (l === at.signals.length) {
    const scaled = engine.binary('multiply', 1 / at.samples, gram.inputs);
    const { solution, statistics } = solvePositive(engine, scaled, gradient, options);
    return { update: outerUpdate(engine, at, l, solution), statistics: [statistics] };
  }
  const rhs = engine.diag(engine.reshape(gradient, [-1]));
  const { solution, statistics } = solveKronecker(engine, gram, { rhs, damping: options.damping });
  return { update: between(engine, at, l, solution), statistics: [statistics] };
}

/**
 * The same weights, with biases that move by σ_b δᵀ(σ_b² δδᵀ/N² + ρI)⁻¹ g/N (S.123). The bias step has signals of its own, so
 * they follow those of the weights as rows whose inputs are 0.
 */
function withBiasBlock(
  engine: LinalgEngine,
  at: Linearisation,
  l: number,
  { step, weights }: { readonly step: Step; readonly weights: SolvedLayer },
): SolvedLayer {
  const { update } = weights;
  const { biasGain } = at.network.layers[l - 1]!;
  const gram = engine.binary('multiply', (biasGain / at.samples) ** 2, signalGram(engine, at, at, l));
  const bias = solvePositive(engine, gram, step.gradient, step.options);
  return {
    update: {
      kind: 'outer',
      signals: engine.concat([update.signals, at.signals[l - 1]!], 0),
      inputs: engine.concat([update.inputs, engine.full(update.inputs.shape, 0)], 0),
      biasInputs: engine.concat([engine.full([at.samples, 1], 0), bias.solution], 0),
    },
    statistics: [...weights.statistics, bias.statistics],
  };
}

function trace(engine: LinalgEngine, matrix: Tensor): number {
  return engine.read(engine.reduce('sum', engine.diagonal(matrix)))[0]!;
}
