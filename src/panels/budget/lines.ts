import type { DataFrame } from '@grafana/data';
import { fieldNamed, numberAt, textAt } from '../shared/fields';

/** A point of time (ms) and an amount (USD). */
export interface Point {
  readonly at: number;
  readonly amount: number;
}

/** What is expected at a time, USD. */
export interface Expected extends Point {
  readonly low: number;
  readonly high: number;
}

export interface ThresholdLine {
  /** 0.8 is 80%. */
  readonly share: number;
  readonly amount: number;
  /** ms since 1970; null: not yet. */
  readonly crossedAt: number | null;
  /** null: not expected before the reset, or too early to say. */
  readonly crossesAt: number | null;
}

/** One budget's current window. Amounts are USD, times ms since 1970. */
export interface BudgetLine {
  readonly id: string;
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly limit: number;
  readonly state: string;
  readonly spent: readonly Point[];
  /** Begins at now; empty while it is too early to say. */
  readonly expected: readonly Expected[];
  readonly thresholds: readonly ThresholdLine[];
}

/** Rows of a frame by the budget that they are of, in their order. */
function rowsById(frame: DataFrame): Map<string, number[]> {
  const ids = fieldNamed(frame, 'budget_id');
  const found = new Map<string, number[]>();
  for (let row = 0; row < frame.length; row++) {
    const id = textAt(ids, row);
    found.set(id, [...(found.get(id) ?? []), row]);
  }
  return found;
}

const reader =
  (frame: DataFrame, row: number) =>
  (name: string): number | null =>
    numberAt(fieldNamed(frame, name), row);

const isLine = (frame: DataFrame): boolean =>
  ['time', 'spent', 'limit', 'window_end'].every((name) => fieldNamed(frame, name));
const isThresholds = (frame: DataFrame): boolean => ['threshold', 'amount'].every((name) => fieldNamed(frame, name));

function thresholdsOf(frame: DataFrame | undefined, rows: readonly number[] = []): ThresholdLine[] {
  return frame
    ? rows.flatMap((row) => {
        const read = reader(frame, row);
        const [share, amount] = [read('threshold'), read('amount')];
        return share === null || amount === null
          ? []
          : [{ share, amount, crossedAt: read('crossed_at'), crossesAt: read('crosses_at') }];
      })
    : [];
}

function lineOf(frame: DataFrame, rows: readonly number[]) {
  const spent: Point[] = [];
  const expected: Expected[] = [];
  for (const row of rows) {
    const read = reader(frame, row);
    const [at, amount, middle] = [read('time'), read('spent'), read('expected')];
    if (at !== null && amount !== null) {
      spent.push({ at, amount });
    }
    if (at !== null && amount === null && middle !== null) {
      expected.push({ at, amount: middle, low: read('low') ?? middle, high: read('high') ?? middle });
    }
  }
  // A point that is stored may be older than a call that came late: what is spent never shrinks.
  const last = spent.at(-1);
  const now = last?.amount ?? 0;
  return {
    spent: spent.map(({ at, amount }) => ({ at, amount: Math.min(amount, now) })),
    // From now on, where there is something to go to.
    expected: last && expected.length ? [{ ...last, low: now, high: now }, ...expected] : [],
  };
}

/** Without rows a frame may come without fields too. */
const isEmpty = (series: readonly DataFrame[]): boolean =>
  series.length > 0 && series.every(({ length }) => length === 0);

/** The budgets of an answer; undefined where it isn't one about the line of a budget. */
export function budgetLines(series: readonly DataFrame[]): BudgetLine[] | undefined {
  const frame = series.find(isLine);
  if (!frame) {
    return isEmpty(series) ? [] : undefined;
  }
  const thresholds = series.find(isThresholds);
  const others = thresholds && rowsById(thresholds);
  return [...rowsById(frame)].flatMap(([id, rows]) => {
    const read = reader(frame, rows[0]);
    const [start, end, limit] = [read('window_start'), read('window_end'), read('limit')];
    if (start === null || end === null || limit === null) {
      return [];
    }
    const own = others?.get(id);
    return {
      id,
      name: textAt(fieldNamed(frame, 'budget'), rows[0]),
      ...{ start, end, limit },
      state: thresholds && own ? textAt(fieldNamed(thresholds, 'state'), own[0]) : '',
      ...lineOf(frame, rows),
      thresholds: thresholdsOf(thresholds, own),
    };
  });
}

/** A round step that divides a length into at most so many parts. */
export function niceStep(length: number, parts: number): number {
  const raw = length / parts;
  const power = 10 ** Math.floor(Math.log10(raw));
  return ([1, 2, 5, 10].find((one) => one * power >= raw) ?? 10) * power;
}
