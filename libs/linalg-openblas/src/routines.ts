import type { LibraryHandle } from 'koffi';
import type { Precision } from '@natsweep/linalg';

export type FloatArray = Float64Array | Float32Array;

/** An array, or what LAPACK takes by reference. */
export type Reference = FloatArray | Int32Array | Uint8Array;

/** A routine as its library declares it. */
type Routine = (...args: (Reference | number)[]) => void;

/** The routines in use, in one precision. */
export type Routines = Readonly<Record<keyof typeof blas | keyof typeof lapack, Routine>>;

export const ROW_MAJOR = 101;
export const NO_TRANSPOSE = 111;
export const TRANSPOSE = 112;
export const UPPER = 121;
export const LOWER = 122;
export const NON_UNIT = 131;
export const LEFT = 141;

/** CBLAS takes numbers by value, and flags by the numbers above. R is the real type. */
const blas = {
  axpy: 'int, R, void *, int, void *, int',
  gemm: 'int, int, int, int, int, int, R, void *, int, void *, int, R, void *, int',
  gemv: 'int, int, int, int, R, void *, int, void *, int, R, void *, int',
  ger: 'int, int, int, R, void *, int, void *, int, void *, int',
  scal: 'int, R, void *, int',
  syrk: 'int, int, int, int, int, R, void *, int, R, void *, int',
  trsm: 'int, int, int, int, int, int, int, R, void *, int, void *, int',
  trsv: 'int, int, int, int, int, void *, int, void *, int',
};

/** LAPACK takes everything by reference, then the lengths of its strings: arguments, and how many of them are strings. */
const lapack = {
  potrf: [5, 1],
  getrf: [6, 0],
  getrs: [9, 1],
  syevd: [11, 2],
  gesdd: [14, 1],
  gelqf: [8, 0],
  orglq: [9, 0],
  gelsd: [14, 0],
} as const;

export function bindRoutines(library: LibraryHandle, precision: Precision): Routines {
  const [prefix, real] = precision === 'float64' ? ['d', 'double'] : ['s', 'float'];
  const cblasRoutines = Object.entries(blas).map(([name, signature]) => [
    name,
    library.func(`void cblas_${prefix}${name}(${signature.replaceAll('R', real)})`),
  ]);
  const lapackRoutines = Object.entries(lapack).map(([name, [references, strings]]) => {
    const types = [...Array<string>(references).fill('void *'), ...Array<string>(strings).fill('size_t')];
    return [name, library.func(`void ${prefix}${name}_(${types.join(', ')})`)];
  });
  return Object.fromEntries([...cblasRoutines, ...lapackRoutines]) as Routines;
}

/** A one-letter LAPACK option, as in `letter('U')`. */
export const letter = (option: string): Uint8Array => Uint8Array.of(option.charCodeAt(0));

const cells = Array.from({ length: 8 }, () => new Int32Array(1));

/** Integers to pass by reference; they are valid until the next call. */
export function references(...values: number[]): Int32Array[] {
  return values.map((value, i) => {
    const cell = cells[i]!;
    cell[0] = value;
    return cell;
  });
}
