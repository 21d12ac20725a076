import {
  type DataFrame,
  FieldType,
  type LinkModel,
  LoadingState,
  type PanelData,
  type PanelProps,
  toDataFrame,
} from '@grafana/data';
import { render, screen, within } from '@testing-library/react';
import React from 'react';
import { NOVEMBER } from '../../testing/sources';
import { DEFAULT_OPTIONS, type RunOptions } from './options';
import { RunPanel } from './RunPanel';

const t0 = Date.parse('2026-11-03T10:00:00Z');
const usd = { unit: 'currencyUSD', decimals: 2 };

/** A planner, a vision call that fails and is made again, and a call that nobody is named for. */
const calls = (costs: Array<number | null> = [0.1, 0.2, 0.3, 0.4], links: LinkModel[] = []): DataFrame => {
  const frame = toDataFrame({
    fields: [
      { name: 'event_id', type: FieldType.string, values: ['c', 'a', 'b', 'd'] },
      { name: 'agent', type: FieldType.string, values: ['vision', 'planner', 'vision', '(not set)'] },
      { name: 'model', type: FieldType.string, values: ['m2', 'm1', 'm2', 'm3'] },
      { name: 'status', type: FieldType.string, values: ['ok', 'ok', 'timeout', 'ok'] },
      { name: 'trace_id', type: FieldType.string, values: ['t', 't', 't', '(not set)'] },
      { name: 'total_cost', type: FieldType.number, values: [costs[2], costs[0], costs[1], costs[3]], config: usd },
      { name: 'total_tokens', type: FieldType.number, values: [30, 10, 20, 40] },
      { name: 'retries', type: FieldType.number, values: [1, 0, 0, 0] },
      { name: 'started_at', type: FieldType.number, values: [t0 + 3000, t0, t0 + 1000, t0 + 5000] },
      { name: 'ended_at', type: FieldType.number, values: [t0 + 5000, t0 + 1000, t0 + 3000, t0 + 6000] },
    ],
  });
  frame.fields[4].getLinks = () => links;
  return frame;
};

function show(data: Partial<PanelData>, options: RunOptions = DEFAULT_OPTIONS) {
  const props = {
    title: 'Run r1',
    width: 800,
    height: 400,
    options,
    timeZone: 'utc',
    fieldConfig: { defaults: {}, overrides: [] },
    data: { state: LoadingState.Done, series: [], timeRange: NOVEMBER, ...data },
  };
  return render(<RunPanel {...(props as unknown as PanelProps<RunOptions>)} />);
}

const rows = (group: number) =>
  within(screen.getAllByRole('rowgroup')[group])
    .getAllByRole('row')
    .map(({ textContent }) => textContent);

it('divides the cost of the run among its agents, to the whole', () => {
  show({ series: [calls()] });
  expect(rows(1)).toEqual(['vision$0.5050%211$0.30', 'no agent$0.4040%100–', 'planner$0.1010%100–']);
  expect(rows(2)).toEqual(['Whole run$1.00100%411$0.30']);
});

it('says what retries cost, how long it took and when it began', () => {
  const { container } = show({ series: [calls()] });
  expect([...container.querySelectorAll('dd')].map(({ textContent }) => textContent)).toEqual([
    '$1.00',
    '3',
    '4',
    '1, $0.30 (30%)',
    '1',
    '2026-11-03 10:00:00',
    '6.0 s',
  ]);
});

it('draws the calls in the order of their start', () => {
  show({ series: [calls()] });
  const timeline = screen.getByRole('list', { name: 'Run r1: timeline of 6.0 s' });
  expect(
    within(timeline)
      .getAllByRole('listitem')
      .map(({ textContent }) => textContent)
  ).toEqual([
    'planner · m11.0 s$0.10',
    'vision · m2 timeout2.0 s$0.20',
    'vision · m2 retry2.0 s$0.30',
    'no agent · m31.0 s$0.40',
  ]);
});

it('leads from a call to its trace, where there is one', () => {
  const link = { href: '/explore?trace', title: 'Open trace', target: '_self' as const, origin: {} };
  show({ series: [calls(undefined, [link])] });
  expect(screen.getAllByRole('link')).toHaveLength(3);
});

it('does not take an unknown cost for zero', () => {
  const { container } = show({ series: [calls([0.1, null, 0.3, null])] });
  expect(container.querySelector('dd')).toHaveTextContent('$0.40 (2 calls without a price left out)');
  expect(rows(1)).toContain('no agentNo price100–');
});

it('can do without the timeline', () => {
  show({ series: [calls()] }, { showTimeline: false });
  expect(screen.queryByRole('list')).not.toBeInTheDocument();
});

it('says what to do when there is no such run, when the data is of another kind, and when the query failed', () => {
  const empty = show({});
  expect(screen.getByRole('status')).toHaveTextContent(/No calls of this run.*longer range/);
  empty.unmount();
  const other = show({ series: [toDataFrame({ fields: [{ name: 'model', type: FieldType.string, values: ['a'] }] })] });
  expect(screen.getByRole('status')).toHaveTextContent(/takes a table of single calls/);
  other.unmount();
  show({ errors: [{ message: 'The database can’t be reached.' }] });
  expect(screen.getByRole('status')).toHaveTextContent('The database can’t be reached.');
});
