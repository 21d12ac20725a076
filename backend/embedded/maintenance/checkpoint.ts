import type { EngineQueue } from '../session/engineQueue';

/** Nothing in the engine writes checkpoints by itself: WAL would grow without end, and each start would replay it. */
const WAL_BYTES = 32 * 1024 * 1024;

/** Writes a checkpoint when the WAL since the last one is long. @returns whether it did */
export async function checkpointIfDue(queue: EngineQueue, walBytes = WAL_BYTES): Promise<boolean> {
  const [row] = await queue.runInternal(
    'SELECT pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), (pg_catalog.pg_control_checkpoint()).redo_lsn)'
  );
  if (Number(row?.[0]) < walBytes) {
    return false;
  }
  await queue.runInternal('CHECKPOINT');
  return true;
}
