import type { Pool } from 'pg';

/** Bytes. */
export interface Sizes {
  /** Of one event in a compressed chunk, indexes included. */
  readonly compressed: number;
  /** Of all rollups. */
  readonly rollups: number;
  /** Of the database without LiteLLM's tables. */
  readonly whole: number;
}

const SIZES = `
SELECT
  (SELECT sum(after_compression_total_bytes) FROM hypertable_compression_stats('public.usage_events'))::float8 /
    (SELECT sum(size.numrows_pre_compression) FROM _timescaledb_catalog.compression_chunk_size AS size
      JOIN _timescaledb_catalog.chunk ON chunk.id = size.chunk_id
      JOIN _timescaledb_catalog.hypertable ON hypertable.id = chunk.hypertable_id
      WHERE hypertable.table_name = 'usage_events')::float8 AS compressed,
  (SELECT sum(hypertable_size(format('%I.%I', materialization_hypertable_schema, materialization_hypertable_name)::regclass))
    FROM timescaledb_information.continuous_aggregates)::float8 AS rollups,
  (pg_database_size(current_database()) - (SELECT coalesce(sum(pg_total_relation_size(oid)), 0) FROM pg_class
    WHERE relname IN ('LiteLLM_SpendLogs', 'LiteLLM_DailyUserSpend')))::float8 AS whole`;

export async function sizes(pool: Pool): Promise<Sizes> {
  const { rows } = await pool.query<Sizes>(SIZES);
  return rows[0]!;
}
