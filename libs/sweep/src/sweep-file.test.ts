import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sweepFile, sweepJsonSchema } from './sweep-file.ts';

interface JsonSchema {
  readonly additionalProperties?: unknown;
  readonly required?: readonly string[];
  readonly properties: Record<string, { readonly description?: string }>;
}

test('the JSON Schema knows the same keys as the parser, requires name and experiment, and refuses others', () => {
  const schema = sweepJsonSchema() as JsonSchema;
  assert.deepEqual(Object.keys(schema.properties).sort(), Object.keys(sweepFile.shape).sort());
  assert.deepEqual([...(schema.required ?? [])].sort(), ['experiment', 'name']);
  assert.equal(schema.additionalProperties, false);
  assert.match(schema.properties['axes']?.description ?? '', /grid/);
  assert.ok(JSON.stringify(schema).includes('"required":["logspace"]'));
});
