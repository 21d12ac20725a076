import { type CurrentUser, type PluginExtensionPanelContext, PluginExtensionPoints } from '@grafana/data';
import { locationService, setAppEvents, setCurrentUser } from '@grafana/runtime';
import { waitFor } from '@testing-library/react';
import { costSource, panelRequest, NOVEMBER } from '../testing/sources';
import { givenTemplates } from '../testing/templates';
import pluginJson from '../plugin.json';
import { ruleFormPath } from './alert';
import { newCostAlert, whyDidItChange } from './links';
import { whyOfPanel } from './why';

const TARGET = {
  refId: 'A',
  datasource: { type: 'llmcost-datasource', uid: 'cost' },
  metrics: ['total_cost', 'calls'],
  groupBy: ['model', 'tags.ticket'],
  filters: [{ dimension: 'tenant', operator: '=' as const, values: ['$tenant'] }],
  format: 'time_series' as const,
};

const context = (more: Partial<PluginExtensionPanelContext> = {}): PluginExtensionPanelContext => ({
  pluginId: 'timeseries',
  id: 13,
  title: 'Model costs',
  timeRange: { from: 'now-7d', to: 'now' },
  timeZone: 'Europe/Berlin',
  dashboard: { uid: 'llm-cost-overview', title: 'Overview', tags: [] },
  targets: [TARGET],
  scopedVars: {},
  ...more,
});

/** What the form is filled in with. */
function form(given: PluginExtensionPanelContext) {
  const path = ruleFormPath(given);
  const defaults = new URLSearchParams(path?.split('?')[1]).get('defaults');
  return JSON.parse(defaults ?? 'null') as {
    name: string;
    condition: string;
    queries: Array<{
      refId: string;
      datasourceUid: string;
      relativeTimeRange?: unknown;
      model: Record<string, unknown>;
    }>;
    annotations: Array<{ key: string; value: string }>;
    labels: unknown;
  };
}

const user = { permissions: {} } as CurrentUser;
const permit = (permissions: Record<string, boolean>) => void Object.assign(user, { permissions });

beforeAll(() => setCurrentUser(user));
beforeEach(() => {
  costSource();
  givenTemplates({ tenant: { value: ['acme', 'globex'] } });
  permit({ 'alert.rules:create': true });
});

it('are declared in plugin.json as they are, and short enough for a menu', () => {
  const links = [newCostAlert, whyDidItChange];
  expect(pluginJson.extensions.addedLinks).toEqual(
    links.map(({ title, description, targets }) => ({ title, description, targets }))
  );
  for (const { title, targets } of links) {
    expect(targets).toEqual([PluginExtensionPoints.DashboardPanelMenu]);
    expect(title.length).toBeLessThanOrEqual(25);
  }
});

describe('the form', () => {
  it('asks PostgreSQL for one number for each group, in the range of the panel', () => {
    const { queries, condition } = form(context());
    const [query, reduce, threshold] = queries;
    expect(condition).toBe('C');
    expect(query).toMatchObject({ refId: 'A', datasourceUid: 'pg', relativeTimeRange: { from: 604_800, to: 0 } });
    expect(query.model).toMatchObject({ rawQuery: true, editorMode: 'code', format: 'table' });
    const sql = query.model.rawSql as string;
    expect(sql).toContain('$__timeFrom()::timestamptz');
    expect(sql).toContain("tenant IN ('acme', 'globex')");
    // Two texts and one number: anything else is no table of numbers to Grafana.
    expect(sql).toMatch(/AS "model",.*AS "tags.ticket",.*AS "total_cost" FROM/);
    expect(sql).not.toContain('unpriced');
    expect(sql).not.toContain('"calls"');
    expect([reduce.model.type, threshold.model.type]).toEqual(['reduce', 'threshold']);
  });

  it('leads back to the panel, and tells groups by their names, dots included', () => {
    const { annotations, name } = form(context());
    expect(name).toBe('Model costs above threshold');
    expect(Object.fromEntries(annotations.map(({ key, value }) => [key, value]))).toEqual({
      __dashboardUid__: 'llm-cost-overview',
      __panelId__: '13',
      summary:
        'Cost of Model {{ index $labels "model" }}, ticket {{ index $labels "tags.ticket" }} is {{ $values.B.Value }} USD',
    });
  });

  it('keeps a calendar window, in the time zone of the dashboard', () => {
    const sql = form(context({ targets: [{ ...TARGET, window: 'today' } as never] })).queries[0].model.rawSql;
    expect(sql).toContain("AT TIME ZONE 'Europe/Berlin'");
  });

  it('holds the ad-hoc filters that the panel was drawn with', () => {
    const request = panelRequest([TARGET], { filters: [{ key: 'team', operator: '=', value: 'core' }] });
    const data = { state: 'Done' as never, series: [], timeRange: NOVEMBER, request };
    expect(form(context({ data })).queries[0].model.rawSql).toContain("team IN ('core')");
  });

  it('finds the query where only the panel names its data source', () => {
    const data = { state: 'Done' as never, series: [], timeRange: NOVEMBER, request: panelRequest([TARGET]) };
    expect(form(context({ targets: [{ refId: 'A' }], data }))).not.toBeNull();
  });
});

