import { at, dashboard } from './dashboard';
import { filterBar } from './filterBar';
import { LINKS } from './links';
import type { Panel } from './model';
import { bars, DASHES, field, fromPanel, leaderboard, only, panel, plainTable, series, stat, table } from './panels';
import { beyond, blank, viewTable } from './tables';
import { UIDS } from './uids';

const CARDS = 1;
const OVER_TIME = 20;
const upTo = (limit: number) => [
  { color: 'green', value: null },
  { color: 'red', value: limit },
];

const cards: Panel[] = [
  stat(
    {
      id: CARDS,
      title: 'Cost per successful completion',
      description:
        'Cost of all calls, failures and retries included, by calls with success; and how much of the target that is: $0.005, or what a tenant or feature was given. Red above 100%. Success is what feedback says, else no error and an accepted finish reason. Of all cost types.',
      at: at(0, 0, 9, 3),
      targets: [
        table({
          metrics: ['cost_per_success', 'of_target', 'success_ratio', 'wasted_cost', 'wasted_ratio', 'retry_ratio', 'retry_cost', 'total_cost'],
          allCostTypes: true,
        }),
      ],
      overrides: [field('Of the target', { color: { mode: 'thresholds' }, thresholds: { mode: 'absolute', steps: upTo(1) } })],
    },
    { only: 'Cost per success|Of the target', named: true, thresholds: [{ color: 'text', value: null }] }
  ),
  stat(
    {
      id: 2,
      title: 'Success ratio',
      description: 'Calls with success by calls.',
      at: at(9, 0, 6, 3),
      targets: [fromPanel(CARDS)],
    },
    { only: 'Success ratio' }
  ),
  stat(
    {
      id: 3,
      title: 'Spent on failures and retries',
      description: 'Cost of calls without success and of retries, each call once, and its part of the whole cost. In poorly tuned systems it is 18 to 22%. Of all cost types.',
      at: at(15, 0, 9, 3),
      targets: [fromPanel(CARDS)],
      overrides: [field('Share spent on failures and retries', { displayName: 'of the cost' }), field('Spent on failures and retries', { displayName: 'in all' })],
    },
    { only: 'in all|of the cost', named: true }
  ),
  stat(
    {
      id: 4,
      title: 'Retry rate',
      description: 'Calls that repeat a failed one by calls. Above 5% the network or an endpoint is unstable.',
      at: at(9, 3, 6, 3),
      targets: [fromPanel(CARDS)],
    },
    { only: 'Retry ratio', thresholds: upTo(0.05) }
  ),
  stat(
    {
      id: 5,
      title: 'Retry cost',
      description: 'Cost of calls that repeat a failed one. Of all cost types.',
      at: at(15, 3, 9, 3),
      targets: [fromPanel(CARDS)],
    },
    { only: 'Retry cost' }
  ),
  stat({
    id: 6,
    title: 'Top 5% of users',
    description: 'Part of the users’ cost that the most expensive 5% of them cause.',
    at: at(9, 6, 6, 4),
    targets: [table({ metrics: ['top_users_share'] })],
  }),
  stat({
    id: 7,
    title: 'Cost per successful tool call',
    description: 'Cost of all calls that served a tool by those of them with success; a dash where no call names its tool. Of all cost types.',
    at: at(0, 3, 9, 3),
    targets: [table({ metrics: ['cost_per_tool_success'], allCostTypes: true })],
  }),
  stat(
    {
      id: 8,
      title: 'Cost per satisfaction point',
      description: 'Cost of rated calls, runs and sessions by the sum of their scores; the average score and how many were rated. Without ratings (POST /v1/feedback) there is none. Of all cost types.',
      at: at(0, 6, 9, 4),
      targets: [table({ metrics: ['cost_per_point', 'score', 'ratings'], allCostTypes: true })],
    },
    { named: true }
  ),
  stat(
    {
      id: 9,
      title: 'Tokens per call',
      description: 'Prompt and completion tokens of an average call.',
      at: at(15, 6, 9, 4),
      targets: [table({ metrics: ['input_tokens_per_call', 'output_tokens_per_call'] })],
    },
    { named: true }
  ),
];

const byFeature: Panel[] = [
  plainTable(
    {
      id: 10,
      title: 'What it brought by ${split:text}',
      description:
        'Cost ÷ successes, and what failures and retries took, by what “Split by” says. A cheap call that mostly fails is dearer than a dear one that works. Above 100% of the target is red; each tenant and feature can have one of its own: docs/outcomes.md. Of all cost types.',
      at: at(0, 10, 24, 9),
      noValue: 'No calls in this time range with these filters.',
      targets: [
        table({
          metrics: ['total_cost', 'calls', 'success_ratio', 'cost_per_call', 'cost_per_success', 'of_target', 'wasted_cost', 'retry_ratio', 'score'],
          groupBy: ['$split'],
          limit: 50,
          allCostTypes: true,
        }),
      ],
      overrides: [
        { matcher: { id: 'byType', options: 'string' }, properties: [{ id: 'custom.width', value: 180 }] },
        field('Of the target', {
          thresholds: { mode: 'absolute', steps: upTo(1) },
          'custom.cellOptions': { type: 'color-text' },
        }),
      ],
    }
  ),
];

