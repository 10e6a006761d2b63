import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { before, describe, test } from 'node:test';

import { parse, parseAllDocuments } from 'yaml';

import { findHelm } from './helm.ts';
import type { FoundHelm } from './helm.ts';
import { root, run } from './tools.ts';

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec: Record<string, never>;
  readonly data?: Readonly<Record<string, string>>;
}

interface Container {
  readonly args: readonly string[];
  readonly image: string;
  readonly env: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: unknown }[];
  readonly resources: { readonly limits: Readonly<Record<string, unknown>> };
  readonly securityContext: unknown;
}

interface PodSpec {
  readonly containers: readonly [Container];
  readonly securityContext: { readonly runAsNonRoot: boolean };
  readonly terminationGracePeriodSeconds?: number;
  readonly tolerations?: readonly unknown[];
}

const chart = 'infra/helm/natsweep';
const gpuPool = {
  name: 'gpu',
  replicas: 3,
  gpus: 2,
  args: ['--engine', 'tfjs'],
  resources: { limits: { memory: '32Gi' } },
  tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }],
  terminationGracePeriodSeconds: 90,
  autoscaling: { enabled: true, maxReplicas: 8, trialsPerReplica: 50 },
};
const everything = {
  workers: [{ name: 'cpu', replicas: 0 }, gpuPool],
  pullSecrets: ['registry'],
  stores: { caSecret: 'redis-ca' },
  exporter: { tokenSecret: 'exporter-token' },
  workerMetrics: { tokenSecret: 'worker-token' },
  monitoring: { monitors: { enabled: true }, rules: { enabled: true }, dashboards: { enabled: true } },
};