describe('the link', () => {
  const configured = (given?: PluginExtensionPanelContext) => newCostAlert.configure?.(given);

  it('is there for those who may make rules', () => {
    expect(configured(context())).toEqual({ icon: 'bell' });
    permit({});
    expect(configured(context())).toBeUndefined();
  });

  it('is not there where there is nothing to alert on', () => {
    expect(configured()).toBeUndefined();
    expect(
      configured(context({ targets: [{ refId: 'A', datasource: { type: 'prometheus', uid: 'prom' } }] }))
    ).toBeUndefined();
    expect(configured(context({ targets: [{ ...TARGET, metrics: [] } as never] }))).toBeUndefined();
    expect(configured(context({ targets: [{ ...TARGET, sql: 'SELECT 1' } as never] }))).toBeUndefined();
    expect(configured(context({ targets: [{ ...TARGET, reference: 'budgets' } as never] }))).toBeUndefined();
  });

  it('opens the form', async () => {
    const push = jest.spyOn(locationService, 'push').mockImplementation();
    newCostAlert.onClick?.(undefined, { context: context() } as never);
    await waitFor(() => expect(push).toHaveBeenCalledWith(expect.stringMatching(/^\/alerting\/new\?defaults=%7B/)));
    push.mockRestore();
  });

  it.each([
    ['can’t be answered', { metrics: ['retry_cost'], groupBy: ['cost_type'] }, /cost_type|cost type/],
    ['has no number', { metrics: ['top_model'] }, /None of its metrics is a number/],
  ])('says so of a query that %s', async (_what, query, why) => {
    const told: unknown[] = [];
    setAppEvents({ publish: ({ payload }: { payload: unknown }) => told.push(payload) } as never);
    const push = jest.spyOn(locationService, 'push').mockImplementation();
    newCostAlert.onClick?.(undefined, { context: context({ targets: [{ ...TARGET, ...query }] }) } as never);
    await waitFor(() => expect(told).toEqual([['No alert can be made of this panel', expect.stringMatching(why)]]));
    expect(push).not.toHaveBeenCalled();
    push.mockRestore();
  });
});

describe('"Why did it change?"', () => {
  const data = (filters: object[]) =>
    ({
      state: 'Done',
      series: [],
      timeRange: NOVEMBER,
      request: panelRequest([TARGET], { filters } as never),
    }) as never;

  it('takes the time of the panel and its filters, with what the variables stand for', () => {
    const path = whyOfPanel(context({ data: data([{ key: 'team', operator: '=', value: 'core' }]) }), TARGET);
    const { searchParams, pathname } = new URL(path, 'http://grafana');
    expect(pathname).toBe('/a/llmcost-app/why');
    expect([searchParams.get('from'), searchParams.get('to')]).toEqual(['now-7d', 'now']);
    expect(searchParams.getAll('filter')).toEqual(['tenant|=|acme|globex', 'team|=|core']);
  });

  it('is on every panel with a cost query, for those who may not make rules too', () => {
    permit({});
    expect(whyDidItChange.configure?.(context())).toEqual({ icon: 'question-circle' });
    expect(
      whyDidItChange.configure?.(
        context({ targets: [{ refId: 'A', datasource: { type: 'prometheus', uid: 'prom' } }] })
      )
    ).toBeUndefined();
  });

  it('opens the page', async () => {
    const push = jest.spyOn(locationService, 'push').mockImplementation();
    whyDidItChange.onClick?.(undefined, { context: context() } as never);
    await waitFor(() =>
      expect(push).toHaveBeenCalledWith(expect.stringMatching(/^\/a\/llmcost-app\/why\?from=now-7d/))
    );
    push.mockRestore();
  });
});
