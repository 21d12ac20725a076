import { at, dashboard } from './dashboard';
import { adHocLink, filterBar } from './filterBar';
import { inRow, LINKS } from './links';
import type { Panel } from './model';
import { bars, COMPONENTS, field, fromPanel, insights, leaderboard, named, only, plainTable, series, stat, table } from './panels';
import { UIDS } from './uids';

/** The panel whose one query feeds the cards and a part of the recommendations. */
const LIST = 20;

const cards: Panel[] = [
  stat(
    {
      id: 1,
      title: 'Total',
      description: 'What all models cost together; the same as the total of the list below.',
      at: at(0, 0, 5, 4),
      targets: [fromPanel(LIST)],
    },
    { calc: 'sum', only: 'Cost' }
  ),
  stat(
    {
      id: 2,
      title: 'Concentration',
      description: 'The largest model’s part of the cost. 100% means that everything runs on one model.',
      at: at(5, 0, 6, 4),
      targets: [fromPanel(LIST)],
    },
    { calc: 'max', only: 'Share of cost' }
  ),
  stat(
    {
      id: 3,
      title: 'Top',
      description: 'The model that costs most.',
      at: at(11, 0, 6, 4),
      targets: [fromPanel(LIST)],
      overrides: [named('Cost')],
    },
    { first: 1, transformations: [only('Model', 'Cost')] }
  ),
  stat(
    {
      id: 4,
      title: 'Average per model',
      description: 'The whole cost by the number of models that have a price.',
      at: at(17, 0, 7, 4),
      targets: [fromPanel(LIST)],
    },
    { calc: 'mean', only: 'Cost' }
  ),
];

const recommendations = insights({
  id: 5,
  title: 'Recommendations',
  description:
    'Rules over the range: a single or dominating model, a cheaper model that does the same work as well, unused caches, one user who dominates, calls without a price. Each says how it was worked out.',
  at: at(0, 4, 24, 9),
  targets: [
    table({
      metrics: ['total_cost', 'calls', 'unpriced_calls', 'input_tokens', 'cache_read_tokens', 'input_cost', 'cache_read_cost'],
      groupBy: ['model'],
    }),
    table({
      refId: 'B',
      metrics: ['total_cost', 'calls', 'success_ratio', 'input_tokens', 'output_tokens', ...COMPONENTS.slice(0, 4)],
      // The same agent and operation of the same feature: an embedding is not the work of a chat.
      groupBy: ['feature', 'agent', 'operation', 'model'],
      limit: 300,
    }),
    table({ refId: 'C', metrics: ['total_cost'], groupBy: ['user_id'], limit: 3 }),
  ],
});

const overTime: Panel[] = [
  bars(
    {
      id: 10,
      title: 'Usage trend',
      description: 'Cost over time by model.',
      at: at(0, 13, 10, 11),
      targets: [series({ metrics: ['total_cost'], groupBy: ['model'], limit: 10 })],
    },
    { draw: 'area', legend: 'bottom', links: [LINKS.modelSeries] }
  ),
  leaderboard(
    {
      id: LIST,
      title: 'Model list',
      description: 'Every model by what it cost, with its part of the whole.',
      at: at(10, 13, 14, 11),
      targets: [
        table({
          metrics: ['total_cost', 'cost_share', 'calls', 'total_tokens', ...COMPONENTS],
          groupBy: ['model'],
        }),
      ],
    },
    {
      columns: ['calls', 'total_tokens'],
      links: [LINKS.modelRow, adHocLink('Calls of this model', UIDS.calls, 'model', inRow('model'))],
    }
  ),
];

const comparison: Panel[] = [
  plainTable(
    {
      id: 30,
      title: 'Model comparison',
      description: 'What models cost for the same: a million tokens, a call, a success; how fast they are and how often they fail.',
      at: at(0, 24, 24, 9),
      noValue: 'No calls in this time range with these filters.',
      targets: [
        table({
          metrics: [
            'total_cost',
            'cost_per_1m_tokens',
            'cost_per_call',
            'cost_per_success',
            'error_ratio',
            'cache_hit_ratio',
          ],
          groupBy: ['model'],
          limit: 100,
        }),
        table({
          refId: 'B',
          metrics: ['duration_p50', 'duration_p95', 'time_to_first_token_p95'],
          groupBy: ['model'],
          limit: 100,
        }),
      ],
      overrides: [
        ...['Cost per 1M tokens', 'Cost per call', 'Cost per success', 'Error ratio', 'Cache hit ratio', 'Duration, median', 'Duration, P95', 'Time to first token, P95'].map((name) =>
          field(name, { noValue: '–' })
        ),
      ],
    },
    { links: { Model: [LINKS.modelRow] }, widths: { Model: 220 }, transformations: [{ id: 'joinByField', options: { byField: 'Model', mode: 'outer' } }] }
  ),
  plainTable(
    {
      id: 40,
      title: 'Price reference',
      description:
        'What a million tokens cost by the price book as it holds now, the models of these calls first. Dated prices, long-context tiers and service tiers are on the page Prices.',
      at: at(0, 33, 24, 10),
      noValue: '–',
      targets: [table({ reference: 'prices' })],
    },
    { widths: { Model: 260 }, unit: 'currencyUSD' }
  ),
];

/** Which models cost what, how they compare, and what could be done about it. */
export const models = dashboard({
  uid: UIDS.models,
  title: 'LLM Cost model analytics',
  description: 'Cost by model: concentration, trend, ranking, comparison, and recommendations with their arithmetic.',
  variables: filterBar('feature'),
  panels: [...cards, recommendations, ...overTime, ...comparison],
});
