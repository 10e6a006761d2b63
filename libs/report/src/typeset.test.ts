import assert from 'node:assert/strict';
import { test } from 'node:test';
import { typeset } from './typeset.ts';

test('indices and powers are printed small', () => {
  const printed = {
    'max_t ‖g_t − (1 − c)^t g_0‖/‖g_0‖': 'maxₜ ‖gₜ − (1 − c)ᵗ g₀‖/‖g₀‖',
    '‖f^lin − f‖': '‖fˡⁱⁿ − f‖',
    'λ_max(Θ), Θ_l and x^{k+1}': 'λₘₐₓ(Θ), Θₗ and xᵏ⁺¹',
  };
  for (const [written, expected] of Object.entries(printed)) assert.equal(typeset(written), expected);
});

test('numbers are printed with powers of ten and a minus', () => {
  assert.equal(typeset('-0.054 ± 6.1e-14 at ρ = 1e-6'), '−0.054 ± 6.1·10⁻¹⁴ at ρ = 10⁻⁶');
  for (const text of ['fig-1', 'a1e5', 'ngd-2', '2020-11']) assert.equal(typeset(text), text);
});

test('what has no small letters stays readable, and names stay themselves', () => {
  assert.equal(typeset('e^{−τ}'), 'e^(−τ)');
  assert.equal(typeset('‖x‖_F'), '‖x‖_F');
  for (const text of ['train_loss', 'a ^ b', '2^10', 'x = y']) assert.equal(typeset(text), text);
});
