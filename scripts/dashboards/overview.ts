import { filterBar, filterLink } from './filterBar';
import type { Dashboard, GridPosition, Panel } from './model';
import { bars, donut, field, plainTable, series, split, stat, table } from './panels';

const UID = 'llm-cost-overview';

const at = (x: number, y: number, w: number, h: number): GridPosition => ({ x, y, w, h });

/** Rows of cards, from what was spent to what it was spent on. */
const summary: Panel[] = [
  stat({
    id: 1,
    title: 'Total spend',
    description:
      'What all calls in the time range cost, and what an average day of it costs. Calls without a known price are not part of it; a notice says how many.',
    at: at(0, 0, 5, 4),
    targets: [table({ metrics: ['total_cost'] }), table({ refId: 'B', metrics: ['total_cost'], scale: 'per_day' })],
  }),
  stat({
    id: 2,
    title: 'Tokens',
    description: 'Input and output tokens, cached and reasoning ones included, and how many on an average day.',
    at: at(5, 0, 5, 4),
    targets: [table({ metrics: ['total_tokens'] }), table({ refId: 'B', metrics: ['total_tokens'], scale: 'per_day' })],
  }),
  stat({
    id: 3,
    title: 'Calls',
    description: 'Model calls. A retry is a call of its own, because it costs money.',
    at: at(10, 0, 4, 4),
    targets: [table({ metrics: ['calls'] })],
  }),
  stat(
    {
      id: 4,
      title: 'Models',
      description: 'Different models that answered at least one call.',
      at: at(14, 0, 4, 4),
      targets: [table({ metrics: ['calls'], groupBy: ['model'], limit: 1000 })],
    },
    { calc: 'count', only: 'Calls' }
  ),
  stat(
    {
      id: 5,
      title: 'Top spender',
      description: 'The model that costs most, and its part of the whole cost.',
      at: at(18, 0, 6, 4),
      targets: [
        table({ metrics: ['total_cost'], groupBy: ['model'], limit: 1 }),
        table({ refId: 'B', metrics: ['cost_share'], groupBy: ['model'], limit: 1 }),
      ],
    },
    { first: 2 }
  ),
  stat({
    id: 6,
    title: 'Average price',
    description: 'Cost by a million and by a thousand tokens, input and output together. Unpriced tokens are left out.',
    at: at(0, 4, 6, 4),
    targets: [table({ metrics: ['cost_per_1m_tokens', 'cost_per_1k_tokens'] })],
  }),
  stat(
    {
      id: 7,
      title: 'Efficiency',
      description: 'Tokens that a dollar buys.',
      at: at(6, 4, 4, 4),
      targets: [table({ metrics: ['tokens_per_dollar'] })],
    },
    { named: true }
  ),
  stat(
    {
      id: 8,
      title: 'Today',
      description:
        'Spend since midnight, and how much it differs from yesterday until the same time. Days begin in the dashboard’s time zone; the time range is not used.',
      at: at(10, 4, 4, 4),
      targets: [
        table({ refId: 'A', metrics: ['total_cost'], window: 'yesterday_so_far' }),
        table({ refId: 'B', metrics: ['total_cost'], window: 'today' }),
      ],
      overrides: [field('total_cost', { displayName: 'Against yesterday until this time' })],
    },
    // Two rows of one column, so that the change from the first to the last can be shown.
    { named: true, change: true, transformations: [{ id: 'merge', options: {} }] }
  ),
  stat(
    {
      id: 9,
      title: 'Yesterday',
      description: 'Spend of the same part of yesterday as has passed of today. The time range is not used.',
      at: at(14, 4, 4, 4),
      targets: [table({ metrics: ['total_cost'], window: 'yesterday_so_far' })],
    },
    { named: true }
  ),
  stat({
    id: 10,
    title: 'This month',
    description:
      'Spend since the first of the month, and what the whole month costs if it goes on at the same rate. The time range is not used.',
    at: at(18, 4, 6, 4),
    targets: [
      table({ metrics: ['total_cost'], window: 'month_to_date' }),
      table({ refId: 'B', metrics: ['total_cost'], window: 'month_to_date', scale: 'projected' }),
    ],
  }),
];

const onlyModel = filterLink('Only this model', UID, 'model', '${__field.labels.model:percentencode}');
const onlyProvider = filterLink('Only this provider', UID, 'provider', '${__field.labels.provider:percentencode}');

const overTime: Panel[] = [
  bars(
    {
      id: 13,
      title: 'Model costs',
      description:
        'Spend over time, a bar for each model, and the total added up since the start of the time range (line, right axis).',
      at: at(0, 8, 24, 9),
      targets: [
        series({ metrics: ['total_cost'], groupBy: ['model'], limit: 10 }),
        series({ refId: 'B', metrics: ['cumulative_cost'] }),
      ],
      overrides: [
        field('Cumulative cost', {
          'custom.drawStyle': 'line',
          'custom.lineWidth': 2,
          'custom.fillOpacity': 0,
          'custom.spanNulls': true,
          'custom.stacking': { mode: 'none', group: 'B' },
          'custom.axisPlacement': 'right',
          'custom.hideFrom': { legend: true, tooltip: false, viz: false },
          color: { mode: 'fixed', fixedColor: 'text' },
          links: [],
        }),
      ],
    },
    { links: [onlyModel] }
  ),
];

