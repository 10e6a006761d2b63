import assert from 'node:assert/strict';
import { test } from 'node:test';

import { readSettings, SettingsError } from './settings.ts';

test('by default the exporter listens on loopback', () => {
  assert.deepEqual(readSettings([], { NATSWEEP_HOME: '/home/me/.natsweep' }), {
    ...{ host: '127.0.0.1', port: 9463, keepEndedSeconds: 3600, maxSweeps: 50 },
    ...{ home: '/home/me/.natsweep', token: undefined },
  });
});

test('an address is a port, host and port, or a bracketed IPv6 address and port', () => {
  const listen = (text: string) => {
    const settings = readSettings(['--listen', text], {});
    return settings === 'help' ? settings : [settings.host, settings.port];
  };
  assert.deepEqual(listen('9000'), ['127.0.0.1', 9000]);
  assert.deepEqual(listen('0.0.0.0:9000'), ['0.0.0.0', 9000]);
  assert.deepEqual(listen('[::1]:9000'), ['::1', 9000]);
});

test('a flag that cannot be used is refused by name', () => {
  const refused = (args: string[]) => {
    try {
      readSettings(args, {});
    } catch (error) {
      assert.ok(error instanceof SettingsError);
      return error.message;
    }
    return assert.fail('accepted');
  };
  assert.match(refused(['--listen', 'localhost']), /--listen localhost: give HOST:PORT/);
  assert.match(refused(['--listen', '127.0.0.1:70000']), /--listen/);
  assert.match(refused(['--keep-ended', '-1']), /--keep-ended|ambiguous/);
  assert.match(refused(['--keep-ended', '1h']), /--keep-ended 1h: give a whole number/);
  assert.match(refused(['--port', '1']), /--port.*see --help/s);
});
