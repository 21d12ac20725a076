import { type DataFrame, FieldType, LoadingState, type PanelData, type PanelProps, toDataFrame } from '@grafana/data';
import { render, screen } from '@testing-library/react';
import React from 'react';
import { NOVEMBER } from '../../testing/sources';
import { factsOf } from './facts';
import { InsightPanel } from './InsightPanel';
import { DEFAULT_OPTIONS, type InsightOptions } from './options';

const frame = (columns: Readonly<Record<string, unknown[]>>): DataFrame =>
  toDataFrame({
    fields: Object.entries(columns).map(([name, values]) => ({
      name,
      type: values.some((value) => typeof value === 'string') ? FieldType.string : FieldType.number,
      values,
    })),
  });

const byModel = frame({
  model: ['a', 'b'],
  total_cost: [9, 1],
  calls: [10, 10],
  unpriced_calls: [0, 0],
  input_tokens: [1, 1],
});
const byUser = frame({ user_id: ['u', 'v'], total_cost: [6, 1] });
const byWork = frame({
  feature: ['support'],
  agent: ['(not set)'],
  operation: ['chat'],
  model: ['a'],
  total_cost: [9],
  calls: [10],
  success_ratio: [1],
  input_cost: [1],
  cache_read_cost: [2],
  cache_write_cost: [3],
  output_cost: [3],
});

function show(data: Partial<PanelData>) {
  const props = {
    title: 'Recommendations',
    width: 600,
    height: 200,
    options: DEFAULT_OPTIONS,
    fieldConfig: { defaults: {}, overrides: [] },
    data: { state: LoadingState.Done, series: [], timeRange: NOVEMBER, ...data },
  };
  return render(<InsightPanel {...(props as unknown as PanelProps<InsightOptions>)} />);
}

it('tells its tables apart by what they are grouped by, whatever their order', () => {
  const facts = factsOf([byUser, byWork, byModel]);
  expect(facts).toMatchObject({ total: 10, calls: 20, workName: 'feature' });
  expect(facts.users).toEqual([
    { user: 'u', cost: 6 },
    { user: 'v', cost: 1 },
  ]);
  expect(facts.work).toEqual([
    expect.objectContaining({ work: 'support · chat', model: 'a', inputCost: 6, outputCost: 3 }),
  ]);
});

it('is a list of recommendations, warnings first, each with its arithmetic', () => {
  show({ series: [byModel, byUser] });
  const [user, dominates] = screen.getAllByRole('listitem');
  expect(screen.getByRole('list', { name: 'Recommendations' })).toBeInTheDocument();
  expect(user).toHaveTextContent(/One user dominates: u.*\$6\.00 of \$10\.00 = 60\.0%/);
  expect(dominates).toHaveTextContent(/a dominates the cost.*\$9\.00 of \$10\.00 = 90\.0%/);
});

it('says so when there is nothing to recommend, when there is no data, and when the query failed', () => {
  const equal = frame({ model: ['a', 'b'], total_cost: [5, 5], calls: [10, 10] });
  const { unmount } = show({ series: [equal] });
  expect(screen.getByRole('status')).toHaveTextContent(/^Nothing to recommend: several models/);
  unmount();
  const empty = show({});
  expect(screen.getByRole('status')).toHaveTextContent(/^No calls in this time range/);
  empty.unmount();
  show({ state: LoadingState.Error, errors: [{ message: 'The database can’t be reached.' }] });
  expect(screen.getByRole('status')).toHaveTextContent('The database can’t be reached.');
});

it('says what data it takes', () => {
  show({ series: [byUser] });
  expect(screen.getByRole('status')).toHaveTextContent(/takes tables of cost by model/);
});
