import type { Pool } from 'pg';
import { compressRollups, refreshRollups } from '../../../backend/storage/rollups';
import { world } from './world';

/** Entries of the list from which an event draws its stream: each stream as often as its weight says, but at least once. */
const SLOTS = 8_192;
const DAY_MS = 86_400_000;
/** Days that the compression policy leaves alone. */
const FRESH_DAYS = 3;
const CALLS_PER_RUN = 5;

/** Events per day as they are written: the same in every run, but for the time they are counted from. */
const INSERT = `
INSERT INTO public.usage_events (time, event_id, tenant, project, team, environment, cost_center, provider, model,
  request_model, deployment, endpoint, operation, service_tier, user_id, user_segment, session_id, service, agent, run_id,
  pipeline, feature, release, status, error_type, finish_reason, quality, source, trace_id, span_id, response_id, attempt,
  duration_ms, time_to_first_token_ms, input_tokens, cache_read_tokens, cache_write_5m_tokens, output_tokens,
  reasoning_tokens, input_cost, cache_read_cost, cache_write_cost, output_cost, reasoning_cost, other_cost, total_cost,
  cache_savings, price_id, price_version, unpriced_reason, tags)
SELECT time, event_id, tenant, project, team, environment, cost_center, provider, model, model, model, endpoint, 'chat',
  'standard', 'user-' || who, CASE WHEN who % 10 = 0 THEN 'enterprise' WHEN who % 3 = 0 THEN 'pro' ELSE 'free' END,
  'session-' || who || '-' || at / 7, service, agent,
  CASE WHEN agent IS NOT NULL THEN 'run-' || stream || '-' || at / run_stride END,
  CASE WHEN agent IS NOT NULL THEN 'pipeline-' || feature END, feature, '1.' || extract(week FROM time) || '.0',
  CASE WHEN failed THEN 'error' ELSE 'ok' END, CASE WHEN failed THEN 'RateLimitError' END,
  CASE WHEN failed THEN NULL ELSE 'stop' END, 'exact', 'otlp:@opentelemetry/instrumentation-openai',
  NULL, NULL, NULL,
  CASE WHEN chance < 0.05 THEN 2 ELSE 1 END, duration, duration / 4, input, cached, 0, output, output / 3,
  CASE WHEN priced THEN (input - cached) * input_price END, CASE WHEN priced THEN cached * input_price / 10 END,
  CASE WHEN priced THEN 0 END, CASE WHEN priced THEN output * output_price END,
  CASE WHEN priced THEN output / 3 * output_price END, CASE WHEN priced THEN 0 END,
  CASE WHEN priced THEN (input - cached) * input_price + cached * input_price / 10 + output * output_price END,
  CASE WHEN priced THEN cached * input_price - cached * input_price / 10 END,
  CASE WHEN priced THEN 'catalogue/' || model END, CASE WHEN priced THEN 1 END,
  CASE WHEN priced THEN NULL ELSE 'unknown_model' END,
  CASE WHEN chance > 0.5 THEN jsonb_build_object('version', '1.' || (who % 20)) END
FROM (
  SELECT drawn.*, streams.*, first_user + floor(users * luck ^ 2.5)::int AS who, chance < 0.03 AS failed, chance < 0.99 AS priced,
    CASE WHEN luck < 0.4 THEN input * 6 / 10 ELSE 0 END AS cached
  FROM (
    SELECT $1::timestamptz + number * $2::float8 * interval '1 microsecond' AS time, $3::bigint + number AS at,
      md5($3::bigint + number || 'event')::uuid AS event_id, floor(random() * ${SLOTS})::int AS slot,
      random() AS luck, random() AS chance, 50 + floor(random() * random() * 20000)::bigint AS input,
      10 + floor(random() * random() * 3000)::bigint AS output, 200 + random() * random() * 20000 AS duration
    FROM generate_series(1, $4::int) AS number
  ) AS drawn JOIN bench.streams USING (slot)
) AS calls`;

