import assert from 'node:assert/strict';
import { test } from 'node:test';
import { declarations } from './catalogue.ts';

for (const { name, parameters, structuralParameters } of declarations) {
  if (name === 'diagnostic') continue;
  test(`${name} computes in float64, or in float32 where a trial asks for it`, () => {
    assert.equal(parameters.parse({})['precision'], 'float64');
    assert.equal(parameters.parse({ precision: 'float32' })['precision'], 'float32');
    assert.equal(parameters.safeParse({ precision: 'float16' }).success, false);
    assert.ok(structuralParameters.includes('precision'), 'trials of different precision must not share a batch');
  });
}
