import {
  type DataFrame,
  dateTime,
  FieldType,
  type LinkModel,
  LoadingState,
  type PanelData,
  type PanelProps,
  type TimeRange,
  toDataFrame,
} from '@grafana/data';
import { render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';
import { LeaderboardPanel } from './LeaderboardPanel';
import { DEFAULT_OPTIONS, type LeaderboardOptions } from './options';

const usd = { unit: 'currencyUSD', decimals: 2 };
const DAY = 86_400_000;
const first = Date.parse('2026-11-01T00:00:00Z');
const timeRange: TimeRange = {
  from: dateTime(first),
  to: dateTime(first + 6 * DAY),
  raw: { from: 'now-6d', to: 'now' },
};

const users = (links: LinkModel[] = []): DataFrame => {
  const frame = toDataFrame({
    fields: [
      {
        name: 'user_id',
        type: FieldType.string,
        values: ['(not set)', 'user-123', 'researcher-789', 'user-9'],
        config: { displayName: 'User' },
      },
      { name: 'total_cost', type: FieldType.number, values: [4, 3, 1, null], config: { ...usd, displayName: 'Cost' } },
      { name: 'calls', type: FieldType.number, values: [8, 2, 4, 1], config: { displayName: 'Calls' } },
      {
        name: 'top_model',
        type: FieldType.string,
        values: ['a', 'b', 'a', 'c'],
        config: { displayName: 'Most used model' },
      },
      { name: 'top_model_ratio', type: FieldType.number, values: [0.5, 1, 0.75, 1] },
      { name: 'input_cost', type: FieldType.number, values: [1, 1, 0.25, null], config: usd },
      { name: 'cache_read_cost', type: FieldType.number, values: [1, 0, 0, null], config: usd },
      { name: 'output_cost', type: FieldType.number, values: [2, 2, 0.75, null], config: usd },
    ],
  });
  frame.fields[1].getLinks = () => links;
  return frame;
};

function show(data: Partial<PanelData>, more: Partial<PanelProps<LeaderboardOptions>> = {}) {
  const props = {
    title: 'Top cost users',
    width: 900,
    height: 300,
    options: DEFAULT_OPTIONS,
    fieldConfig: { defaults: {}, overrides: [] },
    data: { state: LoadingState.Done, series: [], timeRange, ...data },
    ...more,
  };
  return render(<LeaderboardPanel {...(props as unknown as PanelProps<LeaderboardOptions>)} />);
}

const lines = () =>
  within(screen.getAllByRole('rowgroup')[1])
    .getAllByRole('row')
    .map((row) => within(row).getByRole('rowheader').textContent);

it('says the same total in the middle of the ring and under the table', () => {
  show({ series: [users()] });
  const donut = screen.getByRole('img', { name: /^Top cost users: total \$8\.00/ });
  expect(donut).toHaveTextContent('$8.00');
  expect(donut).toHaveAccessibleName(expect.stringContaining('user-123 38% ($3.00)'));
  expect(within(screen.getAllByRole('rowgroup')[2]).getByRole('row')).toHaveTextContent('Total$8.00');
});

it('ranks those who are somebody; what has no name or no price comes after them', () => {
  show({ series: [users()] });
  expect(lines()).toEqual(['user-123', 'researcher-789', 'user-9', '(not set)']);
  const rows = within(screen.getAllByRole('rowgroup')[1]).getAllByRole('row');
  expect(rows[0]).toHaveTextContent(/^1user-123\$3\.0038%/);
  expect(rows[2]).toHaveTextContent('No price');
  expect(rows[3]).toHaveTextContent(/^–\(not set\)\$4\.0050%/);
});

it('tells input from output, in letters and in full', () => {
  show({ series: [users()] });
  expect(screen.getByText('in 33% · out 67%')).toBeInTheDocument();
  expect(screen.getByRole('img', { name: 'Input $1.00, Cache read $1.00, Output $2.00' })).toBeInTheDocument();
});

it('reads the most used model with its ratio', () => {
  show({ series: [users()] });
  expect(screen.getByRole('cell', { name: 'a (75%)' })).toBeInTheDocument();
  expect(screen.queryByRole('columnheader', { name: /ratio/ })).not.toBeInTheDocument();
});

it('sorts by a heading, by keyboard too, and says so', async () => {
  show({ series: [users()] });
  expect(screen.getByRole('columnheader', { name: 'Rank' })).toHaveAttribute('aria-sort', 'descending');
  screen.getByRole('button', { name: 'Calls' }).focus();
  await userEvent.keyboard('{Enter}');
  expect(lines()).toEqual(['(not set)', 'researcher-789', 'user-123', 'user-9']);
  await userEvent.keyboard('{Enter}');
  expect(lines()).toEqual(['user-9', 'user-123', 'researcher-789', '(not set)']);
  expect(screen.getByRole('columnheader', { name: 'Calls' })).toHaveAttribute('aria-sort', 'ascending');
});

it('shows the columns that are chosen, and no donut where it is not wanted', () => {
  show(
    { series: [users()] },
    { options: { ...DEFAULT_OPTIONS, columns: ['calls'], showDonut: false, showSplit: false } }
  );
  expect(screen.getAllByRole('columnheader').map(({ textContent }) => textContent)).toEqual([
    'Rank',
    'User',
    'Cost & share',
    'Distribution',
    'Calls',
  ]);
  expect(screen.queryByText(/^total$/)).not.toBeInTheDocument();
});

it('leads on where a row has a data link', () => {
  const link = { href: '/d/calls', title: 'Calls of this user', target: '_self' as const, origin: {} };
  show({ series: [users([link])] });
  expect(screen.getByRole('link', { name: 'user-123' })).toHaveAttribute('href', '/d/calls');
});

it('tells trends from whole days: the last one is not over', () => {
  const times = [0, 1, 2, 3, 4, 5].map((day) => first + day * DAY);
  const series = (name: string, values: number[]) => ({
    name: 'total_cost',
    type: FieldType.number,
    config: { displayNameFromDS: name },
    values,
  });
  const trends = toDataFrame({
    fields: [
      { name: 'time', type: FieldType.time, values: times },
      series('user-123', [1, 2, 3, 4, 5, 0]),
      series('researcher-789', [5, 5, 5, 5, 5, 0]),
      series('user-9', [5, 4, 3, 2, 1, 9]),
    ],
  });
  const to = dateTime(first + 5.5 * DAY);
  show({ series: [users(), trends], timeRange: { ...timeRange, to } });
  const [up, flat, down, none] = within(screen.getAllByRole('rowgroup')[1]).getAllByRole('row');
  expect(up).toHaveTextContent(/increasing$/);
  expect(within(up).getByTitle('+133% over the range, by the line that fits best')).toBeInTheDocument();
  expect(flat).toHaveTextContent(/stable$/);
  expect(down).toHaveTextContent(/decreasing$/);
  expect(none).toHaveTextContent(/–$/);
});

describe('with nothing to show', () => {
  it('says what to do', () => {
    show({});
    expect(screen.getByRole('status')).toHaveTextContent(/No calls in this time range.*longer range/);
  });

  it('says that the query failed, not that there were no calls', () => {
    show({ state: LoadingState.Error, errors: [{ message: 'The database can’t be reached.' }] });
    expect(screen.getByRole('status')).toHaveTextContent('The database can’t be reached.');
  });

  it('says that nothing has a price', () => {
    const unpriced = toDataFrame({
      fields: [
        { name: 'model', type: FieldType.string, values: ['a'] },
        { name: 'cost', type: FieldType.number, values: [null] },
      ],
    });
    show({ series: [unpriced] });
    expect(screen.getByRole('status')).toHaveTextContent(/None of these calls has a price/);
  });

  it('says what data it takes', () => {
    show({ series: [toDataFrame({ fields: [{ name: 'model', type: FieldType.string, values: ['a'] }] })] });
    expect(screen.getByRole('status')).toHaveTextContent(/one row for each entry/);
  });
});
