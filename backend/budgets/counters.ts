import type { PoolClient } from 'pg';
import { type Budget, isCalendar } from './budget';
import { NOTHING, type Sum, sumOf, sumsOfRuns } from './sums';
import { type Window, windowAt } from './window';

/** How far ahead windows have counters, so that the SQL view finds the current one while no collector runs. */
const AHEAD_MS = 8 * 86_400_000;

/** The current window and those that begin within the next days, at least one of them. */
export function windowsAhead(budget: Budget, now: number): Window[] {
  const { period, time_zone: timeZone, starts_on: startsOn } = budget;
  if (!isCalendar(period)) {
    return [];
  }
  const windows = [windowAt({ period, timeZone, startsOn }, now)];
  while (windows.length < 2 || windows.at(-1)!.end < now + AHEAD_MS) {
    windows.push(windowAt({ period, timeZone, startsOn }, windows.at(-1)!.end));
  }
  return windows;
}

interface Known {
  counter_id: bigint;
  window_start: Date | number;
  window_end: Date | number;
  run_id: string;
  spent: string;
  calls: bigint;
  unpriced_calls: bigint;
}

async function knownCounters(client: PoolClient, { budget_id }: Budget): Promise<Known[]> {
  const { rows } = await client.query<Known>(
    `SELECT counter_id, window_start, window_end, run_id, spent::text, calls, unpriced_calls
     FROM public.budget_counters WHERE budget_id = $1::uuid ORDER BY counter_id`,
    [budget_id]
  );
  return rows;
}

/** Time of the newest call, ms since 1970: later windows hold nothing. */
async function newestCall(client: PoolClient): Promise<number> {
  const { rows } = await client.query<{ newest: Date | null }>('SELECT max(time) AS newest FROM public.usage_events');
  return rows[0]?.newest?.getTime() ?? -Infinity;
}

const sumIn = async (client: PoolClient, budget: Budget, window: Window, newest: number): Promise<Sum> =>
  window.start > newest ? NOTHING : sumOf(client, budget, window);

async function insert(client: PoolClient, budget: Budget, rows: ReadonlyArray<[Window | string, Sum]>): Promise<void> {
  const iso = (at: number) => new Date(at).toISOString();
  await client.query(
    `INSERT INTO public.budget_counters (budget_id, window_start, window_end, run_id, spent, calls, unpriced_calls)
     SELECT $1::uuid, * FROM unnest($2::timestamptz[], $3::timestamptz[], $4::text[], $5::numeric[], $6::bigint[], $7::bigint[])
     ON CONFLICT DO NOTHING`,
    [
      budget.budget_id,
      rows.map(([key]) => (typeof key === 'string' ? '-infinity' : iso(key.start))),
      rows.map(([key]) => (typeof key === 'string' ? 'infinity' : iso(key.end))),
      rows.map(([key]) => (typeof key === 'string' ? key : '')),
      rows.map(([, { spent }]) => String(spent)),
      rows.map(([, { calls }]) => String(calls)),
      rows.map(([, { unpriced_calls: unpriced }]) => String(unpriced)),
    ]
  );
}

/**
 * Gives a budget the counters that it lacks: its windows from now on, or its runs, summed from the calls that are there.
 * Inside a transaction that began with `begin_budgeting`, so that no call comes in between.
 *
 * @returns how many were added.
 */
export async function addCounters(client: PoolClient, budget: Budget, now = Date.now()): Promise<number> {
  const known = await knownCounters(client, budget);
  const newest = await newestCall(client);
  const rows: Array<[Window | string, Sum]> = [];
  if (isCalendar(budget.period)) {
    const starts = new Set(known.map(({ window_start: start }) => start.valueOf()));
    for (const window of windowsAhead(budget, now).filter(({ start }) => !starts.has(start))) {
      rows.push([window, await sumIn(client, budget, window, newest)]);
    }
  } else if (known.length === 0) {
    rows.push(...(await sumsOfRuns(client, budget)));
  }
  if (rows.length > 0) {
    await insert(client, budget, rows);
  }
  return rows.length;
}

/** What a rebuild found to be different from what the counters said. */
export interface Correction {
  readonly counter_id: bigint;
  readonly window_start: Date | null;
  readonly run_id: string | null;
  readonly before: Sum;
  readonly after: Sum;
}

/**
 * Sums a budget's windows or runs anew from the calls and corrects its counters. Windows that begin before `oldest` (ms
 * since 1970, the first call that is still kept) stay as they are. Inside a transaction that began with `begin_budgeting`.
 *
 * @returns what was different.
 */
export async function rebuildCounters(client: PoolClient, budget: Budget, oldest: number): Promise<Correction[]> {
  const newest = await newestCall(client);
  const runs = isCalendar(budget.period) ? null : await sumsOfRuns(client, budget);
  const known = await knownCounters(client, budget);
  const corrections: Correction[] = [];
  for (const counter of known) {
    const window = { start: counter.window_start.valueOf(), end: counter.window_end.valueOf() };
    if (runs === null && window.start < oldest) {
      continue;
    }
    const after = runs ? (runs.get(counter.run_id) ?? NOTHING) : await sumIn(client, budget, window, newest);
    const { spent, calls, unpriced_calls } = counter;
    const before = { spent: BigInt(spent), calls, unpriced_calls };
    if (before.spent !== after.spent || before.calls !== after.calls || unpriced_calls !== after.unpriced_calls) {
      corrections.push({
        counter_id: counter.counter_id,
        window_start: runs ? null : new Date(window.start),
        run_id: counter.run_id || null,
        before,
        after,
      });
    }
  }
  await correct(client, corrections);
  const missing = [...(runs ?? [])].filter(([run]) => !known.some(({ run_id }) => run_id === run));
  await insert(client, budget, missing);
  return corrections;
}

async function correct(client: PoolClient, corrections: readonly Correction[]): Promise<void> {
  await client.query(
    `UPDATE public.budget_counters counter
     SET spent = sum.spent, late = counter.late + sum.spent - counter.spent, calls = sum.calls,
       unpriced_calls = sum.unpriced, changed_at = now()
     FROM unnest($1::bigint[], $2::numeric[], $3::bigint[], $4::bigint[]) sum (id, spent, calls, unpriced)
     WHERE counter.counter_id = sum.id`,
    [
      corrections.map(({ counter_id: id }) => String(id)),
      corrections.map(({ after }) => String(after.spent)),
      corrections.map(({ after }) => String(after.calls)),
      corrections.map(({ after }) => String(after.unpriced_calls)),
    ]
  );
}
