import { at, dashboard } from './dashboard';
import { filterBar } from './filterBar';
import type { GridPosition, Panel } from './model';
import { field, panel } from './panels';
import { postgresVariable, sql, sqlTable, TENANTS } from './postgres';
import { UIDS } from './uids';

/** The views hold pico-USD. */
const usd = (column: string): string => `(${column} / 1000000000000)::float8`;

/** Whether a list is set to All: budgets of a tenant without calls are in no list. */
const all = (name: 'tenant' | 'project'): string => `'\${${name}:queryparam}' LIKE '%\\_\\_all'`;

/** Budgets of the tenants and projects that are chosen, by the budget's own scope. */
const WHERE = `(${all('tenant')} OR tenant = ANY (${TENANTS})) AND (${all('project')} OR project = ANY (ARRAY[\${project:sqlstring}]::text[]))`;

const NO_BUDGET = 'No budget of these tenants and projects. Make one on the page LLM Cost → Budgets.';

/** States from the best to the worst, as they are shown. */
const STATES = [
  { name: 'ok', text: 'OK', color: 'green' },
  { name: 'warning', text: 'Warning', color: 'orange' },
  { name: 'needs_approval', text: 'Needs approval', color: 'purple' },
  { name: 'exceeded', text: 'Exceeded', color: 'red' },
  { name: 'blocked', text: 'Blocking', color: 'dark-red' },
];

const mapping = (key: (name: string, index: number) => string) => ({
  type: 'value',
  options: Object.fromEntries(STATES.map(({ name, text, color }, index) => [key(name, index), { text, color, index }])),
});

/** Columns of one width, px. */
const narrow = (width: number, ...names: readonly string[]) => names.map((name) => field(name, { 'custom.width': width }));

/** Where a row has nothing, in a table that has rows. */
const blank = (...names: readonly string[]) => names.map((name) => field(name, { noValue: '–' }));

/** The page with the budget opened; its id is the second column. */
const PAGE = { title: 'Open this budget', url: '/a/llmcost-app/budgets?budget=${__data.fields[1]:percentencode}' };

/** Every budget once; of one per run its most expensive run. */
const STATUS = `(SELECT DISTINCT ON (budget_id) * FROM public.budget_status WHERE ${WHERE} ORDER BY budget_id, ratio DESC) one`;

const states = (position: GridPosition): Panel =>
  panel(
    {
      id: 1,
      title: 'Budgets',
      description:
        'The state of every budget now, whatever the time range; a click opens it. Copy this panel into any dashboard.',
      at: position,
      noValue: NO_BUDGET,
      targets: [
        sql(`SELECT name AS "Budget", budget_id::text AS id, array_position(ARRAY[${STATES.map(({ name }) => `'${name}'`).join(', ')}], state) - 1 AS "State" FROM ${STATUS} ORDER BY ratio DESC, name LIMIT 40`),
      ],
      overrides: [field('State', { displayName: '${__data.fields[0]}', links: [PAGE] })],
    },
    {
      type: 'stat',
      options: {
        reduceOptions: { calcs: ['lastNotNull'], fields: '', values: true, limit: 40 },
        colorMode: 'background',
        graphMode: 'none',
        justifyMode: 'auto',
        orientation: 'auto',
        textMode: 'value_and_name',
        wideLayout: true,
        text: { titleSize: 13, valueSize: 18 },
      },
    },
    { unit: 'short', mappings: [mapping((_, index) => String(index))], color: { mode: 'fixed', fixedColor: 'text' } }
  );

const burnDown = panel(
  {
    id: 2,
    title: 'Burn-down',
    description:
      'The current window of each budget, whatever the time range: what is spent (line), the pace at which the limit would last exactly (dots), what is expected until the reset (dashes, with a range that held in eight of ten past cases), and the limit and thresholds with the dates on which they were or will be crossed.',
    at: at(0, 5, 24, 15),
    noValue: NO_BUDGET,
    targets: [
      sql(
        `SELECT at AS "time", name AS budget, budget_id::text AS budget_id, ${usd('spent')} AS spent, ${usd('low')} AS low, ${usd('expected')} AS expected, ${usd('high')} AS high, ${usd('"limit"')} AS "limit", window_start, window_end FROM public.budget_burn_down WHERE ${WHERE} ORDER BY name, budget_id, at, spent`
      ),
      sql(
        `SELECT budget_id::text AS budget_id, threshold::float8 AS threshold, ${usd('threshold * "limit"')} AS amount, state, crossed_at, crosses_at FROM public.budget_threshold_status WHERE run_id IS NULL AND ${WHERE} ORDER BY budget_id, threshold`,
        'table',
        'B'
      ),
    ],
  },
  { type: 'llmcost-budget-panel', options: { showIdeal: true } },
  { unit: 'currencyUSD' }
);

