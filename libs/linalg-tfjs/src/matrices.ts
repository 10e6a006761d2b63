import { NonFiniteError } from '@natsweep/linalg';
import { sizeOf } from '@natsweep/linalg/implementation';
import type { MatmulOptions } from '@natsweep/linalg';
import { attribute } from './binding.ts';
import type { Session, TfTensor } from './session.ts';

/** Batched matrix product of tensors whose shapes fit; a scale goes to the smaller factor. */
export function product(session: Session, a: TfTensor, b: TfTensor, options: MatmulOptions = {}): TfTensor {
  const { transposeA = false, transposeB = false, scale = 1 } = options;
  const attributes = [attribute.bool('adj_x', transposeA), attribute.bool('adj_y', transposeB)];
  if (scale === 1) return session.run('BatchMatMulV2', [a, b], attributes);
  return session.ledger.scope(() => {
    const scaled = (factor: TfTensor): TfTensor => session.run('Mul', [factor, session.number(scale)]);
    const factors = sizeOf(a.shape) < sizeOf(b.shape) ? [scaled(a), b] : [a, scaled(b)];
    return session.run('BatchMatMulV2', factors, attributes);
  });
}

/** [n, n] with `value` on the diagonal. */
export function multipleOfIdentity(session: Session, n: number, value: number): TfTensor {
  return session.run('MatrixDiag', [session.run('Fill', [session.indices([n]), session.number(value)])]);
}

/** The triangle of [..., n, n] below the diagonal and on it; what is above may be garbage, and is not looked at. */
export function lowerPart(session: Session, a: TfTensor): TfTensor {
  return session.run('MatrixBandPart', [a, session.indices(-1), session.indices(0)]);
}

/** The matrices of `a` repeated to the given batch shape. */
export function broadcastBatch(session: Session, a: TfTensor, batch: readonly number[]): TfTensor {
  return session.run('BroadcastTo', [a, session.indices([...batch, ...a.shape.slice(-2)])]);
}

/** For each matrix of the batch, whether all its entries are finite. x − x is 0 for every finite number, else NaN. */
export function finiteMatrices(session: Session, a: TfTensor): boolean[] {
  return session.ledger.scope(() => {
    const zeros = session.run('Sub', [a, a]);
    const axes = session.indices([a.shape.length - 2, a.shape.length - 1]);
    const sums = session.run('Sum', [zeros, axes], [attribute.bool('keep_dims', false)]);
    return Array.from(session.download(sums), (sum) => sum === 0);
  });
}

/** Throws `NonFiniteError` for the first matrix with NaN or infinities. */
export function checkFinite(session: Session, operation: string, a: TfTensor): void {
  const bad = finiteMatrices(session, a).indexOf(false);
  if (bad >= 0) throw new NonFiniteError(operation, bad);
}
