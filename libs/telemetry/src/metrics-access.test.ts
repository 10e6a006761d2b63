import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOpenToOthers, mayReadMetrics } from './metrics-access.ts';

const ask = (authorization: string | undefined, token: string | undefined) =>
  mayReadMetrics({ headers: authorization === undefined ? {} : { authorization } }, token);

test('a token lets in who has it, and nobody else; without one everyone may read', () => {
  assert.equal(ask('Bearer sesame', 'sesame'), true);
  for (const wrong of [undefined, '', 'sesame', 'Bearer', 'Bearer ', 'Bearer sesame ', 'Basic sesame', 'Bearer sesam'])
    assert.equal(ask(wrong, 'sesame'), false, wrong);
  assert.equal(ask(undefined, undefined), true);
});

test('without a token every address but those of this machine is open to others', () => {
  for (const host of ['localhost', '127.0.0.1', '127.1.2.3', '::1'])
    assert.equal(isOpenToOthers(host, undefined), false);
  for (const host of ['0.0.0.0', '::', '10.0.0.1', 'node1']) {
    assert.equal(isOpenToOthers(host, undefined), true);
    assert.equal(isOpenToOthers(host, 'sesame'), false);
  }
});
