import type { Pool } from 'pg';
import {
  type PricedEvent,
  STATUSES,
  UNPRICED_REASONS,
  USAGE_FIELDS,
  usageEvent,
} from '../../../backend/events/usageEvent';
import { EVENT_COLUMNS } from '../../../backend/storage/eventColumns';
import { migrate } from '../../../backend/storage/migrate';
import { createPool } from '../../../backend/storage/pool';
import { CALL_COLUMNS } from '../../../src/query/callColumns';
import { type Measure, MEASURES, measureSql } from '../../../src/query/measures';
import { type Rollup, ROLLUPS } from '../../../src/query/rollups';
import { isStep, STEPS } from '../../../src/query/steps';
import { randomNumbers } from '../../bench/events';
import { type TestDatabase, testDatabase } from '../database';

export const HOUR = 3_600_000_000;
export const DAY = 24 * HOUR;
export const now = (): number => Date.now() * 1000;

export interface Storage extends TestDatabase {
  readonly pool: Pool;
}

/** A migrated database with a pool. */
export async function openStorage(): Promise<Storage> {
  const database = await testDatabase();
  const pool = createPool({ url: database.url, name: 'test', max: 6 });
  await migrate(pool);
  return {
    ...database,
    pool,
    close: async () => {
      await pool.end();
      await database.close();
    },
  };
}

/** Text fields of which every combination may occur; few values each, and NULL where a column allows it. */
const TEXT_COLUMNS = EVENT_COLUMNS.filter(
  ({ name, type }) => type === 'text' && !/^price_id|^unpriced|_id$/.test(name)
);
const NOT_NULL = ['tenant', 'project', 'status', 'quality', 'source'];

/** Events in which every dimension and every measure varies, NULLs and unpriced ones included. */
export function randomEvents(count: number, from: number, to: number, seed: number): PricedEvent[] {
  const random = randomNumbers(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const maybe = <T>(value: () => T): T | null => (random() < 0.2 ? null : value());
  return Array.from({ length: count }, (): PricedEvent => {
    const texts = TEXT_COLUMNS.map(({ name }) => {
      const value = () => `${name}-${below(2)}`;
      return [name, NOT_NULL.includes(name) ? value() : maybe(value)];
    });
    const usage = USAGE_FIELDS.map((field) => [field, maybe(() => below(5_000))]);
    return {
      ...usageEvent({ event_id: randomUuid(below), time: from + below(to - from), source: 'test' }),
      ...(Object.fromEntries([...texts, ...usage]) as Partial<PricedEvent>),
      status: STATUSES[below(STATUSES.length)]!,
      user_id: maybe(() => `user-${below(5)}`),
      run_id: maybe(() => `run-${below(5)}`),
      session_id: maybe(() => `session-${below(5)}`),
      attempt: 1 + below(3),
      reported_cost: maybe(() => BigInt(below(10_000))),
      tags: maybe(() => ({ key: `value-${below(3)}` })),
      pricing: random() < 0.2 ? { priced: false, unpriced_reason: UNPRICED_REASONS[below(5)]! } : randomCosts(below),
    };
  });
}

const randomUuid = (below: (limit: number) => number): string =>
  [8, 4, 4, 4, 12].map((digits) => Array.from({ length: digits }, () => below(16).toString(16)).join('')).join('-');

export function randomCosts(below: (limit: number) => number): PricedEvent['pricing'] {
  const cost = () => BigInt(below(1_000_000));
  const parts = {
    input_cost: cost(),
    cache_read_cost: cost(),
    cache_write_cost: cost(),
    output_cost: cost(),
    other_cost: cost(),
  };
  const total_cost = Object.values(parts).reduce((sum, part) => sum + part);
  return {
    priced: true,
    price_id: `price-${below(3)}`,
    price_version: 1 + below(3),
    ...parts,
    reasoning_cost: parts.output_cost / 2n,
    total_cost,
    cache_savings: cost(),
  };
}

/** How a rollup's view differs from the raw rows, counted in one statement and so in one snapshot. */
export async function differences(
  pool: Pool,
  rollup: Rollup
): Promise<{ rows: number; missing: number; surplus: number }> {
  const dimensions = [...rollup.dimensions].join(', ');
  const ofCalls = [...rollup.dimensions].map((name) =>
    isStep(name) ? `public.call_step(${CALL_COLUMNS[STEPS[name]]}) AS ${name}` : name
  );
  const kept = [...(rollup.measures ?? (Object.keys(MEASURES) as Measure[]))];
  const sums = kept.map((name) => `sum((${measureSql(name, 'events')})::bigint) AS ${name}`);
  const filled = rollup.isFilledLater ? `public.rollup_filled('${rollup.name}') AND ` : '';
  const settled = `(${filled}public.${rollup.grain}s_settled(bucket, bucket + interval '${rollup.grain === 'day' ? 24 : 1} hours'))`;
  const stored = kept.map((name) => `${name}::numeric`);
  const { rows } = await pool.query<{ rows: number; missing: number; surplus: number }>(
    `WITH raw AS (SELECT date_trunc('${rollup.grain}', time, 'UTC') AS bucket, ${ofCalls.join(', ')}, ${sums.join(', ')}
        FROM public.usage_events GROUP BY bucket, ${dimensions}),
      rolled AS (SELECT bucket, ${dimensions}, ${stored.join(', ')} FROM public.${rollup.name}),
      -- As queries read it: the table behind the view where it is up to date.
      asked AS (SELECT bucket, ${dimensions}, ${stored.join(', ')} FROM public.${rollup.name}_rollup WHERE ${settled}
        UNION ALL SELECT bucket, ${dimensions}, ${stored.join(', ')} FROM public.${rollup.name} WHERE NOT ${settled})
    SELECT (SELECT count(*) FROM raw)::int AS rows,
      (SELECT count(*) FROM (TABLE raw EXCEPT ALL TABLE rolled) difference)::int
        + (SELECT count(*) FROM (TABLE raw EXCEPT ALL TABLE asked) difference)::int AS missing,
      (SELECT count(*) FROM (TABLE rolled EXCEPT ALL TABLE raw) difference)::int
        + (SELECT count(*) FROM (TABLE asked EXCEPT ALL TABLE raw) difference)::int AS surplus`
  );
  return rows[0]!;
}

/** Fails unless every rollup view is exactly the sums over the raw rows. */
export async function expectExact(pool: Pool): Promise<void> {
  for (const rollup of ROLLUPS) {
    const { rows, missing, surplus } = await differences(pool, rollup);
    expect({ rollup: rollup.name, empty: rows === 0, missing, surplus }).toEqual({
      rollup: rollup.name,
      empty: false,
      missing: 0,
      surplus: 0,
    });
  }
}

/** Marks that wait for the refresher. */
export async function dirtyHours(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ hours: number }>('SELECT count(*)::int AS hours FROM public.rollup_dirty');
  return rows[0]!.hours;
}
