import { givenTemplates } from '../../testing/templates';
import type { LlmCostQuery } from '../types';
import { type QueryContext, toCostQuery, zoneName } from './toCostQuery';

const WEEK = { from: Date.parse('2026-11-01T00:00:00Z'), to: Date.parse('2026-11-08T00:00:00Z') };
const context = (more: Partial<QueryContext> = {}): QueryContext => ({
  range: WEEK,
  now: WEEK.to,
  intervalMs: 3_600_000,
  timeZone: 'utc',
  scopedVars: {},
  ...more,
});
const query = (more: Partial<LlmCostQuery> = {}): LlmCostQuery => ({ refId: 'A', metrics: ['total_cost'], ...more });

beforeEach(() =>
  givenTemplates({
    tenant: { value: ['acme', 'globex'] },
    project: { value: ['x', 'y'], all: true },
    split: { value: 'agent' },
    no_split: { value: 'none' },
    model: { value: 'gpt-4.1' },
    width: { value: '6h' },
  })
);

describe('defaults', () => {
  it('a time series has an automatic interval and the ten largest series with the rest as Other', () => {
    expect(toCostQuery(query({ groupBy: ['model'] }), context())).toEqual({
      from: '2026-11-01T00:00:00.000Z',
      to: '2026-11-08T00:00:00.000Z',
      metrics: ['total_cost'],
      group_by: ['model'],
      filters: [],
      interval: '1h',
      time_zone: 'UTC',
      order_by: undefined,
      direction: 'desc',
      limit: 10,
      with_other: true,
    });
  });

  it('a table has one row for each group, a thousand at most, and no Other', () => {
    const { interval, limit, with_other } = toCostQuery(query({ groupBy: ['model'], format: 'table' }), context());
    expect({ interval, limit, with_other }).toEqual({ interval: undefined, limit: 1000, with_other: false });
  });

  it('a total has no limit', () => {
    const { limit, with_other } = toCostQuery(query({ limit: 5, withOther: true }), context());
    expect({ limit, with_other }).toEqual({ limit: undefined, with_other: false });
  });
});

describe('the interval', () => {
  const interval = (more: Partial<LlmCostQuery>, where: Partial<QueryContext>) =>
    toCostQuery(query(more), context(where)).interval;
  const hours = (count: number) => ({ from: WEEK.from, to: WEEK.from + count * 3_600_000 });

  it('follows the panel', () => {
    expect(interval({}, { range: hours(3), intervalMs: 20_000 })).toBe('30s');
    expect(interval({}, { intervalMs: 40_000_000 })).toBe('1d');
  });

  it('is an hour at least over more than two days, which is what rollups hold', () => {
    expect(interval({}, { range: hours(48), intervalMs: 60_000 })).toBe('1m');
    expect(interval({}, { range: hours(49), intervalMs: 60_000 })).toBe('1h');
  });

  it('can be fixed, or be a variable', () => {
    expect(interval({ interval: '1d' }, {})).toBe('1d');
    expect(interval({ interval: '$width' }, {})).toBe('6h');
  });

  it('can be asked for in a table, and cannot be left out of a time series', () => {
    expect(interval({ format: 'table', interval: 'auto' }, {})).toBe('1h');
    expect(interval({ interval: 'none' }, {})).toBe('1h');
  });
});

describe('filters', () => {
  const filters = (...list: NonNullable<LlmCostQuery['filters']>) =>
    toCostQuery(query({ filters: list }), context()).filters;

  it('hold every value of a variable', () => {
    expect(filters({ dimension: 'tenant', operator: '=', values: ['$tenant', 'initech'] })).toEqual([
      { dimension: 'tenant', operator: '=', values: ['acme', 'globex', 'initech'] },
    ]);
  });

  it('are left out for All, and while they are only begun', () => {
    expect(
      filters(
        { dimension: 'project', operator: '=', values: ['$project'] },
        { dimension: '', operator: '=', values: ['x'] },
        { dimension: 'model', operator: '=', values: [] }
      )
    ).toEqual([]);
  });

  it('escape the values of variables in patterns, and nothing else', () => {
    expect(filters({ dimension: 'model', operator: '=~', values: ['^$model$', 'gpt-.*'] })).toEqual([
      { dimension: 'model', operator: '=~', values: ['^gpt-4\\.1$', 'gpt-.*'] },
    ]);
  });

  it('go together with ad-hoc filters, whose values are never taken for variables', () => {
    const adHoc = [{ key: 'team', operator: '=', value: '$tenant' }];
    expect(toCostQuery(query(), context({ adHoc })).filters).toEqual([
      { dimension: 'team', operator: '=', values: ['$tenant'] },
    ]);
  });

  it('refuse an ad-hoc filter that cannot be applied', () => {
    const adHoc = [{ key: 'team', operator: '<', value: 'x' }];
    expect(() => toCostQuery(query(), context({ adHoc }))).toThrow(/Team is text/);
  });
});

describe('names', () => {
  it('can be variables; "none" stands for no group', () => {
    expect(toCostQuery(query({ groupBy: ['$split', '$no_split'] }), context()).group_by).toEqual(['agent']);
  });

  it('that are unknown are refused with the nearest known one', () => {
    expect(() => toCostQuery(query({ metrics: ['total_costs'] }), context())).toThrow(
      /nearest known one is "total_cost"/
    );
  });
});

describe('the time zone', () => {
  it("is the dashboard's unless the query has one", () => {
    expect(toCostQuery(query(), context({ timeZone: 'Europe/Berlin' })).time_zone).toBe('Europe/Berlin');
    expect(toCostQuery(query({ timeZone: 'Asia/Tokyo' }), context({ timeZone: 'Europe/Berlin' })).time_zone).toBe(
      'Asia/Tokyo'
    );
  });

  it("is the browser's where Grafana says so", () => {
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
    expect([zoneName('browser'), zoneName(''), zoneName(undefined), zoneName('utc')]).toEqual([own, own, own, 'UTC']);
  });
});