describe('the Helm chart', () => {
  let found: FoundHelm;
  before(() => {
    found = findHelm();
  });

  function helm(...args: string[]) {
    assert.ok('program' in found);
    return run(found.program, args);
  }

  function template(values: object): Manifest[] {
    const json = Object.entries(values).flatMap(([key, value]) => ['--set-json', `${key}=${JSON.stringify(value)}`]);
    const { status, output, stdout } = helm('template', 'lab', chart, ...json);
    assert.equal(status, 0, output);
    return parseAllDocuments(stdout).flatMap((document) => (document.toJSON() as Manifest | null) ?? []);
  }

  test('helm lint has nothing to say', (t) => {
    if ('reason' in found) return t.skip(found.reason);
    const { status, output } = helm('lint', '--strict', chart);
    assert.equal(status, 0, output);
  });

  test('every manifest, with everything turned off and on, is valid for its kind', async (t) => {
    if ('reason' in found) return t.skip(found.reason);
    const kinds = new Set<string>();
    for (const manifest of [...template({ workers: [] }), ...template({}), ...template(everything)]) {
      (await modelOf(manifest)).validate();
      kinds.add(manifest.kind);
    }
    assert.deepEqual([...kinds].sort(), [
      'ConfigMap',
      'Deployment',
      'NetworkPolicy',
      'PodMonitor',
      'PrometheusRule',
      'ScaledObject',
      'Service',
      'ServiceMonitor',
    ]);
  });

  test('the models do refuse a broken manifest', async (t) => {
    if ('reason' in found) return t.skip(found.reason);
    const deployment = template({}).find(({ kind }) => kind === 'Deployment');
    assert.ok(deployment !== undefined);
    const broken = { ...deployment, spec: { ...deployment.spec, replicas: 'two' } } as unknown as Manifest;
    await assert.rejects(async () => (await modelOf(broken)).validate(), /replicas/);
  });

  test('every container runs as an ordinary user on a read-only root, with its secrets by reference', (t) => {
    if ('reason' in found) return t.skip(found.reason);
    const pods = podSpecs(template(everything));
    assert.deepEqual([...pods.keys()].sort(), ['lab-exporter', 'lab-scheduler', 'lab-worker-cpu', 'lab-worker-gpu']);
    for (const [name, pod] of pods) {
      const [container] = pod.containers;
      assert.equal(pod.securityContext.runAsNonRoot, true, name);
      assert.deepEqual(container.securityContext, {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      for (const { name: variable, valueFrom } of container.env) {
        if (/URL|TOKEN/.test(variable)) assert.ok(valueFrom !== undefined, `${name}: ${variable}`);
      }
      const hasDatabase = container.env.some((variable) => variable.name === 'NATSWEEP_DATABASE_URL');
      assert.equal(hasDatabase, name === 'lab-scheduler', name);
    }
  });

  test('a GPU pool asks for GPUs on their image, tolerates their nodes, drains in time and scales with the trials left', (t) => {
    if ('reason' in found) return t.skip(found.reason);
    const manifests = template(everything);
    const pod = podSpecs(manifests).get('lab-worker-gpu');
    assert.ok(pod !== undefined);
    const [container] = pod.containers;
    assert.match(container.image, /^natsweep-compute-gpu:/);
    assert.deepEqual(container.resources.limits, { 'nvidia.com/gpu': 2, memory: '32Gi' });
    assert.deepEqual(pod.tolerations, gpuPool.tolerations);
    assert.equal(pod.terminationGracePeriodSeconds, 90);
    assert.deepEqual(container.args.slice(container.args.indexOf('--drain')), [
      '--drain',
      '80',
      '--slots',
      'gpu:0,1',
      '--engine',
      'tfjs',
    ]);
    const scaled = manifests.find(({ kind }) => kind === 'ScaledObject');
    assert.equal(scaled?.metadata.name, 'lab-worker-gpu');
    const fixed = manifests.filter(({ kind, spec }) => kind === 'Deployment' && 'replicas' in spec);
    assert.ok(
      fixed.every(({ metadata }) => metadata.name !== 'lab-worker-gpu'),
      'replicas belong to the scaler',
    );
  });

  test('a pool of no workers has none', (t) => {
    if ('reason' in found) return t.skip(found.reason);
    const pool = template(everything).find(({ metadata }) => metadata.name === 'lab-worker-cpu');
    assert.equal(pool?.spec['replicas'], 0);
  });

  test('rules and dashboards in the chart are those of the repository', (t) => {
    if ('reason' in found) return t.skip(found.reason);
    const manifests = template(everything);
    const rule = manifests.find(({ kind }) => kind === 'PrometheusRule');
    const groups = ['recording', 'alerts'].flatMap(
      (name) =>
        (parse(readFileSync(resolve(root, `infra/prometheus/rules/${name}.yml`), 'utf8')) as { groups: unknown[] })
          .groups,
    );
    assert.deepEqual(rule?.spec['groups'], groups);
    for (const { data = {} } of manifests.filter(({ kind }) => kind === 'ConfigMap')) {
      for (const [file, text] of Object.entries(data)) {
        assert.deepEqual(JSON.parse(text), JSON.parse(readFileSync(resolve(root, 'dashboards', file), 'utf8')), file);
      }
    }
  });

  test('values that cannot be meant are refused by name', (t) => {
    if ('reason' in found) return t.skip(found.reason);
    for (const [values, complaint] of [
      [{ stores: { existingSecret: '' } }, /existingSecret/],
      [{ worker: [] }, /worker/],
      [{ workers: [{ name: 'GPU pool' }] }, /pattern|name/],
      [{ workers: [{ name: 'cpu', replicas: -1 }] }, /replicas/],
      [{ logLevel: 'loud' }, /logLevel/],
    ] as const) {
      const json = Object.entries(values).flatMap(([key, value]) => ['--set-json', `${key}=${JSON.stringify(value)}`]);
      const { status, output } = helm('template', 'lab', chart, ...json);
      assert.notEqual(status, 0, JSON.stringify(values));
      assert.match(output, complaint);
    }
  });
});

function podSpecs(manifests: readonly Manifest[]): Map<string, PodSpec> {
  return new Map(
    manifests
      .filter(({ kind }) => kind === 'Deployment')
      .map(({ metadata, spec }) => [metadata.name, (spec['template'] as unknown as { spec: PodSpec }).spec]),
  );
}

/** The published model of a manifest's kind; its `validate` throws. */
async function modelOf(manifest: Manifest): Promise<{ validate(): void }> {
  const { apiVersion, kind } = manifest;
  const library = apiVersion.startsWith('monitoring.coreos.com')
    ? '@kubernetes-models/prometheus-operator'
    : apiVersion.startsWith('keda.sh')
      ? '@kubernetes-models/keda'
      : 'kubernetes-models';
  const models = (await import(`${library}/${apiVersion}/${kind}`)) as Record<string, new (data: object) => never>;
  const Model = models[kind];
  assert.ok(Model !== undefined, `${apiVersion} ${kind}`);
  return new Model(manifest);
}
