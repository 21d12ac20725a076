import { changeField, changeSteps } from './change';
import { at, dashboard } from './dashboard';
import { LINKS } from './links';
import type { Panel } from './model';
import { bars, collapsedRow, field, fromPanel, leaderboard, only, plainTable, series, split, stat, table, why } from './panels';
import { UIDS } from './uids';

const TODAYS_CHANGE = 'against yesterday until this time';

/** Rows of cards, from what was spent to what it was spent on. Wide enough for their titles beside an open menu at 1280 px. */
const summary: Panel[] = [
  stat({
    id: 1,
    title: 'Total spend',
    description:
      'What all calls in the time range cost, and what an average day of it costs. Calls without a known price are not part of it; a notice says how many.',
    at: at(0, 0, 6, 4),
    targets: [table({ metrics: ['total_cost'] }), table({ refId: 'B', metrics: ['total_cost'], scale: 'per_day' })],
  }),
  stat({
    id: 2,
    title: 'Tokens',
    description: 'Input and output tokens, cached and reasoning ones included, and how many on an average day.',
    at: at(0, 4, 6, 4),
    targets: [table({ metrics: ['total_tokens'] }), table({ refId: 'B', metrics: ['total_tokens'], scale: 'per_day' })],
  }),
  stat({
    id: 3,
    title: 'Calls',
    description: 'Model calls. A retry is a call of its own, because it costs money.',
    at: at(20, 8, 4, 4),
    targets: [table({ metrics: ['calls'] })],
  }),
  stat(
    {
      id: 4,
      title: 'Models',
      description: 'Different models that answered at least one call.',
      at: at(20, 12, 4, 5),
      targets: [table({ metrics: ['calls'], groupBy: ['model'], limit: 10_000 })],
    },
    { calc: 'count', only: 'Calls' }
  ),
  stat(
    {
      id: 5,
      title: 'Top spender',
      description: 'The model that costs most, and its part of the whole cost.',
      at: at(18, 4, 6, 4),
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
    at: at(6, 4, 6, 4),
    targets: [table({ metrics: ['cost_per_1m_tokens', 'cost_per_1k_tokens'] })],
  }, { size: 18 }),
  stat(
    {
      id: 7,
      title: 'Efficiency',
      description: 'Tokens that a dollar buys.',
      at: at(12, 4, 6, 4),
      targets: [table({ metrics: ['tokens_per_dollar'] })],
    },
    { named: true }
  ),
  stat(
    {
      id: 8,
      title: 'Today',
      description:
        'Spend since midnight, and how much it differs from yesterday until the same time; a dash where nothing was spent until then. Days begin in the dashboard’s time zone; the time range is not used.',
      at: at(6, 0, 6, 4),
      targets: [
        table({ refId: 'A', metrics: ['total_cost'], window: 'today' }),
        table({ refId: 'B', metrics: ['total_cost'], window: 'yesterday_so_far' }),
      ],
      overrides: [changeField(TODAYS_CHANGE)],
    },
    {
      named: true,
      only: `Cost today|${TODAYS_CHANGE}`,
      thresholds: [{ color: 'text', value: null }],
      transformations: changeSteps(TODAYS_CHANGE, 'Cost today', 'Cost yesterday until this time'),
    }
  ),
  stat(
    {
      id: 9,
      title: 'Yesterday',
      description: 'Spend of the same part of yesterday as has passed of today. The time range is not used.',
      at: at(12, 0, 6, 4),
      targets: [table({ metrics: ['total_cost'], window: 'yesterday_so_far' })],
    },
    { named: true }
  ),
  stat({
    id: 10,
    title: 'This month',
    description:
      'Spend since the first of the month, and what the whole month costs if it goes on at the same rate. The time range is not used.',
    at: at(18, 0, 6, 4),
    targets: [
      table({ metrics: ['total_cost'], window: 'month_to_date' }),
      table({ refId: 'B', metrics: ['total_cost'], window: 'month_to_date', scale: 'projected' }),
    ],
  }, { size: 20 }),
];

