import { readFileSync } from 'node:fs';

/**
 * The OpenBLAS kernels for this processor, by its name in `OPENBLAS_CORETYPE`; undefined: leave the choice to OpenBLAS. Its
 * own detection does not know processors younger than itself, and then falls back to kernels several times slower.
 *
 * @param cpuinfo the text of /proc/cpuinfo
 */
export function coreTypeFor(cpuinfo: string): string | undefined {
  const flags = new Set(/^flags\s*:(.*)$/m.exec(cpuinfo)?.[1]?.trim().split(/\s+/));
  if (['avx512f', 'avx512dq', 'avx512bw', 'avx512vl'].every((flag) => flags.has(flag))) return 'SkylakeX';
  if (!flags.has('avx2') || !flags.has('fma')) return undefined;
  return /AuthenticAMD/.test(cpuinfo) ? 'Zen' : 'Haswell';
}

/** `coreTypeFor` this machine; undefined where it has no /proc/cpuinfo or another architecture than x86-64. */
export function coreTypeHere(): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  return coreTypeFor(readFileSync('/proc/cpuinfo', 'utf8'));
}
