-- What Grafana's PostgreSQL source may do. Any Viewer of a Grafana can send it any SQL, so the role must be harmless in
-- the hands of a stranger: it reads usage, rollups and prices, and nothing else. readerLogin.ts makes a login of it; the
-- embedded engine runs readers' statements as it.

DO $$
BEGIN
  -- Roles belong to the whole server: another database's migration, or an administrator, may have made it.
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'llmcost_reader') THEN
    CREATE ROLE llmcost_reader NOLOGIN;
  END IF;
EXCEPTION
  WHEN duplicate_object OR unique_violation THEN
    NULL;
  WHEN insufficient_privilege THEN
    RAISE EXCEPTION 'the role llmcost_reader is missing and can''t be made by this user'
      USING HINT = 'Let an administrator run: CREATE ROLE llmcost_reader NOLOGIN';
END $$;

GRANT USAGE ON SCHEMA public TO llmcost_reader;
GRANT SELECT ON
  public.usage_events, public.usage_1h, public.usage_1d, public.usage_user_1d, public.usage_run_1d,
  public.usage_1h_rollup, public.usage_1d_rollup, public.usage_user_1d_rollup, public.usage_run_1d_rollup,
  public.prices
TO llmcost_reader;

-- Databases that were made before PostgreSQL 15 let everybody create tables in public.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;

-- A temporary table shadows a view of the same name: with one a Viewer could switch off a budget alert.
DO $$
BEGIN
  EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
  IF has_database_privilege('llmcost_reader', current_database(), 'TEMPORARY') THEN
    RAISE WARNING 'llmcost_reader can create temporary tables'
      USING HINT = format('Let the owner of the database run: REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
  END IF;
END $$;

-- Functions by which somebody who may only read still writes (large objects, WAL messages, background jobs), blocks the
-- collector (advisory locks), fools it (notifications) or ends others' statements. Only a superuser can take them away.
DO $$
DECLARE
  callable regprocedure;
BEGIN
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    RAISE WARNING 'llmcost_reader can call functions that lock, notify and write large objects'
      USING HINT = 'Let a superuser run the second half of this migration in this database.';
    RETURN;
  END IF;
  FOR callable IN
    SELECT oid FROM pg_proc
    WHERE pronamespace = 'pg_catalog'::regnamespace AND proname ~ concat('^(lo_.*|loread|lowrite|pg_(try_)?advisory_.*',
        '|pg_notify|pg_logical_emit_message|pg_cancel_backend|pg_terminate_backend)$')
      OR proname ~ '^(add_job|alter_job|delete_job|run_job|(add|remove)_.*_policy)$' AND EXISTS (
        SELECT FROM pg_depend JOIN pg_extension ON refobjid = pg_extension.oid
        WHERE extname = 'timescaledb' AND classid = 'pg_proc'::regclass AND objid = pg_proc.oid AND deptype = 'e')
  LOOP
    EXECUTE format('REVOKE EXECUTE ON ROUTINE %s FROM PUBLIC', callable);
  END LOOP;
END $$;