const overTime: Panel[] = [
  bars(
    {
      id: OVER_TIME,
      title: 'Cost per success and per call',
      description: 'Cost by successes against cost by calls: the further apart, the more is spent for nothing. Of all cost types.',
      at: at(0, 19, 12, 8),
      targets: [
        series({
          metrics: ['cost_per_success', 'cost_per_call', 'input_tokens_per_call', 'output_tokens_per_call', 'retry_ratio', 'wasted_ratio'],
          allCostTypes: true,
        }),
      ],
    },
    { draw: 'line', calc: 'max', legend: 'bottom', transformations: [only('Time', 'Cost per success', 'Cost per call')] }
  ),
  bars(
    {
      id: 21,
      title: 'Retries and waste',
      description: 'Retries by calls, and the part of the cost that failures and retries take. Of all cost types.',
      at: at(12, 19, 12, 8),
      targets: [fromPanel(OVER_TIME)],
    },
    { draw: 'line', calc: 'max', legend: 'bottom', transformations: [only('Time', 'Retry ratio', 'Share spent on failures and retries')] }
  ),
  bars(
    {
      id: 22,
      title: 'Tokens per call',
      description: 'Prompt and completion tokens of an average call. A prompt that grows by itself is prompt drift.',
      at: at(0, 27, 10, 9),
      targets: [fromPanel(OVER_TIME)],
    },
    { draw: 'line', calc: 'max', legend: 'bottom', transformations: [only('Time', 'Prompt tokens per call', 'Completion tokens per call')] }
  ),
  viewTable(
    {
      id: 23,
      title: 'Token inflation',
      description:
        'Tokens per call of the last seven days of the time range (of all of it, when it is shorter) against the seven days before them, of prompt and completion. “Unexplained” is what happened within one and the same release: each is compared with itself, weighted by its calls. Above 25% is red. From 50 calls on each side on. Of the tenants that are chosen.',
      at: at(10, 27, 14, 9),
      noValue: 'No feature has 50 calls in these days and 50 in the seven days before them.',
      targets: [table({ reference: 'usage', view: 'token_inflation' })],
      overrides: [
        ...blank('Tokens per call', 'Growth', 'Prompt', 'Completion', 'Unexplained'),
        ...Object.entries({ Tenant: 95, Service: 135, Feature: 125, Calls: 65, 'Tokens per call': 115, Growth: 80, Prompt: 80, Completion: 100 }).map(
          ([name, width]) => field(name, { 'custom.width': width })
        ),
      ],
    },
    { 'Tokens per call': 'short' },
    ['Growth', 'Prompt', 'Completion', 'Unexplained'].map((name) => beyond(name, 0.25))
  ),
];

const days: Panel[] = [
  panel(
    {
      id: 30,
      title: 'Daily budget variance',
      description:
        'Each day’s cost against the mean of the seven days before it; days that are not over, or lack a whole week of usage before them, have none. The aim is less than 3%. With budgets over whole tenants: the part of the day’s budget that was spent. Of the tenants that are chosen.',
      at: at(0, 36, 12, 11),
      noValue: 'No calls of these tenants in this time range.',
      targets: [table({ reference: 'usage', view: 'daily_spend' })],
      overrides: [DASHES],
    },
    {
      type: 'timeseries',
      options: {
        legend: { displayMode: 'table', placement: 'bottom', showLegend: true, calcs: ['mean', 'max'] },
        tooltip: { mode: 'multi', sort: 'none' },
      },
    },
    {
      unit: 'percentunit',
      color: { mode: 'palette-classic' },
      custom: { drawStyle: 'bars', fillOpacity: 70, lineWidth: 0, barAlignment: 1, showPoints: 'never' },
    }
  ),
  leaderboard(
    {
      id: 31,
      title: 'Segments',
      description: 'Cost by user segment, with users, what one costs, and cost per call.',
      at: at(12, 36, 12, 11),
      targets: [
        table({
          metrics: ['total_cost', 'users', 'cost_per_user', 'calls', 'cost_per_call'],
          groupBy: ['user_segment'],
          limit: 20,
          withOther: true,
        }),
      ],
    },
    { links: [LINKS.segmentRow], showSplit: false }
  ),
];

/** What the money bought. */
export const efficiency = dashboard({
  uid: UIDS.efficiency,
  title: 'LLM Cost efficiency',
  description: 'Cost per success against a target, failures and retries, token inflation, daily variance, by team, project, feature and segment.',
  variables: filterBar('feature'),
  panels: [...cards, ...byFeature, ...overTime, ...days],
});