const perDollar = field('Tokens per dollar', { displayName: 'tokens per dollar' });
const perThousand = field('Cost per 1K tokens', { displayName: 'per 1K tokens' });

const distribution: Panel[] = [
  split({
    id: 14,
    title: 'Token distribution',
    description: 'Tokens by type. Input counts what was neither read from nor written to a cache.',
    at: at(0, 17, 12, 6),
    targets: [table({ metrics: ['total_tokens', 'tokens_per_dollar'], groupBy: ['cost_type'] })],
    overrides: [perDollar],
  }),
  split({
    id: 15,
    title: 'Cost distribution',
    description:
      'Cost by type of token, and what a thousand of each cost. “Other” are fees per request, searches and the like.',
    at: at(12, 17, 12, 6),
    targets: [table({ metrics: ['total_cost', 'cost_per_1k_tokens'], groupBy: ['cost_type'] })],
    overrides: [perThousand],
  }),
];

const byWhom: Panel[] = [
  donut(
    {
      id: 16,
      title: 'Top organizations',
      description: 'Cost by tenant: the ten that cost most, and the others together.',
      at: at(0, 23, 12, 8),
      targets: [table({ metrics: ['total_cost'], groupBy: ['tenant'], limit: 10, withOther: true })],
    },
    [filterLink('Only this tenant', UID, 'tenant', '${__data.fields.Tenant:percentencode}')]
  ),
  donut(
    {
      id: 17,
      title: 'Model distribution',
      description: 'Cost by model: the ten that cost most, and the others together.',
      at: at(12, 23, 12, 8),
      targets: [table({ metrics: ['total_cost'], groupBy: ['model'], limit: 10, withOther: true })],
    },
    [filterLink('Only this model', UID, 'model', '${__data.fields.Model:percentencode}')]
  ),
  bars(
    {
      id: 18,
      title: 'Spend per provider and day',
      description: 'Cost of each day, divided by model provider. Days begin in the dashboard’s time zone.',
      at: at(0, 31, 12, 9),
      targets: [series({ metrics: ['total_cost'], groupBy: ['provider'], interval: '1d', limit: 10 })],
    },
    { legend: 'bottom', links: [onlyProvider] }
  ),
  bars(
    {
      id: 19,
      title: 'Cost by ${split:text}',
      description: 'Cost over time, divided by what “Split by” says.',
      at: at(12, 31, 12, 9),
      targets: [series({ metrics: ['total_cost'], groupBy: ['$split'], limit: 10 })],
    },
    { legend: 'bottom' }
  ),
  stat(
    {
      id: 12,
      title: 'Unpriced',
      description:
        'Calls and tokens whose price is not known. What they cost is not in any amount on this page; the table beside it says why.',
      at: at(0, 40, 6, 7),
      targets: [table({ metrics: ['unpriced_calls', 'unpriced_tokens'] })],
    },
    {
      thresholds: [
        { color: 'green', value: null },
        { color: 'orange', value: 1 },
      ],
      mappings: [{ type: 'value', options: { '0': { text: 'none', color: 'green', index: 0 } } }],
    }
  ),
  plainTable({
    id: 20,
    title: 'Calls without a price',
    description: 'Why calls have no price, and which models they used. Their cost is unknown, which is not zero.',
    at: at(6, 40, 18, 7),
    noValue: 'No calls without a price found.',
    targets: [
      table({
        metrics: ['unpriced_calls', 'unpriced_tokens'],
        groupBy: ['unpriced_reason', 'provider', 'model'],
        filters: [{ dimension: 'unpriced_reason', operator: '!=', values: ['(not set)'] }],
        limit: 50,
      }),
    ],
  }),
];

/** Spend, tokens, models and trends on one page: where everybody starts. */
export const overview: Dashboard = {
  id: null,
  uid: UID,
  title: 'LLM Cost overview',
  description: 'What language models cost: total, trend, models, organizations and providers.',
  tags: ['llm-cost'],
  schemaVersion: 42,
  version: 1,
  editable: true,
  graphTooltip: 1,
  refresh: '30s',
  timezone: 'browser',
  time: { from: 'now-30d', to: 'now' },
  timepicker: {},
  links: [
    {
      type: 'dashboards',
      title: 'LLM Cost',
      tags: ['llm-cost'],
      asDropdown: true,
      includeVars: true,
      keepTime: true,
      targetBlank: false,
      icon: 'external link',
      tooltip: 'Other dashboards about cost, with the same filters and range',
      url: '',
    },
  ],
  annotations: { list: [] },
  templating: { list: filterBar },
  panels: [...summary, ...overTime, ...distribution, ...byWhom],
};
