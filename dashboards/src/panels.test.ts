import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';

import { dashboards } from './all.ts';

interface Target {
  readonly refId?: string;
  readonly datasource?: { readonly uid?: string };
}

const all = Object.entries(dashboards).map(([file, dashboard]) => ({
  file,
  dashboard,
  panels: (dashboard.panels ?? []) as readonly Panel[],
}));

test('every panel has a title, a description, a unit and a text for when there is no data', () => {
  for (const { file, panels } of all) {
    for (const panel of panels) {
      const where = `${file}: ${panel.title}`;
      assert.ok(panel.title, where);
      assert.match(panel.description ?? '', /^[A-Z].*\.$/s, where);
      assert.ok(panel.fieldConfig?.defaults.unit, where);
      assert.ok(panel.fieldConfig?.defaults.noValue, where);
      assert.ok(panel.fieldConfig?.defaults.thresholds?.steps.length, where);
    }
  }
});

test('panel ids and query names are unique where they must be', () => {
  for (const { file, panels } of all) {
    const ids = panels.map((panel) => panel.id);
    assert.equal(new Set(ids).size, panels.length, file);
    assert.ok(ids.every((id) => typeof id === 'number' && id > 0));
    for (const panel of panels) {
      const names = (panel.targets as readonly Target[]).map((target) => target.refId);
      assert.ok(names.length > 0 && names.every(Boolean) && new Set(names).size === names.length, panel.title);
    }
  }
});

test('every query and every variable goes through the variable of a data source', () => {
  for (const { file, dashboard, panels } of all) {
    const variables = dashboard.templating.list ?? [];
    const sources = variables.filter((variable) => variable.type === 'datasource').map((source) => source.name);
    assert.ok(sources.length > 0, file);
    const uids = [
      ...panels.flatMap((panel) => (panel.targets as readonly Target[]).map((target) => target.datasource?.uid)),
      ...variables.filter((variable) => variable.type === 'query').map((variable) => variable.datasource?.uid),
    ];
    for (const uid of uids) assert.ok(uid && sources.includes(uid.slice(2, -1)), `${file}: ${uid}`);
  }
});

test('rows are filled: panels lie within the 24 columns and none overlaps another', () => {
  for (const { file, panels } of all) {
    const taken = new Set<string>();
    for (const { gridPos, title } of panels) {
      assert.ok(gridPos !== undefined && gridPos.x + gridPos.w <= 24, `${file}: ${title}`);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          assert.ok(!taken.has(`${x},${y}`), `${file}: ${title} overlaps`);
          taken.add(`${x},${y}`);
        }
      }
    }
  }
});

test('colours are theme colours by name, readable on light and dark', () => {
  for (const { file, dashboard } of all)
    assert.doesNotMatch(JSON.stringify(dashboard), /"#[0-9a-f]{3,8}"|rgba?\(/i, file);
});

test('dashboards link to each other and have distinct uids', () => {
  const uids = all.map(({ dashboard }) => dashboard.uid);
  assert.equal(new Set(uids).size, uids.length);
  for (const { file, dashboard } of all) {
    const [link] = dashboard.links ?? [];
    assert.ok(link?.keepTime && link.includeVars && link.tags.every((tag) => dashboard.tags?.includes(tag)), file);
  }
  const linked = [...JSON.stringify(all).matchAll(/\/d\/([a-z-]+)/g)].map((match) => match[1]);
  for (const uid of linked) assert.ok(uids.includes(uid), uid);
});
