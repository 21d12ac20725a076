import type { EngineQueue } from '../session/engineQueue';

/**
 * The policies that are run here. Continuous aggregates are refreshed by the collector itself, which knows what has
 * changed.
 */
const POLICIES = ['policy_compression', 'policy_retention'];

export interface DueJob {
  readonly id: number;
  readonly policy: string;
}

export interface JobRun extends DueJob {
  /** Null when it went well. */
  readonly error: string | null;
}

const DUE = `
SELECT job_id, proc_name FROM timescaledb_information.jobs
 WHERE scheduled AND proc_name IN (${POLICIES.map((name) => `'${name}'`).join(', ')})
   AND coalesce(next_start, initial_start, '-infinity') <= now()
 ORDER BY proc_name DESC, job_id`;

export async function dueJobs(queue: EngineQueue): Promise<DueJob[]> {
  return (await queue.runInternal(DUE)).map(([id = '', policy = '']) => ({ id: Number(id), policy }));
}

/**
 * Runs a policy. Compression goes a chunk at a time, so that clients come in between.
 * @param pause whether to leave the rest for the next time
 */
export async function runJob(queue: EngineQueue, job: DueJob, pause: () => boolean): Promise<JobRun> {
  const started = Date.now();
  let error: string | null = null;
  try {
    if (job.policy === 'policy_compression') {
      while (await compressOneChunk(queue, job.id)) {
        if (pause()) {
          return { ...job, error };
        }
      }
    } else {
      await queue.runInternal(`CALL run_job(${job.id})`);
    }
  } catch (problem) {
    error = problem instanceof Error ? problem.message : String(problem);
  }
  await record(queue, job, Date.now() - started, error);
  return { ...job, error };
}

const COMPRESSED = `SELECT count(*) FROM _timescaledb_catalog.chunk WHERE compressed_chunk_id IS NOT NULL`;

/** @returns whether there was one to compress */
async function compressOneChunk(queue: EngineQueue, id: number): Promise<boolean> {
  const [before] = await queue.runInternal(COMPRESSED);
  const [config] = await queue.runInternal(
    `SELECT quote_literal(config || '{"maxchunks_to_compress": 1}') FROM _timescaledb_config.bgw_job WHERE id = ${id}`
  );
  await queue.runInternal(`CALL _timescaledb_functions.policy_compression(${id}, ${config?.[0] ?? 'NULL'}::jsonb)`);
  const [after] = await queue.runInternal(COMPRESSED);
  return Number(after?.[0]) > Number(before?.[0]);
}

/** Writes down the run where TimescaleDB's own scheduler would: job_stats shows it, and the next start comes from it. */
async function record(queue: EngineQueue, job: DueJob, ms: number, error: string | null): Promise<void> {
  const good = error === null;
  const spent = `make_interval(secs => ${ms / 1000})`;
  await queue.runInternal(`
INSERT INTO _timescaledb_internal.bgw_job_stat AS s
  (job_id, last_start, last_finish, next_start, last_successful_finish, last_run_success, total_runs, total_duration,
   total_duration_failures, total_successes, total_failures, total_crashes, consecutive_failures, consecutive_crashes)
SELECT id, now() - ${spent}, now(), now() + ${good ? 'schedule_interval' : 'least(schedule_interval, retry_period)'},
       ${good ? 'now()' : "'-infinity'"}, ${good}, 1, ${spent}, interval '0', ${good ? 1 : 0}, ${good ? 0 : 1}, 0,
       ${good ? 0 : 1}, 0
  FROM _timescaledb_config.bgw_job WHERE id = ${job.id}
ON CONFLICT (job_id) DO UPDATE SET
  last_start = excluded.last_start, last_finish = excluded.last_finish, next_start = excluded.next_start,
  last_successful_finish = CASE WHEN ${good} THEN excluded.last_finish ELSE s.last_successful_finish END,
  last_run_success = ${good}, total_runs = s.total_runs + 1, total_duration = s.total_duration + ${spent},
  total_successes = s.total_successes + ${good ? 1 : 0}, total_failures = s.total_failures + ${good ? 0 : 1},
  consecutive_failures = CASE WHEN ${good} THEN 0 ELSE s.consecutive_failures + 1 END`);
}
