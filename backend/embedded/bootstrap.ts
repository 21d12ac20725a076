import type { EngineQueue } from './session/engineQueue';
import { READER_ROLE } from './session/readOnlyGate';

/**
 * What PUBLIC may do by default and a reader must not. The gate lets a reader run one statement in a read-only
 * transaction of its role; inside that statement these would change the role, run text as SQL, or leave something
 * behind in the one session that everybody shares.
 */
const REVOKED_FUNCTIONS =
  '^(set_config|pg_(try_)?advisory_.*|pg_notify|(query|cursor|table|schema|database)_to_xml.*|ts_stat|ts_rewrite' +
  '|lo_.*|loread|lowrite|pg_prepared_statement|pg_cursor|pg_logical_emit_message|pg_cancel_backend|pg_terminate_backend)$';

const BOOTSTRAP = `
BEGIN;
DO $bootstrap$
DECLARE
  callable text;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = '${READER_ROLE}') THEN
    CREATE ROLE ${READER_ROLE} NOLOGIN;
  END IF;
  FOR callable IN
    SELECT oid::regprocedure::text FROM pg_catalog.pg_proc
     WHERE pronamespace = 'pg_catalog'::regnamespace AND proname ~ '${REVOKED_FUNCTIONS}'
  LOOP
    EXECUTE 'REVOKE EXECUTE ON FUNCTION ' || callable || ' FROM PUBLIC';
  END LOOP;
END
$bootstrap$;
REVOKE ALL ON DATABASE llmcost FROM PUBLIC;
GRANT CONNECT ON DATABASE llmcost TO ${READER_ROLE};
REVOKE ALL ON LANGUAGE plpgsql, sql FROM PUBLIC;
REVOKE UPDATE ON pg_catalog.pg_settings FROM PUBLIC;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
COMMIT`;

const VERSION = 1;

/** Makes the reader's role, and takes from PUBLIC what a reader must not have. Once per cluster. */
export async function bootstrap(queue: EngineQueue): Promise<void> {
  const mark = `embedded bootstrap ${VERSION}`;
  const [comment] = await queue.runInternal(
    `SELECT shobj_description(oid, 'pg_authid') FROM pg_catalog.pg_roles WHERE rolname = '${READER_ROLE}'`
  );
  if (comment?.[0] !== mark) {
    await queue.runInternal(BOOTSTRAP);
    await queue.runInternal(`COMMENT ON ROLE ${READER_ROLE} IS '${mark}'`);
  }
}
