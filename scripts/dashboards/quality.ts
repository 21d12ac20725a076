import { at, dashboard } from './dashboard';
import { filterBar } from './filterBar';
import { LINKS } from './links';
import type { Panel } from './model';
import { bars, collapsedRow, field, leaderboard, plainTable, series, stat, table } from './panels';
import { prometheusSeries, prometheusVariable } from './prometheus';
import { UIDS } from './uids';

const warn = [
  { color: 'green', value: null },
  { color: 'dark-orange', value: 1 },
];

const cards: Panel[] = [
  stat(
    {
      id: 1,
      title: 'Unpriced',
      description: 'Calls and tokens whose price is not known. What they cost is in no amount on any screen.',
      at: at(0, 0, 10, 4),
      targets: [table({ metrics: ['unpriced_calls', 'unpriced_tokens'] })],
    },
    {
      thresholds: warn,
      mappings: [{ type: 'value', options: { '0': { text: 'none', color: 'green', index: 0 } } }],
    }
  ),
  stat(
    {
      id: 2,
      title: 'Arrival',
      description:
        'How long after their end calls were stored (95th percentile), and how many came more than an hour late. They are priced and counted at their own time all the same. Calls that were repriced count from then.',
      at: at(10, 0, 14, 4),
      targets: [table({ metrics: ['arrival_delay_p95', 'late_calls', 'ended_at'] })],
      overrides: [field('Ended', { displayName: 'Last call' })],
    },
    { named: true }
  ),
];

const unpriced: Panel[] = [
  bars(
    {
      id: 10,
      title: 'Unpriced calls by reason',
      description: 'Calls without a price over time, by why they have none.',
      at: at(0, 4, 10, 8),
      targets: [
        series({
          metrics: ['unpriced_calls'],
          groupBy: ['unpriced_reason'],
          filters: [{ dimension: 'unpriced_reason', operator: '!=', values: ['(not set)'] }],
        }),
      ],
      noValue: 'Every call has a price.',
    },
    { legend: 'bottom' }
  ),
  plainTable(
    {
      id: 11,
      title: 'Calls without a price',
      description: 'Why calls have no price, and which models they used. Add prices for these models, then reprice.',
      at: at(10, 4, 14, 8),
      noValue: 'Every call has a price.',
      targets: [
        table({
          metrics: ['unpriced_calls', 'unpriced_tokens'],
          groupBy: ['unpriced_reason', 'provider', 'model'],
          filters: [{ dimension: 'unpriced_reason', operator: '!=', values: ['(not set)'] }],
          limit: 100,
        }),
      ],
    },
    {
      links: { 'Unpriced reason': [LINKS.unpricedRow] },
      widths: { 'Unpriced reason': 150, Provider: 110, 'Unpriced calls': 90, 'Unpriced tokens': 90 },
    }
  ),
];

const sources: Panel[] = [
  leaderboard(
    {
      id: 20,
      title: 'Usage by quality',
      description:
        'How well usage is known: exact; without cache detail (the client reports no cached tokens); estimated tokens; no usage at all.',
      at: at(0, 12, 12, 9),
      targets: [table({ metrics: ['calls', 'total_tokens', 'total_cost'], groupBy: ['quality'] })],
    },
    {}
  ),
  leaderboard(
    {
      id: 21,
      title: 'Calls by source',
      description: 'Which receivers and instrumentations report calls, and how many of those have no price.',
      at: at(12, 12, 12, 9),
      targets: [
        table({ metrics: ['calls', 'unpriced_calls', 'total_cost'], groupBy: ['source'], limit: 20, withOther: true }),
      ],
    },
    {}
  ),
  bars(
    {
      id: 22,
      title: 'Late calls and arrival delay',
      description: 'Calls that were stored more than an hour after their end (bars), and the 95th percentile of the delay (line, right axis).',
      at: at(0, 21, 12, 8),
      targets: [series({ metrics: ['late_calls', 'arrival_delay_p95'] })],
      overrides: [
        field('Arrival delay, P95', {
          'custom.drawStyle': 'line',
          'custom.lineWidth': 2,
          'custom.fillOpacity': 0,
          'custom.spanNulls': true,
          'custom.stacking': { mode: 'none', group: 'B' },
          'custom.axisPlacement': 'right',
          'custom.hideFrom': { legend: true, tooltip: false, viz: false },
        }),
      ],
    },
    { legend: 'bottom' }
  ),
  plainTable({
    id: 23,
    title: 'Calls without a project',
    description: 'Services whose calls name no project, so that nobody can be charged. Set llmcost.project there, or map an attribute of theirs.',
    at: at(12, 21, 12, 8),
    noValue: 'Every call names its project.',
    targets: [
      table({
        metrics: ['calls', 'total_cost'],
        groupBy: ['service', 'source'],
        filters: [{ dimension: 'project', operator: '=', values: ['unknown'] }],
        limit: 50,
      }),
    ],
  }),
];

