/** Entries below this share of the largest count as zero. */
const relativeZero = 1e-10;

/** Rows of Σ from text as in "1,0.5;0.5,1"; undefined if an entry is not a finite number. */
export function parseCoupling(text: string): number[][] | undefined {
  const rows = text.split(';').map((row) => row.split(',').map((entry) => (entry.trim() === '' ? NaN : Number(entry))));
  return rows.flat().every(Number.isFinite) ? rows : undefined;
}

/** Whether a symmetric Σ, given as text, is positive definite: the assumption of Theorem 4.1 (Karakida & Osawa 2020). */
export function isPositiveDefinite(text: string): boolean {
  const rows = parseCoupling(text)?.map((row) => [...row]);
  if (rows === undefined) return false;
  const zero = relativeZero * Math.max(...rows.flat().map(Math.abs));
  return rows.every((pivotRow, k) => {
    const pivot = pivotRow[k]!;
    if (!(pivot > zero)) return false;
    for (const row of rows.slice(k + 1)) {
      const factor = row[k]! / pivot;
      pivotRow.forEach((value, j) => (row[j] = row[j]! - factor * value));
    }
    return true;
  });
}

/** Every point of a sweep asks about the same few Σ, and Gaussian elimination of 64 layers takes some milliseconds. */
const known = new Map<string, string | undefined>();
const mostKnown = 256;

/**
 * Why Σ defines no layer-wise natural gradient with a learning rate c/α for a network of this depth (Karakida & Osawa 2020, eq. 15
 * and Theorem 4.1), or undefined if it does: it must be a symmetric L × L matrix, 1_L must lie in its range, and
 * α = 1ᵀΣ⁺1 must be positive.
 */
export function couplingProblem(text: string, depth: number): string | undefined {
  const key = `${depth} ${text}`;
  if (!known.has(key)) {
    if (known.size === mostKnown) known.clear();
    known.set(key, findProblem(text, depth));
  }
  return known.get(key);
}

function findProblem(text: string, depth: number): string | undefined {
  const coupling = parseCoupling(text);
  if (coupling === undefined)
    return `coupling must list the rows of Σ, as in 1,0.5;0.5,1 for two layers; it is "${text}"`;
  if (coupling.length !== depth || coupling.some((row) => row.length !== depth))
    return `coupling must be a ${depth} × ${depth} matrix, one row per layer (eq. 15); it has rows of ${coupling.map((row) => row.length).join(', ')} entries`;
  const asymmetric = coupling.findIndex((row, i) => row.some((entry, j) => entry !== coupling[j]![i]));
  if (asymmetric >= 0)
    return `coupling must be symmetric (Karakida & Osawa 2020, eq. 15); row ${asymmetric + 1} is not its column`;
  const response = solveOnes(coupling);
  if (response === undefined)
    return 'coupling is singular and its kernel is not orthogonal to 1_L: the gradient has no limit for damping 0 (Karakida & Osawa 2020, Theorem 4.1 and B.1)';
  const alpha = response.reduce((sum, value) => sum + value, 0);
  if (!(alpha > relativeZero * response.reduce((sum, value) => sum + Math.abs(value), 0)))
    return `α = 1ᵀΣ⁻¹1 is ${Number(alpha.toPrecision(3))}: no positive learning rate converges (Karakida & Osawa 2020, Corollary 4.2)`;
  return undefined;
}

/**
 * A solution of Σc = 1_L by Gaussian elimination with complete pivoting; undefined where there is none. Where there are many,
 * 1ᵀc is the same for all.
 */
function solveOnes(coupling: readonly (readonly number[])[]): number[] | undefined {
  const n = coupling.length;
  const rows = coupling.map((row) => [...row, 1]);
  const zero = relativeZero * Math.max(...coupling.flat().map(Math.abs));
  const pivots: { row: number; column: number }[] = [];
  for (let row = 0; row < n; row++) {
    const candidates = rows
      .slice(row)
      .flatMap((entries, i) => entries.slice(0, n).map((value, j) => ({ i: i + row, j, size: Math.abs(value) })));
    const best = candidates.reduce((a, b) => (b.size > a.size ? b : a));
    if (!(best.size > zero)) break;
    [rows[row], rows[best.i]] = [rows[best.i]!, rows[row]!];
    const pivot = rows[row]!;
    rows.forEach((other, i) => {
      if (i === row) return;
      const factor = other[best.j]! / pivot[best.j]!;
      pivot.forEach((value, j) => (other[j] = j === best.j ? 0 : other[j]! - factor * value));
    });
    pivots.push({ row, column: best.j });
  }
  if (rows.slice(pivots.length).some((entries) => Math.abs(entries[n]!) > relativeZero * n)) return undefined;
  const solution = new Array<number>(n).fill(0);
  for (const { row, column } of pivots) solution[column] = rows[row]![n]! / rows[row]![column]!;
  return solution;
}
