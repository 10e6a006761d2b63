import assert from 'node:assert/strict';
import { test } from 'node:test';

import { csvLine } from './csv.ts';

test('fields with commas, quotes or line ends are quoted as RFC 4180 says', () => {
  assert.equal(
    csvLine(['plain', 'a,b', 'say "no"', 'two\nlines', null, 1e-12, true]),
    'plain,"a,b","say ""no""","two\nlines",,1e-12,true',
  );
});
