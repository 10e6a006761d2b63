import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';

import { parse } from 'yaml';

import { root } from './tools.ts';

const read = (file: string) => readFileSync(resolve(root, file), 'utf8');
const compose = parse(read('infra/compose/compose.yml'), { merge: true }) as {
  services: { grafana: { environment: Record<string, string>; volumes: string[] } };
};
const { environment, volumes } = compose.services.grafana;

interface DataSource {
  readonly uid: string;
  readonly type: string;
  readonly jsonData: {
    readonly exemplarTraceIdDestinations?: readonly { readonly name: string; readonly url: string }[];
  };
}
const sourcesText = read('infra/grafana/provisioning/datasources/natsweep.yml');
const { datasources } = parse(sourcesText) as { datasources: readonly DataSource[] };
const dashboards = globSync('dashboards/*.json', { cwd: root })
  .filter((file) => !file.endsWith('package.json'))
  .map((file) => ({ file, text: read(file) }));

test('there is a data source of every type that the dashboards choose from', () => {
  const provided = datasources.map(({ type }) => type);
  for (const { file, text } of dashboards) {
    const { templating } = JSON.parse(text) as { templating: { list: { type: string; query: string }[] } };
    for (const { query } of templating.list.filter(({ type }) => type === 'datasource')) {
      assert.ok(provided.includes(query), `${file}: ${query}`);
    }
  }
});

test('compose hands Grafana every dashboard, where the provider looks for them, and every variable of the data sources', () => {
  const provider = parse(read('infra/grafana/provisioning/dashboards/natsweep.yml')) as {
    providers: [{ options: { path: string } }];
  };
  const path = provider.providers[0].options.path;
  for (const { file } of dashboards) {
    assert.ok(volumes.includes(`../../${file}:${path}/${file.replace('dashboards/', '')}:ro`), file);
  }
  for (const [, name = ''] of sourcesText.matchAll(/(?<!\$)\$([A-Z_]+)/g)) assert.ok(name in environment, name);
});

test('exemplars lead to a dashboard that has the variable', () => {
  const [link] = datasources.flatMap(({ jsonData }) => jsonData.exemplarTraceIdDestinations ?? []);
  assert.equal(link?.name, 'trial_id');
  const [, uid, variable] = /^\/d\/([\w-]+)\?var-(\w+)=/.exec(link?.url ?? '') ?? [];
  const target = dashboards.map(
    ({ text }) => JSON.parse(text) as { uid: string; templating: { list: { name: string }[] } },
  );
  assert.ok(target.find((dashboard) => dashboard.uid === uid)?.templating.list.some(({ name }) => name === variable));
});
