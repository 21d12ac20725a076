import type { Pool } from 'pg';
import { NOT_SET, parseQuery } from '../../src/query';
import { compileNow } from '../query/compileNow';
import { forecastReply } from '../forecast/budgets';
import { readHistory } from '../forecast/history';
import { projectWindow } from '../forecast/project';
import { picoToUsd } from '../pricing/decimal';
import { type BudgetRule, isCalendar, reachedAt } from './budget';
import { standingOf } from './status';
import { scopeFilters, type Sum, sumOf } from './sums';
import { type Window, windowAt, type WindowRule } from './window';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** How far back it is looked for crossings. */
const LOOK_BACK_DAYS = 30;
/** How many windows before the current one are summed. */
const PREVIOUS = 6;
/** Runs that are looked at, the most expensive first. */
const RUNS = 1_000;

/** How often a threshold would have been crossed. */
export interface Fired {
  readonly threshold: number;
  readonly times: number;
  /** The hour of the last time, RFC 3339. */
  readonly last_at: string | null;
}

const nothingFired = ({ thresholds }: BudgetRule): Map<number, Fired> =>
  new Map(thresholds.map(({ threshold }) => [threshold, { threshold, times: 0, last_at: null }]));

const pico = (text: string | null): bigint => BigInt((text ?? '0').replace(/\..*/, ''));

/** One window as the budget would have stood at its end, or stands now. */
function windowReply(rule: BudgetRule, window: Window, sum: Sum) {
  const { window_start, window_end, spent, ratio, state, threshold_reached } = standingOf(rule, window, sum.spent);
  return {
    window_start,
    window_end,
    spent,
    ratio,
    state,
    threshold_reached,
    calls: Number(sum.calls),
    unpriced_calls: Number(sum.unpriced_calls),
  };
}

/** The current window and those before it, the newest first. */
function windowsBack(rule: WindowRule, now: number): Window[] {
  const windows = [windowAt(rule, now)];
  while (windows.length <= PREVIOUS) {
    windows.push(windowAt(rule, windows.at(-1)!.start - 1));
  }
  return windows;
}

async function hourly(pool: Pool, rule: BudgetRule, from: number, to: number) {
  const query = parseQuery({
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    metrics: ['total_cost'],
    interval: '1h',
    time_zone: rule.time_zone,
    filters: scopeFilters(rule),
  });
  const { rows } = await pool.query<{ time: Date; total_cost: string | null }>(compileNow(query).sql);
  return rows
    .map(({ time, total_cost: cost }) => ({ at: time.getTime(), cost: pico(cost) }))
    .sort((a, b) => a.at - b.at);
}

/** The crossings of the last 30 days, hour by hour, each threshold once in a window: as the alerts would have come. */
async function crossings(pool: Pool, rule: BudgetRule, windows: WindowRule, now: number): Promise<Fired[]> {
  const since = Math.floor((now - LOOK_BACK_DAYS * DAY_MS) / HOUR_MS) * HOUR_MS;
  let window = windowAt(windows, since);
  let { spent } = await sumOf(pool, rule, { start: window.start, end: since });
  const fired = nothingFired(rule);
  for (const { at, cost } of await hourly(pool, rule, since, now)) {
    if (at >= window.end) {
      window = windowAt(windows, at);
      spent = 0n;
    }
    const before = spent;
    spent += cost;
    for (const [threshold, { times }] of fired) {
      const line = reachedAt(rule.amount, threshold);
      if (before < line && spent >= line) {
        fired.set(threshold, { threshold, times: times + 1, last_at: new Date(Math.max(at, since)).toISOString() });
      }
    }
  }
  return [...fired.values()];
}

/** What a calendar budget that isn't there yet would say. */
async function calendarPreview(pool: Pool, rule: BudgetRule, windows: WindowRule, now: number) {
  const standings = [];
  // One after the other: a preview is no reason to take every connection.
  for (const window of windowsBack(windows, now)) {
    const sum = await sumOf(pool, rule, { start: window.start, end: Math.min(window.end, now + 1) });
    standings.push(windowReply(rule, window, sum));
  }
  const [current, ...previous] = standings;
  const history = await readHistory(pool, rule, rule.time_zone, now);
  const spent = Number(current!.spent);
  const projection = projectWindow(history, spent, windowAt(windows, now), now);
  const { path: _, ...forecast } = forecastReply(rule, { spent, days: history.days.length, projection, now });
  return { current, previous, runs: null, fired: await crossings(pool, rule, windows, now), forecast };
}

/** What a budget per run would say of the runs of the last 30 days. */
async function runPreview(pool: Pool, rule: BudgetRule, now: number) {
  const query = parseQuery({
    from: new Date(now - LOOK_BACK_DAYS * DAY_MS).toISOString(),
    to: new Date(now + 1).toISOString(),
    metrics: ['total_cost', 'ended_at'],
    group_by: ['run_id'],
    order_by: 'total_cost',
    direction: 'desc',
    limit: RUNS,
    filters: [...scopeFilters(rule), { dimension: 'run_id', operator: '!=', values: [NOT_SET] }],
  });
  const { rows } = await pool.query<{ run_id: string; total_cost: string | null; ended_at: Date | string | null }>(
    compileNow(query).sql
  );
  const fired = rule.thresholds.map(({ threshold }): Fired => {
    const over = rows.filter(({ total_cost: cost }) => pico(cost) >= reachedAt(rule.amount, threshold));
    const ends = over.flatMap(({ ended_at: end }) => (end === null ? [] : [new Date(end).getTime()]));
    return { threshold, times: over.length, last_at: ends.length ? new Date(Math.max(...ends)).toISOString() : null };
  });
  const largest = rows.slice(0, PREVIOUS).map(({ run_id, total_cost: cost }) => ({
    run_id,
    spent: picoToUsd(pico(cost)),
    ratio: Number(pico(cost)) / Number(rule.amount),
  }));
  return { current: null, previous: [], runs: { count: rows.length, largest }, fired, forecast: null };
}

/**
 * What a budget would say if it were there: what its scope costs now and cost in the windows before, where the window is
 * expected to end, and how often each threshold would have been crossed in the last 30 days. Nothing is stored.
 */
export async function previewBudget(pool: Pool, rule: BudgetRule, now = Date.now()) {
  const { period, time_zone: timeZone, starts_on: startsOn } = rule;
  const preview = isCalendar(period)
    ? await calendarPreview(pool, rule, { period, timeZone, startsOn }, now)
    : await runPreview(pool, rule, now);
  return { limit: picoToUsd(rule.amount), look_back_days: LOOK_BACK_DAYS, ...preview };
}