/** The streams' list in the database. */
async function writeStreams(pool: Pool): Promise<void> {
  const streams = world();
  const whole = streams.reduce((sum, { weight }) => sum + weight, 0);
  const spread = streams.map((stream) => Math.max(1, Math.floor((stream.weight / whole) * (SLOTS - streams.length))));
  const left = SLOTS - spread.reduce((sum, count) => sum + count, 0);
  spread[0] = spread[0]! + left;
  const rows = streams.flatMap((stream, index) =>
    Array.from({ length: spread[index]! }, () => ({
      ...stream,
      stream: index,
      run_stride: Math.ceil((CALLS_PER_RUN * SLOTS) / spread[index]!),
    }))
  );
  await pool.query('CREATE SCHEMA bench');
  await pool.query(
    `CREATE TABLE bench.streams AS SELECT * FROM jsonb_to_recordset($1::jsonb) AS row (slot int, stream int, run_stride int,
      tenant text, project text, team text, environment text, cost_center text, service text, feature text, endpoint text,
      provider text, model text, agent text, input_price bigint, output_price bigint, first_user int, users int)`,
    [JSON.stringify(rows.map((row, slot) => ({ ...row, slot })))]
  );
  await pool.query('ANALYZE bench.streams');
}

interface Day {
  readonly from: number;
  readonly to: number;
  /** Events of the days before. */
  readonly before: number;
  readonly rows: number;
}

function daysOf(count: number, from: number, to: number): Day[] {
  const days: Day[] = [];
  const perMs = count / (to - from);
  for (let at = from, before = 0; at < to;) {
    const next = Math.min(to, (Math.floor(at / DAY_MS) + 1) * DAY_MS);
    const rows = Math.round((next - from) * perMs) - before;
    days.push({ from: at, to: next, before, rows });
    before += rows;
    at = next;
  }
  return days;
}

async function writeDay(pool: Pool, { from, to, before, rows }: Day, compress: boolean): Promise<void> {
  await pool.query(INSERT, [new Date(from), ((to - from) * 1000) / (rows + 1), before, rows]);
  if (compress) {
    await pool.query(
      `SELECT compress_chunk(chunk, if_not_compressed => true)
       FROM show_chunks('public.usage_events', newer_than => $1::timestamptz, older_than => $2::timestamptz) AS chunk`,
      [new Date(Math.floor(from / DAY_MS) * DAY_MS), new Date(to)]
    );
  }
}

/** Rollups that are summed from events; the daily one is summed from the hourly one afterwards. */
const FROM_EVENTS = ['usage_1h_rollup', 'usage_user_1d_rollup', 'usage_run_1d_rollup'];
const WORKERS = 3;

/**
 * Fills an empty, migrated database with `count` events of the last `days` days, compressed as the policy would, and
 * brings the rollups up to date.
 */
export async function fill(pool: Pool, count: number, days: number, tell: (text: string) => void): Promise<void> {
  await writeStreams(pool);
  const to = Date.now();
  const list = daysOf(count, to - days * DAY_MS, to);
  let written = 0;
  let next = 0;
  const worker = async () => {
    for (let day = list[next++]; day; day = list[next++]) {
      await writeDay(pool, day, day.to < to - FRESH_DAYS * DAY_MS);
      written += day.rows;
      tell(`${written} of ${count} events`);
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, worker));
  await pool.query('ANALYZE public.usage_events');
  tell('summing the rollups');
  const until = new Date(Math.floor(to / DAY_MS) * DAY_MS - DAY_MS);
  await Promise.all(
    FROM_EVENTS.map((rollup) =>
      pool.query('CALL refresh_continuous_aggregate($1, NULL, $2::timestamptz)', [rollup, until])
    )
  );
  await refreshRollups(pool, { quietMs: 0, maxWaitMs: 0 });
  await compressRollups(pool);
}
