import pg from 'pg';
import { evenly, type Pace } from './pace';

/** Connections and rows: none waits for another one's row. */
const LINES = 32;

/** A table with a row for each connection. */
export async function makeBareRows(pool: pg.Pool): Promise<void> {
  await pool.query('CREATE TABLE public.bench_bare (id int PRIMARY KEY, calls bigint NOT NULL) WITH (fillfactor = 50)');
  await pool.query('INSERT INTO public.bench_bare SELECT id, 0 FROM generate_series(1, $1::int) AS id', [LINES]);
}

/** The database, for connections whose commits don't wait for its disk, as those of decisions. */
export function soon(database: string): string {
  const url = new URL(database);
  url.searchParams.set('options', '-c synchronous_commit=off');
  return url.href;
}

/** The least that an answer takes: one row changed by its key and committed, without HTTP. @returns ms each. */
export async function barePace(database: string, pace: Pace): Promise<number[]> {
  const lines = Array.from({ length: LINES }, () => new pg.Client({ connectionString: database }));
  await Promise.all(lines.map((line) => line.connect()));
  const rows = new Map(lines.map((line, index) => [line, index + 1]));
  const change = (line: pg.Client) =>
    line.query({
      name: 'bare',
      text: 'UPDATE public.bench_bare SET calls = calls + 1 WHERE id = $1',
      values: [rows.get(line)],
    });
  // A connection's first statement takes milliseconds: those of the collector have long had theirs.
  for (const line of lines) {
    await change(line);
  }
  const latencies = await evenly(pace, lines, change);
  await Promise.all(lines.map((line) => line.end()));
  return latencies;
}
