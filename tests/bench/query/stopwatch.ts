import { readFileSync } from 'node:fs';
import pg from 'pg';
import { median } from '../statistics';

/** How long a statement takes. */
export interface Times {
  /** ms until all rows are here, the median of the runs. */
  readonly wall: number;
  /** ms of processor time of the server's process, the mean of the runs; NaN for a server on another machine. */
  readonly cpu: number;
}

const TICK_MS = 10;
/** What takes longer is timed once. */
const LONG_MS = 2_000;

/** Processor time that a process has used, ms; NaN when it isn't here. */
function cpuOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch {
    return NaN;
  }
}

/** A connection like one of Grafana's, without parallel workers, so that its processor time is all there is. */
export class Stopwatch {
  private constructor(
    private readonly client: pg.Client,
    private readonly pid: number
  ) {}

  static async connect(url: string): Promise<Stopwatch> {
    const client = new pg.Client({ connectionString: url, options: '-c jit=off -c max_parallel_workers_per_gather=0' });
    await client.connect();
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    return new Stopwatch(client, rows[0]!.pid);
  }

  async time(sql: string, runs: number): Promise<Times> {
    // Once for the caches, as a dashboard that is open has them.
    const first = { at: performance.now(), cpu: cpuOf(this.pid) };
    await this.client.query(sql);
    const wall = performance.now() - first.at;
    const before = cpuOf(this.pid);
    if (wall > LONG_MS) {
      return { wall, cpu: before - first.cpu };
    }
    const walls: number[] = [];
    for (let i = 0; i < runs; i++) {
      const started = performance.now();
      await this.client.query(sql);
      walls.push(performance.now() - started);
    }
    return { wall: median(walls), cpu: (cpuOf(this.pid) - before) / runs };
  }

  /** The first value of the first row. */
  async value(sql: string): Promise<string> {
    const { rows } = await this.client.query<Record<string, unknown>>(sql);
    return String(Object.values(rows[0] ?? {})[0]);
  }

  close(): Promise<void> {
    return this.client.end();
  }
}
