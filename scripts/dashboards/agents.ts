import { at, dashboard } from './dashboard';
import { filterBar } from './filterBar';
import { LINKS } from './links';
import type { Panel } from './model';
import { bars, COMPONENTS, field, fromPanel, leaderboard, plainTable, series, stat, table } from './panels';
import { UIDS } from './uids';

const RETRIES = 2;

const cards: Panel[] = [
  stat(
    {
      id: 1,
      title: 'Runs',
      description: 'Pipeline runs with at least one call, and what one costs on average, all of its agents and retries included.',
      at: at(0, 0, 9, 4),
      targets: [table({ metrics: ['runs', 'cost_per_run'] })],
    },
    { named: true }
  ),
  stat(
    {
      id: RETRIES,
      title: 'Retries',
      description: 'Calls that were made again and what they cost. More than 5% is worth a look. Of all cost types.', at: at(9, 0, 9, 4), targets: [table({ metrics: ['retry_cost', 'retry_ratio', 'failed_cost'], allCostTypes: true })],
    },
    { named: true, only: 'Retry cost|Retry ratio' }
  ),
  stat(
    {
      id: 3,
      title: 'Failed calls',
      description: 'What calls cost that did not end ok. Of all cost types.', at: at(18, 0, 6, 4), targets: [fromPanel(RETRIES)],
    },
    { only: 'Failed cost' }
  ),
];

const agentList = leaderboard(
  {
    id: 10,
    title: 'Agents',
    description:
      'Agents by what they cost, with runs they took part in, average per run, cost per output token of successful calls, and where their cost per day goes: a line that rises or falls by more than 15% over the range. “(not set)” are calls that name no agent.',
    at: at(0, 4, 24, 13),
    targets: [
      table({
        metrics: ['total_cost', 'runs', 'cost_per_run', 'cost_per_useful_output_token', 'retries', ...COMPONENTS],
        groupBy: ['agent'],
        limit: 30,
        withOther: true,
      }),
      series({ refId: 'B', metrics: ['total_cost'], groupBy: ['agent'], interval: '1d', limit: 30 }),
    ],
    overrides: [
      field('Runs', { displayName: 'Executions' }),
      field('Cost per run', { displayName: 'Avg/execution' }),
      field('Cost per useful output token', { displayName: 'Per useful token' }),
    ],
  },
  { links: [LINKS.agentRow, LINKS.agentCalls] }
);

const runs: Panel[] = [
  bars(
    {
      id: 20,
      title: 'Cost per pipeline run',
      description: 'Average cost of a run of each pipeline, day by day.',
      at: at(0, 17, 10, 10),
      targets: [series({ metrics: ['cost_per_run'], groupBy: ['pipeline'], interval: '1d', limit: 8, withOther: false })],
    },
    { draw: 'line', calc: 'max', legend: 'bottom' }
  ),
  plainTable(
    {
      id: 21,
      title: 'Most expensive runs',
      description: 'The fifty runs that cost most. A click opens one: its agents, its retries, and its timeline.',
      at: at(10, 17, 14, 10),
      noValue: 'No calls that belong to a run in this time range with these filters.',
      targets: [
        table({
          metrics: ['total_cost', 'calls', 'errors', 'retries', 'total_tokens'],
          groupBy: ['run_id', 'pipeline'],
          filters: [{ dimension: 'run_id', operator: '!=', values: ['(not set)'] }],
          limit: 50,
        }),
      ],
    },
    { links: { Run: [LINKS.runRow] }, widths: { Run: 220, Pipeline: 120, Cost: 75, Calls: 65, Errors: 65, Retries: 70 } }
  ),
];

/** What agents and pipeline runs cost. */
export const agents = dashboard({
  uid: UIDS.agents,
  title: 'LLM Cost agents and runs',
  description: 'Cost by agent with averages and trends, cost per pipeline run, retries, and the most expensive runs.',
  variables: filterBar('agent'),
  panels: [...cards, agentList, ...runs],
});
