import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Values, wordsOf } from './redis-wire.ts';

/** Values as the specification of the protocol writes them. */
const values = [
  '+OK\r\n',
  '-ERR unknown\r\n',
  ':-12\r\n',
  '_\r\n',
  '#t\r\n',
  ',1.5\r\n',
  '$-1\r\n',
  '$0\r\n\r\n',
  '$6\r\na\r\nb\r\n\r\n',
  '*-1\r\n',
  '*0\r\n',
  '*3\r\n$1\r\na\r\n*1\r\n:1\r\n$-1\r\n',
  '%2\r\n+a\r\n:1\r\n+b\r\n*1\r\n$1\r\nx\r\n',
  '~1\r\n+x\r\n',
  '>2\r\n+message\r\n$2\r\nhi\r\n',
  '=7\r\ntxt:abc\r\n',
];

test('a stream is cut into its values, wherever its pieces end', () => {
  const stream = Buffer.from(values.join(''));
  for (let size = 1; size <= stream.length; size++) {
    const reader = new Values();
    const found: string[] = [];
    for (let at = 0; at < stream.length; at += size) {
      for (const value of reader.add(stream.subarray(at, at + size))) found.push(value.toString());
    }
    assert.deepEqual(found, values);
  }
});

test('the words of a command', () => {
  const command = Buffer.from('*3\r\n$3\r\nSET\r\n$2\r\nü\r\n$4\r\na\r\nb\r\n');
  assert.deepEqual(wordsOf(command), ['SET', 'ü', 'a\r\nb']);
});
