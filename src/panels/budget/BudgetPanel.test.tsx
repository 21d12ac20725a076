import { type DataFrame, FieldType, LoadingState, type PanelData, type PanelProps, toDataFrame } from '@grafana/data';
import { render, screen } from '@testing-library/react';
import React from 'react';
import { NOVEMBER } from '../../testing/sources';
import { BudgetPanel } from './BudgetPanel';
import { budgetLines, niceStep } from './lines';
import { type BudgetOptions, DEFAULT_OPTIONS } from './options';

const at = (day: number, hour = 0) =>
  Date.parse(`2026-11-${String(day).padStart(2, '0')}T${String(hour).padStart(2, '0')}:00:00Z`);
const column = (name: string, values: unknown[], type = FieldType.number) => ({ name, type, values });

/** A month of $100: $60 spent on the 16th, $110 expected. */
const line = (more: { expected?: Array<number | null>; id?: string; name?: string } = {}): DataFrame => {
  const expected = more.expected ?? [null, null, 60, 110];
  const all = (value: unknown) => expected.map(() => value);
  return toDataFrame({
    fields: [
      column('time', [at(1), at(8), at(16), at(30)], FieldType.time),
      column('budget', all(more.name ?? 'acme per month'), FieldType.string),
      column('budget_id', all(more.id ?? 'b1'), FieldType.string),
      column('spent', [0, 25, 60, null]),
      column(
        'low',
        expected.map((value) => value && value * 0.9)
      ),
      column('expected', expected),
      column(
        'high',
        expected.map((value) => value && value * 1.1)
      ),
      column('limit', all(100)),
      column('window_start', all(at(1)), FieldType.time),
      column('window_end', all(at(30)), FieldType.time),
    ],
  });
};
const thresholds = toDataFrame({
  fields: [
    column('budget_id', ['b1', 'b1', 'b1'], FieldType.string),
    column('threshold', [0.5, 0.8, 2]),
    column('amount', [50, 80, 200]),
    column('state', ['warning', 'warning', 'warning'], FieldType.string),
    column('crossed_at', [at(13, 9), null, null], FieldType.time),
    column('crosses_at', [null, at(22, 12), null], FieldType.time),
  ],
});

function show(data: Partial<PanelData>, options: BudgetOptions = DEFAULT_OPTIONS) {
  const props = {
    width: 900,
    height: 400,
    options,
    timeZone: 'utc',
    fieldConfig: { defaults: {}, overrides: [] },
    data: { state: LoadingState.Done, series: [], timeRange: NOVEMBER, ...data },
  };
  return render(<BudgetPanel {...(props as unknown as PanelProps<BudgetOptions>)} />);
}

it('says how the budget stands, where it ends, and when its thresholds are crossed', () => {
  const { container } = show({ series: [line(), thresholds] });
  expect([...container.querySelectorAll('dd')].map(({ textContent }) => textContent)).toEqual([
    'acme per month',
    'Warning',
    '$60.00 of $100.00 (60.0%)',
    '$110.00 ($99.00 – $121.00)',
    'Nov 30, 00:00',
  ]);
  for (const text of ['50%, crossed Nov 13, 09:00', '80% on Nov 22, 12:00', '200%, not before the reset']) {
    expect(screen.getAllByText(text).length).toBeGreaterThan(0);
  }
  expect(screen.getByRole('img', { name: 'acme per month: $60.00 of $100.00 spent' })).toBeInTheDocument();
});

it('draws what is spent up to now, and from there what is expected', () => {
  const [budget] = budgetLines([line(), thresholds])!;
  expect(budget.spent).toEqual([
    { at: at(1), amount: 0 },
    { at: at(8), amount: 25 },
    { at: at(16), amount: 60 },
  ]);
  expect(budget.expected.map((point) => point.amount)).toEqual([60, 110]);
  const { container } = show({ series: [line(), thresholds] });
  const [spent, expected] = [...container.querySelectorAll('polyline')].map((one) =>
    one.getAttribute('points')!.split(' ')
  );
  expect(spent).toHaveLength(3);
  // The one goes on where the other ends.
  expect(expected[0]).toBe(spent[2]);
});

it('says that it is too early, and draws no line ahead', () => {
  const { container } = show({ series: [line({ expected: [null, null, 60, null] }), thresholds] });
  expect(screen.getByText('Too early to say')).toBeInTheDocument();
  expect(container.querySelectorAll('polyline')).toHaveLength(1);
});

it('leaves the ideal line out where it is not wanted, and draws each budget for itself', () => {
  const two = toDataFrame({
    fields: line().fields.map((one, i) => ({
      ...one,
      values: [...one.values, ...line({ id: 'b2', name: 'other' }).fields[i].values],
    })),
  });
  show({ series: [two, thresholds] }, { showIdeal: false });
  expect(screen.getAllByRole('img')).toHaveLength(2);
  expect(screen.queryByText(/At this pace/)).not.toBeInTheDocument();
});

it('says what to do when there is no budget, or the queries are others', () => {
  show({ series: [toDataFrame({ fields: line().fields.map((one) => ({ ...one, values: [] })) })] });
  expect(screen.getByRole('status')).toHaveTextContent(/^No budget/);
});

it('says the same where an answer without rows has no fields', () => {
  show({ series: [toDataFrame({ fields: [] }), toDataFrame({ fields: [] })] });
  expect(screen.getByRole('status')).toHaveTextContent(/^No budget/);
});

it('says what it takes, and why a query failed', () => {
  const { unmount } = show({ series: [] });
  expect(screen.getByRole('status')).toHaveTextContent(/^Nothing to draw/);
  unmount();
  show({ errors: [{ message: 'the database is away' }], state: LoadingState.Error });
  expect(screen.getByRole('status')).toHaveTextContent('the database is away');
});

it.each([
  [100, 5, 20],
  [106, 4, 50],
  [0.07, 4, 0.02],
])('divides %s into at most %s round steps of %s', (length, parts, step) => {
  expect(niceStep(length, parts)).toBeCloseTo(step, 10);
});
