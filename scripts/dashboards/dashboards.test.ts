import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DASHBOARDS, fileText } from './all';
import type { Panel } from './model';

const folder = join(__dirname, '../../dashboards');
const shipped = Object.entries(DASHBOARDS);
const everyPanel = shipped.flatMap(([file, { panels }]) =>
  panels.map((panel) => [`${file}: ${panel.title}`, panel] as const)
);
const BUILT_IN = ['stat', 'timeseries', 'piechart', 'table', 'bargauge', 'text', 'row'];
const OWN = /^llmcost-[a-z]+-panel$/;

const overlap = (a: Panel, b: Panel) =>
  a.gridPos.x < b.gridPos.x + b.gridPos.w &&
  b.gridPos.x < a.gridPos.x + a.gridPos.w &&
  a.gridPos.y < b.gridPos.y + b.gridPos.h &&
  b.gridPos.y < a.gridPos.y + a.gridPos.h;

describe('the files in dashboards/', () => {
  it('are those that are generated, and no others', () => {
    expect(readdirSync(folder).filter((name) => name.endsWith('.json'))).toEqual(Object.keys(DASHBOARDS));
  });

  it.each(shipped)('%s is what the generator writes (npm run dashboards)', (file, dashboard) => {
    expect(readFileSync(join(folder, file), 'utf8')).toBe(fileText(dashboard));
  });
});

describe('every dashboard', () => {
  it('has a uid and a title of its own', () => {
    const uids = shipped.map(([, { uid }]) => uid);
    const titles = shipped.map(([, { title }]) => title);
    expect(new Set(uids).size).toBe(uids.length);
    expect(new Set(titles).size).toBe(titles.length);
  });

  it.each(shipped)(
    '%s can be imported anywhere: classic schema, no id, a variable for its source',
    (_file, dashboard) => {
      expect(dashboard.id).toBeNull();
      expect(dashboard.schemaVersion).toBeLessThanOrEqual(42);
      expect(dashboard.description).not.toBe('');
      expect(dashboard.tags).toContain('llm-cost');
      expect(dashboard.templating.list[0]).toMatchObject({
        name: 'ds',
        type: 'datasource',
        query: 'llmcost-datasource',
      });
    }
  );

  it.each(shipped)('%s has panels with ids of their own that do not overlap', (_file, { panels }) => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const pairs = panels.flatMap((a, i) => panels.slice(i + 1).map((b) => [a, b] as const));
    expect(pairs.filter(([a, b]) => overlap(a, b)).map(([a, b]) => `${a.title} / ${b.title}`)).toEqual([]);
    expect(panels.filter(({ gridPos: { x, w } }) => x + w > 24)).toEqual([]);
  });

  it.each(shipped)('%s uses only variables that it has', (_file, dashboard) => {
    const known = dashboard.templating.list.map(({ name }) => name);
    const used = [...JSON.stringify(dashboard).matchAll(/\$\{?([a-z]\w*)/g)].map(([, name]) => name);
    expect([...new Set(used)].filter((name) => !known.includes(name!))).toEqual([]);
  });

  it.each(shipped)('%s links only to dashboards that are shipped', (_file, dashboard) => {
    const uids = shipped.map(([, { uid }]) => uid);
    const linked = [...JSON.stringify(dashboard).matchAll(/"\/d\/([\w-]+)/g)].map(([, uid]) => uid);
    expect(linked.filter((uid) => !uids.includes(uid!))).toEqual([]);
  });
});

describe('every panel', () => {
  it.each(everyPanel)('%s says what it shows, and what it shows when there is nothing', (_name, panel) => {
    expect(panel.title).not.toBe('');
    expect(panel.description.length).toBeGreaterThan(20);
    expect(panel.fieldConfig.defaults.noValue).toEqual(expect.stringMatching(/./));
  });

  it.each(everyPanel)('%s is of a type that Grafana or this plugin brings', (_name, { type }) => {
    expect(BUILT_IN.includes(type) || OWN.test(type)).toBe(true);
  });

  it.each(everyPanel)('%s reads the chosen source, and each query names it', (_name, { datasource, targets }) => {
    const source = { type: 'llmcost-datasource', uid: '${ds}' };
    expect(datasource).toEqual(source);
    expect(targets.map((target) => target.datasource)).toEqual(targets.map(() => source));
    expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
  });

  it.each(everyPanel)('%s is filtered by the whole filter bar', (_name, { targets }) => {
    const bar = [
      'tenant',
      'project',
      'deployment',
      'endpoint',
      'provider',
      'model',
      'team',
      'environment',
      'cost_type',
    ];
    for (const { filters = [] } of targets) {
      expect(filters.flatMap(({ values }) => values)).toEqual(expect.arrayContaining(bar.map((name) => `$${name}`)));
    }
  });
});