const collector = collapsedRow(30, 'Collector: duplicates and health, from the Prometheus that scrapes its /metrics', 29, [
  prometheusSeries({
    id: 31,
    title: 'Duplicates dropped by reason',
    description: 'Reports of calls that another report already counts, by the rule that found them: docs/counted-once.md.',
    at: at(0, 30, 12, 8),
    noValue: 'Nothing came back. Let your Prometheus scrape /metrics of the collector, and choose it in the menu of the controls.',
    targets: [{ refId: 'A', expr: 'sum by (reason) (increase(llmcost_duplicates_total[$__rate_interval]))', legendFormat: '{{reason}}' }],
  }),
  prometheusSeries({
    id: 32,
    title: 'Events by receiver and outcome',
    description: 'What came in, by receiver, and whether it was accepted, a duplicate, or rejected.',
    at: at(12, 30, 12, 8),
    noValue: 'Nothing came back. Let your Prometheus scrape /metrics of the collector, and choose it in the menu of the controls.',
    targets: [
      {
        refId: 'A',
        expr: 'sum by (receiver, outcome) (rate(llmcost_events_total[$__rate_interval]))',
        legendFormat: '{{receiver}} {{outcome}}',
      },
    ],
    unit: 'cps',
  }),
  prometheusSeries({
    id: 33,
    title: 'Waiting, spooled and refused',
    description: 'Events that wait for a transaction, bytes in the local spool that the database has not taken yet, and events that it refused in the end: those are kept until "llmcost refused replay" or "discard". All of it goes back to zero when all is well.',
    at: at(0, 38, 12, 8),
    noValue: 'Nothing came back. Let your Prometheus scrape /metrics of the collector, and choose it in the menu of the controls.',
    targets: [
      { refId: 'A', expr: 'sum(llmcost_waiting_events)', legendFormat: 'events waiting' },
      { refId: 'B', expr: 'sum(llmcost_spool_bytes)', legendFormat: 'bytes spooled' },
      // Every collector counts the one table that they share.
      { refId: 'C', expr: 'max(llmcost_refused_events)', legendFormat: 'events refused' },
    ],
  }),
  prometheusSeries({
    id: 34,
    title: 'Storing a batch, P95',
    description: 'How long a transaction that stores a batch takes, 95th percentile.',
    at: at(12, 38, 12, 8),
    noValue: 'Nothing came back. Let your Prometheus scrape /metrics of the collector, and choose it in the menu of the controls.',
    targets: [
      {
        refId: 'A',
        expr: 'histogram_quantile(0.95, sum by (le) (rate(llmcost_commit_seconds_bucket[$__rate_interval])))',
        legendFormat: 'P95',
      },
    ],
    unit: 's',
  }),
]);

/** Whether the numbers can be trusted. */
export const quality = dashboard({
  uid: UIDS.quality,
  title: 'LLM Cost data quality',
  description: 'What has no price and why, how well usage is known, what came late, and how the collector is doing.',
  from: 'now-7d',
  variables: filterBar('project', [prometheusVariable]),
  panels: [...cards, ...unpriced, ...sources, collector],
});
