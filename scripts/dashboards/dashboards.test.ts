import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMetricName, METRICS } from '../../src/query';
import { DASHBOARDS, fileText } from './all';
import type { CostTarget, Panel, Target } from './model';
import { barFilters } from './filterBar';
import { OR_FAILED } from './panels';

const folder = join(__dirname, '../../dashboards');
const shipped = Object.entries(DASHBOARDS);
/** Panels of collapsed rows too. */
const within = (panels: readonly Panel[]): Panel[] => panels.flatMap((panel) => [panel, ...within(panel.panels ?? [])]);
const everyPanel = shipped.flatMap(([file, { panels }]) =>
  within(panels)
    .filter(({ type }) => type !== 'row')
    .map((panel) => [`${file}: ${panel.title}`, panel, within(panels)] as const)
);
const isCost = (target: Target): target is CostTarget => target.datasource.type === 'llmcost-datasource';
const BUILT_IN = ['stat', 'timeseries', 'piechart', 'table', 'bargauge', 'text', 'row'];
/** Not known by cost type. */
const UNDIVIDED = ['retry_cost', 'failed_cost', 'cache_savings', 'wasted_cost', 'wasted_ratio', 'cost_per_tool_success', 'cost_per_point'];
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

  it.each(shipped)('%s has panels with ids of their own that do not overlap', (_file, dashboard) => {
    const panels = within(dashboard.panels);
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

  it.each(everyPanel)('%s: links name columns that its queries have', (_name, panel) => {
    const columns = panel.targets.filter(isCost).flatMap(({ groupBy = [] }) => groupBy);
    for (const [, column] of JSON.stringify(panel.fieldConfig).matchAll(/\$\{__data\.fields\.(\w+)/g)) {
      expect(columns).toContain(column);
    }
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

  it.each(everyPanel)('%s never claims that there is nothing when asking failed', (_name, { type, fieldConfig }) => {
    const { noValue } = fieldConfig.defaults;
    expect(OWN.test(type) || noValue === '–' || String(noValue).endsWith(OR_FAILED)).toBe(true);
  });

  it.each(everyPanel)('%s is of a type that Grafana or this plugin brings', (_name, { type }) => {
    expect(BUILT_IN.includes(type) || OWN.test(type)).toBe(true);
  });

  it.each(everyPanel)('%s names no source: it reads the chosen one, or what another panel read', (_name, panel, all) => {
    expect(panel.targets.length).toBeGreaterThan(0);
    expect(new Set(panel.targets.map(({ refId }) => refId)).size).toBe(panel.targets.length);
    for (const target of panel.targets) {
      expect(panel.datasource).toEqual(target.datasource);
      if ('panelId' in target) {
        expect(target.datasource).toEqual({ type: 'datasource', uid: '-- Dashboard --' });
        expect(all.find(({ id }) => id === target.panelId)?.targets.every(isCost)).toBe(true);
      } else {
        const { type } = target.datasource;
        expect(target.datasource.uid).toBe({ 'llmcost-datasource': '${ds}', prometheus: '${prometheus}' }[type]);
      }
    }
  });

  it.each(everyPanel)('%s is filtered by the whole filter bar', (_name, { targets, description }) => {
    for (const { filters, metrics } of targets.filter(isCost)) {
      // What retries and failures cost and caches save is not known by cost type, and the panel says so.
      const divided = !metrics?.some((name) => UNDIVIDED.includes(name));
      const bar = barFilters.filter(({ dimension }) => divided || dimension !== 'cost_type');
      expect(filters).toEqual(expect.arrayContaining([...bar]));
      expect(divided || description.endsWith('Of all cost types.')).toBe(true);
    }
  });

  it.each(everyPanel)('%s has units: those that the metrics bring, or its own', (_name, { targets, fieldConfig }) => {
    const bring = targets.every((target) => 'panelId' in target || (isCost(target) && target.metrics?.every(isMetricName)));
    expect(bring || typeof fieldConfig.defaults.unit === 'string').toBe(true);
  });
});

/** What a legend may make of a series' points: a ratio or percentile of the range is not the mean of those of its days. */
const SUMMARIES: Readonly<Record<string, readonly string[]>> = { sum: ['sum'], mean: ['sum', 'distinct'] };

it.each(everyPanel.filter(([, { type }]) => type === 'timeseries'))('%s has no average of averages in its legend', (_name, panel, all) => {
  const { calcs } = (panel.options as { legend: { calcs: string[] } }).legend;
  const shown = (panel.transformations ?? []).flatMap(
    (one) => (one as { options: { include?: { names: string[] } } }).options.include?.names ?? []
  );
  const names = panel.targets
    .flatMap((target) => ('panelId' in target ? (all.find(({ id }) => id === target.panelId)?.targets ?? []) : [target]))
    .flatMap((target) => (isCost(target) ? (target.metrics ?? []) : []));
  const hidden = panel.fieldConfig.overrides
    .filter(({ properties }) => properties.some(({ id, value }) => id === 'custom.hideFrom' && (value as { legend: boolean }).legend))
    .map(({ matcher }) => matcher.options);
  const inLegend = (label: string) => !hidden.includes(label) && (shown.length === 0 || shown.includes(label));
  const kinds = METRICS.filter(({ name, label }) => names.includes(name) && inLegend(label)).map(({ formula }) => formula.kind);
  for (const calc of calcs) {
    expect(kinds.filter((kind) => SUMMARIES[calc] && !SUMMARIES[calc].includes(kind))).toEqual([]);
  }
});

it('asks little: no dashboard has more than 25 queries of its own, and panels share what they can', () => {
  for (const [file, { panels }] of shipped) {
    expect([file, panels.flatMap(({ targets }) => targets.filter(isCost)).length <= 25]).toEqual([file, true]);
  }
});

describe('the filter bar', () => {
  it('is what the product promises, on every dashboard', () => {
    const promised = ['tenant', 'project', 'deployment', 'endpoint', 'provider', 'model', 'team', 'environment'];
    for (const [, { templating }] of shipped) {
      const names = templating.list.map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining([...promised, 'cost_type', 'filters', 'split']));
    }
    expect(barFilters.map(({ dimension }) => dimension)).toEqual([...promised, 'cost_type']);
  });

  it('is kept by every link to a dashboard', () => {
    const links = shipped.flatMap(([, dashboard]) => [...JSON.stringify(dashboard).matchAll(/"(\/d\/[^"]+)"/g)]);
    expect(links.length).toBeGreaterThan(10);
    for (const [, url] of links) {
      expect(url).toContain('${__url_time_range}');
      for (const name of ['tenant', 'project', 'team', 'environment', 'cost_type', 'ds']) {
        expect(url).toContain(name === 'tenant' && url!.includes('var-tenant=') ? 'var-tenant=' : `\${${name}:queryparam}`);
      }
    }
  });
});

describe('docs/screens.md', () => {
  const text = readFileSync(join(__dirname, '../../docs/screens.md'), 'utf8');
  // "${split:text}" stands for what the dashboard is divided by at first.
  const titles = (panels: readonly Panel[], split: string) =>
    within(panels).map(({ title }) => title.replace('${split:text}', split));
  const byName = new Map(
    shipped.map(([, { title, panels, templating }]) => {
      const { current } = (templating.list.find(({ name }) => name === 'split') ?? {}) as { current?: { text: string } };
      const name = title.replace('LLM Cost ', '');
      return [name[0]!.toUpperCase() + name.slice(1), titles(panels, current?.text ?? '')];
    })
  );

  it('names panels that there are', () => {
    const named = [...text.matchAll(/([A-Z][a-z ]+) › ([^;|]+?)(?=[;|]| {2}|\n| \(|,| says)/g)];
    expect(named.length).toBeGreaterThan(50);
    for (const [, dashboard, panel] of named) {
      expect(byName.get(dashboard!) ?? dashboard).toContain(panel!.trim());
    }
  });
});
