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
    await this.client.query(sql);
    const walls: number[] = [];
    const before = cpuOf(this.pid);
    for (let i = 0; i < runs; i++) {
      const started = performance.now();
      await this.client.query(sql);
      walls.push(performance.now() - started);
    }
    return { wall: median(walls), cpu: (cpuOf(this.pid) - before) / runs };
  }

  close(): Promise<void> {
    return this.client.end();
  }
}