const status = sqlTable(
  {
    id: 3,
    title: 'Status',
    description: 'How every budget stands now, whatever the time range; of a budget per run its most expensive run of the last day.',
    at: at(0, 20, 24, 9),
    noValue: NO_BUDGET,
    targets: [
      sql(
        `SELECT name AS "Budget", budget_id::text AS id, coalesce(tenant, 'all tenants') AS "Tenant", state AS "State", ratio AS "Used", ${usd('spent')} AS "Spent", ${usd('"limit"')} AS "Limit", ${usd('remaining')} AS "Left", ${usd('committed')} AS "Reserved", period AS "Period", window_end AS "Resets", CASE WHEN period = 'run' THEN 'each run has its own' WHEN projected_end IS NULL THEN 'too early to say' ELSE to_char(projected_end / 1000000000000, 'FM$999,999,990.00') END AS "Expected at the reset", CASE WHEN projected_end IS NOT NULL THEN back_test_error END AS "Error of the estimate" FROM ${STATUS} ORDER BY ratio DESC, name`
      ),
    ],
    overrides: [
      field('Budget', { links: [PAGE] }),
      field('id', { 'custom.hidden': true }),
      field('State', { mappings: [mapping((name) => name)], 'custom.cellOptions': { type: 'color-text' } }),
      ...blank('Resets', 'Error of the estimate'),
      field('Used', { unit: 'percentunit', decimals: 1 }),
      field('Error of the estimate', { unit: 'percentunit', decimals: 1 }),
    ],
  },
  { Spent: 'currencyUSD', Limit: 'currencyUSD', Left: 'currencyUSD', Reserved: 'currencyUSD' }
);

const projections = sqlTable(
  {
    id: 4,
    title: 'Projections',
    description:
      'What the calls of each budget will cost, whatever its period: today at its end, the next 7 and the next 30 days, each with a range that held in eight of ten past cases, and how far the same estimate was off over the last 30 days.',
    at: at(0, 29, 14, 10),
    noValue: NO_BUDGET,
    targets: [
      sql(
        `SELECT name AS "Budget", budget_id::text AS id, CASE horizon WHEN 'day' THEN 'Today at its end' WHEN 'week' THEN 'Next 7 days' ELSE 'Next 30 days' END AS "Of", ${usd('expected')} AS "Expected", ${usd('low')} AS "Low", ${usd('high')} AS "High", back_test_error AS "Error, last 30 days", CASE WHEN expected IS NULL THEN 'Too early to say: ' || days || ' whole days of calls' WHEN method = 'todays_rate' THEN 'today’s rate' WHEN method = 'seven_day_average' THEN 'average of the last 7 days' ELSE 'trend of the last 30 days, with weekdays' END AS "How" FROM public.budget_outlook WHERE ${WHERE} ORDER BY name, budget_id, array_position(ARRAY['day', 'week', 'month'], horizon)`
      ),
    ],
    overrides: [
      field('Budget', { links: [PAGE] }),
      field('id', { 'custom.hidden': true }),
      field('Error, last 30 days', { unit: 'percentunit', decimals: 1 }),
      ...narrow(85, 'Expected', 'Low', 'High'),
      ...narrow(130, 'Of', 'Error, last 30 days'),
      ...blank('Expected', 'Low', 'High', 'Error, last 30 days'),
    ],
  },
  { Expected: 'currencyUSD', Low: 'currencyUSD', High: 'currencyUSD' }
);

const thresholds = sqlTable(
  {
    id: 5,
    title: 'Thresholds',
    description: 'When each threshold was crossed in the current window, or is expected to be before the reset.',
    at: at(14, 29, 10, 10),
    noValue: NO_BUDGET,
    targets: [
      sql(
        `SELECT name AS "Budget", budget_id::text AS id, threshold::float8 AS "Threshold", ${usd('threshold * "limit"')} AS "From", crossed_at AS "Crossed", crosses_at AS "Expected", CASE WHEN crossed_at IS NOT NULL THEN 'crossed' WHEN crosses_at IS NOT NULL THEN 'will be crossed' WHEN projected IS NULL THEN 'too early to say' ELSE 'not before the reset' END AS "Outlook" FROM public.budget_threshold_status WHERE run_id IS NULL AND period <> 'run' AND ${WHERE} ORDER BY name, budget_id, threshold`
      ),
    ],
    overrides: [
      field('Budget', { links: [PAGE] }),
      field('id', { 'custom.hidden': true }),
      field('Threshold', { unit: 'percentunit', 'custom.width': 90 }),
      ...narrow(85, 'From'),
      ...narrow(150, 'Crossed', 'Expected'),
      ...blank('Crossed', 'Expected'),
    ],
  },
  { From: 'currencyUSD' }
);

/** How budgets stand and where they will end. */
export const budgets = dashboard({
  uid: UIDS.budgets,
  title: 'LLM Cost budgets and forecast',
  description: 'Every budget: state, burn-down, where it ends and when thresholds are crossed, and projections with their back-test.',
  variables: filterBar('project', [postgresVariable]),
  panels: [states(at(0, 0, 24, 5)), burnDown, status, projections, thresholds],
});
