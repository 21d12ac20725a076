import { givenTemplates } from '../../testing/templates';
import type { LlmCostQuery } from '../types';
import type { QueryContext } from './toCostQuery';
import { compileForLater, compileForPanel } from './toPostgres';

const DAY = 86_400_000;
const now = Date.parse('2026-11-10T00:00:00Z');
const context: QueryContext = {
  range: { from: now - 10 * DAY, to: now },
  now,
  intervalMs: 3_600_000,
  timeZone: 'utc',
  scopedVars: {},
};
const total = (more: Partial<LlmCostQuery> = {}): LlmCostQuery => ({
  refId: 'A',
  metrics: ['total_cost'],
  format: 'table',
  ...more,
});
const names = (query: LlmCostQuery) => compileForPanel(query, context).compiled.columns.map(({ name }) => name);

beforeEach(() => givenTemplates({ wild: { value: ["'; DROP TABLE x; --", '$__timeFilter(time)', '[[tenant]]'] } }));

describe('what costs leave out', () => {
  it('is counted along with every cost', () => {
    expect(names(total())).toEqual(['total_cost', 'unpriced_calls']);
    expect(names(total({ metrics: ['calls', 'tokens_per_dollar'] }))).toContain('unpriced_calls');
    expect(names(total({ metrics: ['cost_share'], groupBy: ['model'] }))).toContain('unpriced_calls');
  });

  it('is counted in tokens by cost type, because a call is not of one type', () => {
    expect(names(total({ groupBy: ['cost_type'] }))).toEqual(['cost_type', 'total_cost', 'unpriced_tokens']);
  });

  it('is not counted where no cost is shown, or where it is shown itself', () => {
    expect(names(total({ metrics: ['calls', 'total_tokens'] }))).toEqual(['calls', 'total_tokens']);
    expect(names(total({ metrics: ['total_cost', 'unpriced_tokens'] }))).toEqual(['total_cost', 'unpriced_tokens']);
  });
});

describe('scaled sums', () => {
  const sql = (more: Partial<LlmCostQuery>) => compileForPanel(total(more), context).compiled.sql;

  it('per day divides by the days of the range', () => {
    expect(sql({ scale: 'per_day' })).toContain('grouped.total_cost * (86400000 / 864000000.0)');
  });

  it('projected goes to the end of the month', () => {
    // Nine of November's thirty days have passed.
    expect(sql({ scale: 'projected', window: 'month_to_date' })).toContain(`* (${30 * DAY} / ${9 * DAY}.0)`);
  });

  it('leaves ratios and a range that is over alone', () => {
    expect(sql({ scale: 'per_day', metrics: ['cost_per_call'] })).not.toContain('86400000');
    expect(sql({ scale: 'projected' })).not.toContain('* (');
    expect(sql({ scale: 'total' })).not.toContain('* (');
  });

  it('leaves time series alone: each point is a sum of its own', () => {
    expect(sql({ scale: 'per_day', format: 'time_series' })).not.toContain('86400000 /');
  });
});

describe('for rules and expressions', () => {
  const later = (more: Partial<LlmCostQuery> = {}) => compileForLater(total(more), context).sql;

  it("the range is Grafana's to fill in", () => {
    expect(later()).toContain('$__timeFrom()::timestamptz');
    expect(later()).not.toContain('2026-');
  });

  it('calendar windows follow the clock of the database in the zone', () => {
    const sql = later({ window: 'today', timeZone: 'Europe/Berlin' });
    expect(sql).toContain("date_trunc('day', now() AT TIME ZONE 'Europe/Berlin')");
    expect(sql).not.toContain('$__');
  });

  it('the factor is computed when it runs', () => {
    expect(later({ scale: 'per_day' })).toContain(
      '(86400.0 / nullif(extract(epoch FROM ($__timeTo()::timestamptz - $__timeFrom()::timestamptz)), 0))'
    );
  });
});

it("a value of a variable reaches neither SQL, nor the template pass, nor Grafana's macros", () => {
  const filters = [{ dimension: 'tenant', operator: '=' as const, values: ['$wild'] }];
  const { sql } = compileForPanel(total({ filters }), context).compiled;
  expect(sql).toContain("'''; DROP TABLE x; --'");
  expect(sql).toContain("E'\\x24__timeFilter(time)'");
  expect(sql).not.toMatch(/\$|\[\[/);
});
