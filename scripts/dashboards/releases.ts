import { at, dashboard } from './dashboard';
import { byVariable, filterBar, listVariable, SOURCE } from './filterBar';
import type { Dashboard, Panel } from './model';
import type { UsageView } from '../../src/query';
import { bars, field, fromPanel, only, series, table } from './panels';
import { blank, viewTable } from './tables';
import { UIDS } from './uids';

const OVER_TIME = 10;

/** Shares with their sign; colours would claim what may be chance: the words say what is significant. */
const change = (name: string) => field(name, { unit: 'percentunit', decimals: 1, 'custom.width': 110 });

const MEASURED = ['Cost', 'Prompt', 'Completion', 'Errors', 'Retries'] as const;

const effects = (view: UsageView) => table({ reference: 'usage', view, filters: [byVariable('service')] });

const CHANGES = [
  ...blank(...MEASURED, 'p', 'Cost before', 'Cost after', 'Calls before', 'Calls after', 'Link'),
  ...MEASURED.map(change),
  field('In words', { 'custom.width': 300, 'custom.wrapText': true }),
  field('Service', { 'custom.width': 140 }),
  ...['Cost before', 'Cost after'].map((name) => field(name, { 'custom.width': 105 })),
  field('Release', { 'custom.width': 80 }),
  field('Time', { 'custom.width': 155 }),
  field('p', { decimals: 3, 'custom.width': 70 }),
];
const UNITS = { 'Cost before': 'currencyUSD', 'Cost after': 'currencyUSD', Time: 'dateTimeAsIso' };
const HOW =
  'The calls of up to seven days before and after each release, not beyond the releases beside it. Cost, prompt and completion tokens per request: after ÷ before − 1; errors and retries: difference of their rates. p is the probability of such a difference in cost by chance (Welch’s t test); below 30 calls on a side there is none, and nothing is claimed above 0.01.';
const NONE = 'No release in this time range. POST /v1/releases when you deploy, or set service.version.';

const tables: Panel[] = [
  viewTable(
    {
      id: 1,
      title: 'Releases and what they changed',
      description: HOW,
      at: at(0, 0, 24, 10),
      noValue: NONE,
      targets: [effects('releases')],
    },
    UNITS,
    CHANGES
  ),
];

const overTime: Panel[] = [
  bars(
    {
      id: OVER_TIME,
      title: 'Cost per request',
      description: 'Cost of an average call of the chosen services; each vertical line is a release.',
      at: at(0, 10, 12, 8),
      targets: [
        series({
          metrics: ['cost_per_call', 'input_tokens_per_call', 'output_tokens_per_call', 'error_ratio', 'retry_ratio'],
          filters: [byVariable('service')],
        }),
      ],
    },
    { draw: 'line', calc: 'max', legend: 'bottom', points: 120, transformations: [only('Time', 'Cost per call')] }
  ),
  bars(
    {
      id: 11,
      title: 'Tokens per request',
      description: 'Prompt and completion tokens of an average call; each vertical line is a release.',
      at: at(12, 10, 12, 8),
      targets: [fromPanel(OVER_TIME)],
    },
    {
      draw: 'line',
      calc: 'max',
      legend: 'bottom',
      points: 120,
      transformations: [only('Time', 'Prompt tokens per call', 'Completion tokens per call')],
    }
  ),
  bars(
    {
      id: 12,
      title: 'Errors and retries',
      description: 'Calls that did not end ok, and calls that were made again, by calls; each vertical line is a release.',
      at: at(0, 18, 12, 8),
      targets: [fromPanel(OVER_TIME)],
    },
    { draw: 'line', calc: 'max', legend: 'bottom', points: 120, transformations: [only('Time', 'Error ratio', 'Retry ratio')] }
  ),
  bars(
    {
      id: 13,
      title: 'Cost by release',
      description: 'Cost over time by the release that made the calls.',
      at: at(12, 18, 12, 8),
      targets: [series({ metrics: ['total_cost'], groupBy: ['release'], filters: [byVariable('service')], limit: 10 })],
    },
    { legend: 'bottom' }
  ),
];

const parts: Panel[] = [
  viewTable(
    { id: 20, title: 'By feature', description: HOW, at: at(0, 26, 24, 9), noValue: NONE, targets: [effects('releases_by_feature')] },
    UNITS,
    CHANGES
  ),
  viewTable(
    { id: 21, title: 'By model', description: HOW, at: at(0, 35, 24, 9), noValue: NONE, targets: [effects('releases_by_model')] },
    UNITS,
    CHANGES
  ),
];

/** Those of these services, and shown from the start. */
const marks = {
  name: 'Releases of these services',
  enable: true,
  iconColor: 'purple',
  hide: false,
  datasource: SOURCE,
  target: { refId: 'Anno', annotation: 'releases', filters: [byVariable('tenant'), byVariable('service')] },
};

const common = dashboard({
  uid: UIDS.releases,
  title: 'LLM Cost releases',
  description: 'Code deployments: cost, tokens, errors and retries per request before and after each, with their significance.',
  variables: filterBar('service', [listVariable('service', ['tenant', 'project'])]),
  panels: [...tables, ...overTime, ...parts],
});

/** What each code deployment did to cost. */
export const releases: Dashboard = {
  ...common,
  annotations: { list: [...common.annotations.list, marks] },
};
