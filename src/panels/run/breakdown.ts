import {
  type DataFrame,
  type Field,
  formattedValueToString,
  getValueFormat,
  type GrafanaTheme2,
  type LinkModel,
} from '@grafana/data';
import { NOT_SET, OTHER } from '../../query/labels';
import { fieldNamed, numberAt, shown, textAt } from '../shared/fields';

/** One call of a run. */
export interface Call {
  readonly id: string;
  readonly agent: string;
  readonly model: string;
  readonly status: string;
  readonly retry: boolean;
  readonly cost: number | null;
  readonly text: string;
  readonly tokens: string;
  /** ms since 1970. */
  readonly start: number;
  readonly end: number;
  readonly color: string;
  readonly links: () => LinkModel[];
}

/** What one agent did in a run. */
export interface AgentShare {
  readonly agent: string;
  readonly calls: number;
  readonly retries: number;
  readonly failed: number;
  /** Null when none of its calls has a price. */
  readonly cost: number | null;
  readonly text: string;
  /** Part of the run's cost; null when unknown. */
  readonly share: number | null;
  readonly retryText: string;
  readonly color: string;
}

export type Breakdown =
  | {
      readonly state: 'run';
      /** In the order of their start. */
      readonly calls: readonly Call[];
      /** Most expensive first. */
      readonly agents: readonly AgentShare[];
      readonly totalText: string;
      readonly retryText: string;
      /** Part of the run's cost that calls with a higher attempt than the first caused. */
      readonly retryShare: number | null;
      readonly retries: number;
      readonly failed: number;
      readonly unpriced: number;
      /** ms since 1970. */
      readonly start: number;
      readonly end: number;
    }
  | { readonly state: 'empty' }
  | { readonly state: 'unfit' };

interface Fields {
  readonly id: Field;
  readonly agent: Field | undefined;
  readonly cost: Field;
  readonly start: Field;
  readonly end: Field;
}

function fieldsOf(frame: DataFrame): Fields | undefined {
  const [id, cost, start, end] = ['event_id', 'total_cost', 'started_at', 'ended_at'].map((name) =>
    fieldNamed(frame, name)
  );
  return id && cost && start && end ? { id, cost, start, end, agent: fieldNamed(frame, 'agent') } : undefined;
}

export const durationText = (ms: number): string => formattedValueToString(getValueFormat('ms')(ms, 1));

const sum = (values: ReadonlyArray<number | null>): number | null => {
  const known = values.filter((value) => value !== null);
  return known.length || !values.length ? known.reduce((total, one) => total + one, 0) : null;
};

function callsOf(frame: DataFrame, { id, agent, cost, start, end }: Fields, theme: GrafanaTheme2): Call[] {
  const { palette } = theme.visualization;
  const agents = [...new Set(Array.from({ length: frame.length }, (_, row) => textAt(agent, row)))];
  const tokens = fieldNamed(frame, 'total_tokens');
  const trace = fieldNamed(frame, 'trace_id');
  return Array.from({ length: frame.length }, (_, row): Call => {
    const name = textAt(agent, row);
    return {
      id: textAt(id, row),
      agent: name === NOT_SET || name === '' ? 'no agent' : name,
      model: textAt(fieldNamed(frame, 'model'), row),
      status: textAt(fieldNamed(frame, 'status'), row),
      retry: (numberAt(fieldNamed(frame, 'retries'), row) ?? 0) > 0,
      cost: numberAt(cost, row),
      text: shown(cost, numberAt(cost, row), theme),
      tokens: tokens ? shown(tokens, numberAt(tokens, row), theme) : '',
      start: numberAt(start, row) ?? 0,
      end: numberAt(end, row) ?? 0,
      color: theme.visualization.getColorByName(palette[agents.indexOf(name) % palette.length]),
      links: () => (textAt(trace, row) === NOT_SET ? [] : (trace?.getLinks?.({ valueRowIndex: row }) ?? [])),
    };
  }).sort((a, b) => a.start - b.start || a.end - b.end);
}

function shareOf(calls: readonly Call[], total: number | null, text: (amount: number | null) => string): AgentShare {
  const cost = sum(calls.map((call) => call.cost));
  const retried = calls.filter(({ retry }) => retry);
  return {
    agent: calls[0].agent,
    color: calls[0].color,
    calls: calls.length,
    retries: retried.length,
    failed: calls.filter(({ status }) => status !== 'ok').length,
    cost,
    text: text(cost),
    share: cost === null || !total ? null : cost / total,
    retryText: retried.length ? text(sum(retried.map((call) => call.cost))) : '–',
  };
}

/** What a run cost and why: its calls by agent. One row of the table is one call. */
export function breakdownOf(frames: readonly DataFrame[], theme: GrafanaTheme2): Breakdown {
  const frame = frames.find(({ length }) => length > 0);
  if (!frame) {
    return { state: 'empty' };
  }
  const fields = fieldsOf(frame);
  if (!fields) {
    return { state: 'unfit' };
  }
  const calls = callsOf(frame, fields, theme);
  const total = sum(calls.map(({ cost }) => cost));
  const retried = calls.filter(({ retry }) => retry);
  const retryCost = sum(retried.map(({ cost }) => cost));
  const text = (amount: number | null) => shown(fields.cost, amount, theme);
  const agents = [...new Set(calls.map(({ agent }) => agent))]
    .map((agent) =>
      shareOf(
        calls.filter((call) => call.agent === agent),
        total,
        text
      )
    )
    .sort((a, b) => (b.cost ?? -1) - (a.cost ?? -1));
  return {
    state: 'run',
    calls: calls.filter(({ id }) => id !== OTHER),
    agents,
    totalText: text(total),
    retryText: text(retryCost),
    retryShare: total && retryCost !== null ? retryCost / total : null,
    retries: retried.length,
    failed: calls.filter(({ status }) => status !== 'ok').length,
    unpriced: calls.filter(({ cost }) => cost === null).length,
    start: Math.min(...calls.map(({ start }) => start)),
    end: Math.max(...calls.map(({ end }) => end)),
  };
}
