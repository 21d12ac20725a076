import { at, dashboard } from './dashboard';
import { LINKS } from './links';
import type { Panel } from './model';
import { byVariable, filterBar, textVariable } from './filterBar';
import { bars, field, plainTable, series, stat, table } from './panels';
import { UIDS } from './uids';

const filters = [byVariable('user_id')];

const panels: Panel[] = [
  stat(
    {
      id: 1,
      title: 'These calls',
      description: 'Cost, number and average cost of the calls that the filters leave.',
      at: at(0, 0, 8, 7),
      targets: [table({ metrics: ['total_cost', 'calls', 'cost_per_call'], filters })],
    },
    { named: true, size: 20 }
  ),
  bars(
    {
      id: 2,
      title: 'Cost of these calls by model',
      description: 'Cost over time of the calls that the filters leave, by model.',
      at: at(8, 0, 16, 7),
      targets: [series({ metrics: ['total_cost'], groupBy: ['model'], filters, limit: 8 })],
    },
    { links: [LINKS.modelSeries] }
  ),
  plainTable(
    {
      id: 3,
      title: 'Most expensive calls',
      description:
        'The hundred single calls that cost most, with whose they are and how they ended. Narrow them by the filters above: user, agent, run, trace, session, tag.',
      at: at(0, 7, 24, 16),
      noValue: 'No calls in this time range with these filters.',
      targets: [
        table({
          metrics: ['total_cost', 'ended_at', 'total_tokens', 'duration_p50', 'retries'],
          groupBy: ['user_id', 'agent', 'model', 'status', 'run_id', 'trace_id', 'event_id'],
          filters,
          limit: 100,
        }),
      ],
      overrides: [
        field('Duration, median', { displayName: 'Duration' }),
        field('Retries', { displayName: 'Retry' }),
        field('Status', {
          mappings: [{ type: 'value', options: { ok: { text: 'ok', color: 'green', index: 0 } } }],
        }),
        
      ],
    },
    {
      links: { Run: [LINKS.runRow], Model: [LINKS.modelRow] },
      widths: { User: 170, Agent: 120, Model: 210, Status: 80, Run: 210, Trace: 90, Call: 90, Cost: 90, Ended: 160 },
    }
  ),
];

/** Single calls: where every drill-down ends. */
export const calls = dashboard({
  uid: UIDS.calls,
  title: 'LLM Cost calls',
  description: 'The single calls that the filters leave, the most expensive first, with links to their runs and traces.',
  from: 'now-7d',
  variables: filterBar('project', [textVariable('user_id', 'User', 'The whole id of a user. Empty: everybody.')]),
  panels,
});
