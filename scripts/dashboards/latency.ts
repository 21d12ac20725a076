import { at, dashboard } from './dashboard';
import { byVariable, filterBar, listVariable } from './filterBar';
import type { FieldOverride, Panel, Variable } from './model';
import { bars, collapsedRow, field, fromPanel, only, series } from './panels';
import { prometheusSeries, prometheusVariable } from './prometheus';
import { UIDS } from './uids';

const TOGETHER = 1;
const ofService = [byVariable('service')];

/** A line against the right axis, over the bars. */
const line = (name: string, more: Readonly<Record<string, unknown>> = {}): FieldOverride =>
  field(name, {
    'custom.drawStyle': 'line',
    'custom.lineWidth': 2,
    'custom.fillOpacity': 0,
    'custom.spanNulls': true,
    'custom.stacking': { mode: 'none', group: 'B' },
    'custom.axisPlacement': 'right',
    ...more,
  });

const axis: Panel[] = [
  bars(
    {
      id: TOGETHER,
      title: 'Cost beside latency',
      description: 'What the service spends (bars, left) and how long its calls take (line, right), on one time axis. Copy this panel into a dashboard of your own: docs/panels.md.',
      at: at(0, 0, 24, 8),
      targets: [
        series({ metrics: ['total_cost', 'total_tokens', 'calls', 'error_ratio', 'retry_ratio'], filters: ofService }),
        series({ refId: 'B', metrics: ['duration_p50', 'duration_p95', 'time_to_first_token_p95'], filters: ofService }),
      ],
      overrides: [line('Duration, P95')],
    },
    { legend: 'bottom', calc: 'max', points: 120, transformations: [only('Time', 'Cost', 'Duration, P95')] }
  ),
  bars(
    {
      id: 2,
      title: 'Tokens and calls',
      description: 'Tokens (bars, left) and calls (line, right). Tokens that rise without calls are prompts that grow.',
      at: at(0, 8, 24, 8),
      targets: [fromPanel(TOGETHER)],
      overrides: [line('Calls')],
    },
    { legend: 'bottom', points: 120, transformations: [only('Time', 'Tokens', 'Calls')] }
  ),
  bars(
    {
      id: 3,
      title: 'Duration and time to first token',
      description: 'Median and 95th percentile of the duration of a call, and of the time to its first token where clients report it.',
      at: at(0, 16, 24, 8),
      targets: [fromPanel(TOGETHER)],
    },
    {
      draw: 'line',
      calc: 'max',
      legend: 'bottom',
      points: 120,
      transformations: [only('Time', 'Duration, median', 'Duration, P95', 'Time to first token, P95')],
    }
  ),
  bars(
    {
      id: 4,
      title: 'Errors and retries',
      description: 'Calls that did not end ok, and calls that were made again, by all calls.',
      at: at(0, 24, 24, 8),
      targets: [fromPanel(TOGETHER)],
    },
    { draw: 'line', calc: 'max', legend: 'bottom', points: 120, transformations: [only('Time', 'Error ratio', 'Retry ratio')] }
  ),
];

const promql: Variable = {
  name: 'promql',
  label: 'PromQL',
  description: 'A query of your own Prometheus, drawn under the cost',
  type: 'textbox',
  query:
    'histogram_quantile(0.95, sum by (le) (rate(http_server_request_duration_seconds_bucket[$__rate_interval])))',
  current: {
    text: 'histogram_quantile(0.95, sum by (le) (rate(http_server_request_duration_seconds_bucket[$__rate_interval])))',
    value: 'histogram_quantile(0.95, sum by (le) (rate(http_server_request_duration_seconds_bucket[$__rate_interval])))',
  },
  hide: 2,
  options: [],
};

const ownMetrics = collapsedRow(10, 'Beside a metric of your own Prometheus', 32, [
  prometheusSeries({
    id: 11,
    title: 'Your own metric',
    description: 'A query of your own Prometheus on the same time axis as the cost above it. Edit the panel to write yours.',
    at: at(0, 33, 24, 8),
    noValue: 'Nothing came back. Choose your Prometheus in the menu of the controls, and edit the query of this panel.',
    targets: [{ refId: 'A', expr: '${promql:raw}', legendFormat: 'your metric' }],
  }),
]);

/** Cost, tokens, latency and errors of one service, on one time axis. */
export const latency = dashboard({
  uid: UIDS.latency,
  title: 'LLM Cost beside latency',
  description: 'Cost, tokens, duration, time to first token and errors of the same service on one time axis, ready to copy.',
  from: 'now-24h',
  variables: [...filterBar('service', [prometheusVariable, listVariable('service', ['tenant', 'project'])]), promql],
  panels: [...axis, ownMetrics],
});
