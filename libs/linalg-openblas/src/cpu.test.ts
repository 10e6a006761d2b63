import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coreTypeFor } from './cpu.ts';

const cpuinfo = (vendor: string, flags: string) =>
  `processor\t: 0\nvendor_id\t: ${vendor}\nflags\t\t: fpu ${flags} x\nbugs\t\t:\n`;

test('kernels are chosen by what the processor can do', () => {
  const avx512 = 'avx2 fma avx512f avx512dq avx512bw avx512vl avx512_bf16';
  assert.equal(coreTypeFor(cpuinfo('GenuineIntel', avx512)), 'SkylakeX');
  assert.equal(coreTypeFor(cpuinfo('AuthenticAMD', avx512)), 'SkylakeX');
  assert.equal(coreTypeFor(cpuinfo('GenuineIntel', 'avx avx2 fma')), 'Haswell');
  assert.equal(coreTypeFor(cpuinfo('AuthenticAMD', 'avx avx2 fma')), 'Zen');
});

test('without AVX2, or without flags, OpenBLAS decides', () => {
  assert.equal(coreTypeFor(cpuinfo('GenuineIntel', 'sse4_2 avx')), undefined);
  assert.equal(coreTypeFor(cpuinfo('GenuineIntel', 'avx2 avx512f')), undefined);
  assert.equal(coreTypeFor('Features\t: fp asimd'), undefined);
});
