import { at, dashboard } from './dashboard';
import { byVariable, filterBar, textVariable } from './filterBar';
import type { Panel } from './model';
import { field, fromPanel, plainTable, runBreakdown, table } from './panels';
import { UIDS } from './uids';

const BREAKDOWN = 1;

const runId = {
  ...textVariable('run_id', 'Run', 'The id of a run. Empty it to ask for a trace alone.'),
  // Until one is chosen no run is asked for, instead of all calls.
  query: 'none',
  current: { text: 'none', value: 'none' },
};
const traceId = textVariable('trace_id', 'Trace', 'The id of a trace, in 32 hexadecimal digits. A link from Tempo or Jaeger fills it in.');

const panels: Panel[] = [
  runBreakdown({
    id: BREAKDOWN,
    title: 'Run: ${run_id}',
    description:
      'What the run cost: each agent with its part, retries, failures, and when every call ran. Hatched bars are retries. A call leads to its trace where the data source knows the traces’ source.',
    at: at(0, 0, 24, 13),
    noValue:
      'No such run in this time range. Open one from “LLM Cost agents and runs”, or write the id of a run or a trace above; a longer range may help.',
    targets: [
      table({
        metrics: ['total_cost', 'total_tokens', 'retries', 'started_at', 'ended_at'],
        groupBy: ['event_id', 'agent', 'model', 'status', 'trace_id'],
        filters: [byVariable('run_id'), byVariable('trace_id')],
        limit: 500,
        withOther: true,
      }),
    ],
  }),
  plainTable(
    {
      id: 2,
      title: 'Calls of the run',
      description: 'The calls of the run as rows, with what each cost.',
      at: at(0, 13, 24, 9),
      targets: [fromPanel(BREAKDOWN)],
      overrides: [field('Retries', { displayName: 'Retry' })],
    },
    {
      widths: { Call: 90, Model: 210, Trace: 90, Status: 100, Started: 160, Ended: 160 },
      transformations: [{ id: 'sortBy', options: { sort: [{ field: 'Started' }] } }],
    }
  ),
];

/** One run, opened by its id. */
export const run = dashboard({
  uid: UIDS.run,
  title: 'LLM Cost run',
  description: 'One pipeline run or trace: its agents with cost and percentage, its retries, and its timeline.',
  variables: filterBar('project', [runId, traceId]),
  panels,
});
