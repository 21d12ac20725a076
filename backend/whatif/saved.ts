import type { Pool } from 'pg';
import { type Scenario, scenarioSchema } from './request';

export interface SavedScenario {
  readonly scenario_id: string;
  readonly name: string;
  readonly tenant: string | null;
  readonly scenario: Scenario;
  readonly created_at: Date;
  readonly created_by: string;
}

const VISIBLE = '($1::text[] IS NULL OR tenant = ANY ($1))';

const parsed = (row: SavedScenario): SavedScenario => ({ ...row, scenario: scenarioSchema.parse(row.scenario) });

/** Most scenarios of one tenant: whoever may read may keep some. */
const MOST = 500;

/** @returns its id, or null when there are too many. */
export async function saveScenario(
  pool: Pool,
  name: string,
  tenant: string | null,
  scenario: Scenario,
  by: string
): Promise<string | null> {
  const { rows } = await pool.query<{ scenario_id: string }>(
    `INSERT INTO public.what_if_scenarios (tenant, name, scenario, created_by) SELECT $1, $2, $3, $4
     WHERE (SELECT count(*) FROM public.what_if_scenarios WHERE tenant IS NOT DISTINCT FROM $1) < ${MOST}
     RETURNING scenario_id`,
    [tenant, name, JSON.stringify(scenario), by]
  );
  return rows[0]?.scenario_id ?? null;
}

/** Saved scenarios that may be seen, the newest first. */
export async function listScenarios(pool: Pool, tenants: readonly string[] | null): Promise<SavedScenario[]> {
  const { rows } = await pool.query<SavedScenario>(
    `SELECT scenario_id, name, tenant, scenario, created_at, created_by FROM public.what_if_scenarios
     WHERE ${VISIBLE} ORDER BY created_at DESC, scenario_id LIMIT 1000`,
    [tenants]
  );
  return rows.map(parsed);
}

export async function findScenario(
  pool: Pool,
  id: string,
  tenants: readonly string[] | null
): Promise<SavedScenario | null> {
  const { rows } = await pool.query<SavedScenario>(
    `SELECT scenario_id, name, tenant, scenario, created_at, created_by FROM public.what_if_scenarios
     WHERE ${VISIBLE} AND scenario_id::text = $2`,
    [tenants, id]
  );
  return rows[0] ? parsed(rows[0]) : null;
}

/** @returns whether there was one. */
export async function removeScenario(pool: Pool, id: string, tenants: readonly string[] | null): Promise<boolean> {
  const { rowCount } = await pool.query(
    `DELETE FROM public.what_if_scenarios WHERE ${VISIBLE} AND scenario_id::text = $2`,
    [tenants, id]
  );
  return rowCount === 1;
}
