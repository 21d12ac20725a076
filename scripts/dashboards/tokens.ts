import { at, dashboard } from './dashboard';
import { filterBar } from './filterBar';
import { LINKS } from './links';
import type { Panel } from './model';
import { bars, field, fromPanel, only, plainTable, series, split, stat, table } from './panels';
import { UIDS } from './uids';

/** The panel whose one query feeds all cards. */
const CARDS = 1;
const DISTRIBUTION = 10;

const cards: Panel[] = [
  stat(
    {
      id: CARDS,
      title: 'Tokens',
      description: 'All tokens, and how many of them went in and came out. Input counts cached tokens, output counts reasoning.',
      at: at(0, 0, 10, 4),
      targets: [
        table({
          metrics: [
            'total_tokens',
            'input_tokens',
            'output_tokens',
            'reasoning_tokens',
            'total_cost',
            'cost_per_1m_tokens',
          ],
        }),
      ],
    },
    { named: true, only: 'Tokens|Input tokens|Output tokens' }
  ),
  stat(
    {
      id: 2,
      title: 'Cost',
      description: 'What these tokens cost, and what a million of them cost on average.',
      at: at(10, 0, 7, 4),
      targets: [fromPanel(CARDS)],
    },
    { named: true, only: 'Cost|Cost per 1M tokens' }
  ),
  stat(
    {
      id: 3,
      title: 'Cache',
      description: 'Input tokens that came from a cache, and what they would have cost more at the input price. A negative amount: writing to caches cost more than reading saved. Of all cost types.', at: at(17, 0, 7, 4), targets: [table({ metrics: ['cache_hit_ratio', 'cache_savings'], allCostTypes: true })],
    },
    { named: true }
  ),
];

const distribution: Panel[] = [
  split(
    {
      id: DISTRIBUTION,
      title: 'Token distribution',
      description: 'Tokens by type; they add up to all tokens. Input counts what was neither read from nor written to a cache.',
      at: at(0, 4, 12, 6),
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
      id: 11,
      title: 'Cost distribution',
      description: 'Cost by type of token, adding up to the whole cost, and what a thousand of each cost.',
      at: at(12, 4, 12, 6),
      targets: [fromPanel(DISTRIBUTION)],
      overrides: [field('Cost per 1K tokens', { displayName: 'per 1K tokens' })],
    },
    'Cost',
    [only('Cost type', 'Cost', 'Cost per 1K tokens')]
  ),
];

const trends: Panel[] = [
  bars(
    {
      id: 20,
      title: 'Cost trend by ${split:text}',
      description: 'Cost over time, divided by what “Split by” says: deployment, model, or anything else.',
      at: at(0, 10, 12, 9),
      targets: [series({ metrics: ['total_cost'], groupBy: ['$split'], limit: 10 })],
    },
    { legend: 'bottom' }
  ),
  bars(
    {
      id: 21,
      title: 'Token count trend by ${split:text}',
      description: 'Tokens over time, divided by what “Split by” says. A rise without more calls is prompts that grow.',
      at: at(12, 10, 12, 9),
      targets: [series({ metrics: ['total_tokens'], groupBy: ['$split'], limit: 10 })],
    },
    { legend: 'bottom' }
  ),
];

const cache: Panel[] = [
  bars(
    {
      id: 30,
      title: 'Cache savings and hit ratio',
      description: 'What cached input would have cost more at the input price (bars), and the part of input tokens that came from a cache (line, right axis). Of all cost types.',
      at: at(0, 19, 10, 8),
      targets: [series({ metrics: ['cache_savings', 'cache_hit_ratio'], allCostTypes: true })],
      overrides: [
        field('Cache hit ratio', {
          'custom.drawStyle': 'line',
          'custom.lineWidth': 2,
          'custom.fillOpacity': 0,
          'custom.spanNulls': true,
          'custom.stacking': { mode: 'none', group: 'B' },
          'custom.axisPlacement': 'right',
          'custom.axisSoftMax': 1,
          'custom.hideFrom': { legend: true, tooltip: false, viz: false },
        }),
      ],
    },
    { legend: 'bottom' }
  ),
  plainTable(
    {
      id: 31,
      title: 'Caches by model',
      description: 'How much of each model’s input came from a cache, and what that saved. Of all cost types.',
      at: at(10, 19, 14, 8),
      targets: [
        table({
          metrics: ['input_tokens', 'cache_read_tokens', 'cache_write_tokens', 'cache_hit_ratio', 'cache_savings'],
          groupBy: ['model'], allCostTypes: true, limit: 100,
        }),
      ],
    },
    { links: { Model: [LINKS.modelRow] }, widths: {
        Model: 200,
        ...Object.fromEntries(
          ['Input tokens', 'Cache read tokens', 'Cache write tokens', 'Cache hit ratio', 'Cache savings'].map((name) => [name, 84])
        ),
      },
    }
  ),
];

/** Where tokens go and what they cost over time. */
export const tokens = dashboard({
  uid: UIDS.tokens,
  title: 'LLM Cost token usage',
  description: 'Tokens that went in and came out, what they cost over time by deployment or model, and what caches saved.',
  variables: filterBar('deployment'),
  panels: [...cards, ...distribution, ...trends, ...cache],
});