const overTime: Panel[] = [
  bars(
    {
      id: 13,
      title: 'Model costs',
      description:
        'Spend over time, a bar for each model, and the total added up since the start of the time range (line, right axis).',
      at: at(0, 8, 20, 9),
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
    { links: [LINKS.modelSeries] }
  ),
];

const DISTRIBUTION = 14;

const distribution: Panel[] = [
  split(
    {
      id: DISTRIBUTION,
      title: 'Token distribution',
      description: 'Tokens by type. Input counts what was neither read from nor written to a cache.',
      at: at(0, 17, 12, 7),
      targets: [
        table({
          metrics: ['total_tokens', 'tokens_per_dollar', 'total_cost', 'cost_per_1k_tokens'],
          groupBy: ['cost_type'],
        }),
      ],
      overrides: [field('Tokens per dollar', { displayName: 'tokens per dollar' })],
    },
    'Tokens',
    [only('Cost type', 'Tokens', 'Tokens per dollar')]
  ),
  split(
    {
      id: 15,
      title: 'Cost distribution',
      description:
        'Cost by type of token, and what a thousand of each cost. “Other” are fees per request, searches and the like.',
      at: at(12, 17, 12, 7),
      targets: [fromPanel(DISTRIBUTION)],
      overrides: [field('Cost per 1K tokens', { displayName: 'per 1K tokens' })],
    },
    'Cost',
    [only('Cost type', 'Cost', 'Cost per 1K tokens')]
  ),
];

const byWhom: Panel[] = [
  leaderboard(
    {
      id: 16,
      title: 'Top organizations',
      description: 'Cost by tenant: the ten that cost most, and the others together. The ring’s middle is the total.',
      at: at(0, 24, 12, 11),
      targets: [
        table({
          metrics: ['total_cost', 'calls', 'total_tokens'],
          groupBy: ['tenant'],
          limit: 10,
          withOther: true,
        }),
      ],
    },
    { links: [LINKS.tenantRow], showSplit: false }
  ),
  leaderboard(
    {
      id: 17,
      title: 'Model distribution',
      description: 'Cost by model: the ten that cost most, and the others together. The ring’s middle is the total.',
      at: at(12, 24, 12, 11),
      targets: [
        table({
          metrics: ['total_cost', 'calls', 'total_tokens'],
          groupBy: ['model'],
          limit: 10,
          withOther: true,
        }),
      ],
    },
    { links: [LINKS.modelRow], showSplit: false }
  ),
  bars(
    {
      id: 18,
      title: 'Spend per provider and day',
      description: 'Cost of each day, divided by model provider. Days begin in the dashboard’s time zone.',
      at: at(0, 35, 12, 9),
      targets: [series({ metrics: ['total_cost'], groupBy: ['provider'], interval: '1d', limit: 10 })],
    },
    { legend: 'bottom', links: [LINKS.providerSeries] }
  ),
  bars(
    {
      id: 19,
      title: 'Cost by ${split:text}',
      description: 'Cost over time, divided by what “Split by” says.',
      at: at(12, 35, 12, 9),
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
      at: at(0, 44, 6, 7),
      targets: [table({ metrics: ['unpriced_calls', 'unpriced_tokens'] })],
    },
    {
      thresholds: [
        { color: 'green', value: null },
        { color: 'dark-orange', value: 1 },
      ],
      mappings: [{ type: 'value', options: { '0': { text: 'none', color: 'green', index: 0 } } }],
    }
  ),
  plainTable({
    id: 20,
    title: 'Calls without a price',
    description: 'Why calls have no price, and which models they used. Their cost is unknown, which is not zero.',
    at: at(6, 44, 18, 7),
    noValue: 'No calls without a price found.',
    targets: [
      table({
        metrics: ['unpriced_calls', 'unpriced_tokens'],
        groupBy: ['unpriced_reason', 'provider', 'model'],
        filters: [{ dimension: 'unpriced_reason', operator: '!=', values: ['(not set)'] }],
        limit: 50,
      }),
    ],
  }, { widths: { 'Unpriced reason': 170, Provider: 130, 'Unpriced calls': 120, 'Unpriced tokens': 130 } }),
];

/** Asked when it is opened: it compares two periods by everything that could explain them. */
const explained = collapsedRow(21, 'Why did it change?', 51, [
  why({
    id: 22,
    title: 'This time range and the period before',
    description:
      'What made the cost differ from the period of the same length right before: the parts add up to the difference exactly. “Open as a page” leads to other periods.',
    at: at(0, 52, 24, 15),
    targets: [table({ metrics: ['total_cost'] })],
  }),
]);

/** Spend, tokens, models and trends on one page: where everybody starts. */
export const overview = dashboard({
  uid: UIDS.overview,
  title: 'LLM Cost overview',
  description: 'What language models cost: total, trend, models, organizations and providers.',
  panels: [...summary, ...overTime, ...distribution, ...byWhom, explained],
});
