import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';

import { parse } from 'yaml';

import { isInstalled, root, run } from './tools.ts';

interface Service {
  readonly build?: { readonly dockerfile: string };
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly profiles?: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly deploy?: { readonly resources: { readonly reservations: { readonly devices: readonly unknown[] } } };
}

const folder = resolve(root, 'infra/compose');
const text = readFileSync(resolve(folder, 'compose.yml'), 'utf8');
const secrets = ['REDIS_PASSWORD', 'POSTGRES_PASSWORD', 'GRAFANA_READER_PASSWORD', 'GRAFANA_ADMIN_PASSWORD'];
const values = Object.fromEntries(secrets.map((name) => [name, `value-of-${name}`]));
const { services } = parse(text, { merge: true }) as { services: Record<string, Service> };

const program = isInstalled('docker-compose')
  ? ['docker-compose']
  : isInstalled('docker')
    ? ['docker', 'compose']
    : undefined;
const noCompose = 'neither docker-compose nor docker is installed (Debian: docker-compose)';

function config(env: NodeJS.ProcessEnv) {
  const [command, ...first] = program ?? [];
  assert.ok(command !== undefined);
  return run(command, [...first, '-f', 'compose.yml', '--profile', 'gpu', 'config'], { cwd: 'infra/compose', env });
}

test('compose accepts the file and resolves every service', (t) => {
  if (program === undefined) return t.skip(noCompose);
  const { status, output, stdout } = config(values);
  assert.equal(status, 0, output);
  const resolved = (parse(stdout) as { services: Record<string, Service> }).services;
  assert.deepEqual(Object.keys(resolved).sort(), Object.keys(services).sort());
  assert.match(resolved['scheduler']?.environment?.['REDIS_URL'] ?? '', /value-of-REDIS_PASSWORD@redis:6379/);
});

test('compose refuses to start without a secret and names it; .env.example lists them all', (t) => {
  const example = readFileSync(resolve(folder, '.env.example'), 'utf8');
  for (const name of secrets) assert.match(example, new RegExp(`^${name}=$`, 'm'));
  if (program === undefined) return t.skip(noCompose);
  for (const name of secrets) {
    const { status, output } = config({ ...values, [name]: '' });
    assert.notEqual(status, 0);
    assert.match(output, new RegExp(`${name}|set it in \\.env`));
  }
});

test('everything that the services mount, build and start is in the repository', () => {
  for (const [name, service] of Object.entries(services)) {
    for (const volume of service.volumes ?? []) {
      const [source = ''] = volume.split(':');
      if (source.startsWith('.')) assert.ok(existsSync(resolve(folder, source)), `${name}: ${source}`);
    }
    if (service.build) assert.ok(existsSync(resolve(root, service.build.dockerfile)), name);
    for (const word of service.command ?? []) {
      if (word.startsWith('apps/')) assert.ok(existsSync(resolve(root, word)), `${name}: ${word}`);
    }
  }
});

test('nothing but Grafana and Prometheus is published, and those on loopback', () => {
  const published = Object.entries(services).flatMap(([name, { ports = [] }]) =>
    ports.map((port) => `${name} ${port}`),
  );
  assert.deepEqual(published.sort(), ['grafana 127.0.0.1:3000:3000', 'prometheus 127.0.0.1:9090:9090']);
});

test('natsweep and Redis run with a read-only root and no capabilities; only GPU workers ask for a device', () => {
  for (const name of ['redis', 'scheduler', 'exporter', 'worker', 'gpu-worker']) {
    assert.equal(services[name]?.read_only, true, name);
    assert.deepEqual(services[name]?.cap_drop, ['ALL'], name);
  }
  const withDevices = Object.entries(services).filter(([, service]) => service.deploy !== undefined);
  assert.deepEqual(
    withDevices.map(([name, { profiles }]) => [name, profiles]),
    [['gpu-worker', ['gpu']]],
  );
});

test('Prometheus of compose differs from that of one machine by addresses only', () => {
  const read = (file: string) => readFileSync(resolve(root, 'infra', file), 'utf8').replace(/^\s*#.*\n/gm, '');
  const local = read('prometheus/prometheus.yml').replaceAll('127.0.0.1:9463', 'exporter:9463');
  assert.deepEqual(parse(read('compose/prometheus.yml')), parse(local));
});
