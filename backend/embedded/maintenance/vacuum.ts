import type { EngineQueue } from '../session/engineQueue';

/**
 * Tables that have grown by a third since they were last looked at. The engine has no autovacuum and counts no changed
 * rows, so size is what there is to go by. New chunks have never been looked at (reltuples -1).
 */
const GROWN = `
SELECT format('%I.%I', nspname, relname)
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = relnamespace,
       LATERAL (SELECT pg_catalog.pg_relation_size(c.oid) / 8192 AS pages) s
 WHERE relkind = 'r' AND relpersistence = 'p'
   AND nspname !~ '^(pg_|information_schema$)'
   AND pages > 0 AND (reltuples < 0 OR pages > relpages * 1.33 + 16)
 ORDER BY pages LIMIT 20`;

/** VACUUM and ANALYZE for what has grown, a table at a time so that clients come in between. @returns the tables */
export async function vacuumGrown(queue: EngineQueue, pause: () => boolean): Promise<string[]> {
  const done: string[] = [];
  for (const [table = ''] of await queue.runInternal(GROWN)) {
    await queue.runInternal(`VACUUM (ANALYZE) ${table}`);
    done.push(table);
    if (pause()) {
      break;
    }
  }
  return done;
}
