-- Rollups are compressed like the events: a quarter of the room, and sums over weeks are read three times faster. Days that
-- change later are summed again in place. The collector compresses (storage/rollups.ts): a policy of TimescaleDB's would need one
-- that refreshes, which must not be.

ALTER MATERIALIZED VIEW public.usage_1h_rollup SET (timescaledb.compress = true,
  timescaledb.compress_segmentby = 'tenant', timescaledb.compress_orderby = 'bucket DESC');
ALTER MATERIALIZED VIEW public.usage_1d_rollup SET (timescaledb.compress = true,
  timescaledb.compress_segmentby = 'tenant', timescaledb.compress_orderby = 'bucket DESC');
ALTER MATERIALIZED VIEW public.usage_user_1d_rollup SET (timescaledb.compress = true,
  timescaledb.compress_segmentby = 'tenant', timescaledb.compress_orderby = 'bucket DESC, user_id');
ALTER MATERIALIZED VIEW public.usage_run_1d_rollup SET (timescaledb.compress = true,
  timescaledb.compress_segmentby = 'tenant', timescaledb.compress_orderby = 'bucket DESC, run_id');
ALTER MATERIALIZED VIEW public.usage_core_1h_rollup SET (timescaledb.compress = true,
  timescaledb.compress_segmentby = 'tenant', timescaledb.compress_orderby = 'bucket DESC');
ALTER MATERIALIZED VIEW public.usage_core_1d_rollup SET (timescaledb.compress = true,
  timescaledb.compress_segmentby = 'tenant', timescaledb.compress_orderby = 'bucket DESC');
