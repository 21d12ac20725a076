import type { Pool } from 'pg';
import { compile } from '../../../src/query';
import { parseQuery } from '../../../src/query/parseQuery';

/**
 * LiteLLM's spend tables (its schema.prisma): the columns that hold usage, with its indexes. `LiteLLM_DailyUserSpend` is
 * what its own daily pages read; everything else reads `LiteLLM_SpendLogs`. Unlogged: half of the writing, the same reading.
 */
const TABLES = `
CREATE UNLOGGED TABLE "LiteLLM_SpendLogs" (
  request_id text PRIMARY KEY, call_type text NOT NULL, api_key text NOT NULL DEFAULT '', spend float8 NOT NULL DEFAULT 0,
  total_tokens int NOT NULL DEFAULT 0, prompt_tokens int NOT NULL DEFAULT 0, completion_tokens int NOT NULL DEFAULT 0,
  "startTime" timestamp(3) NOT NULL, "endTime" timestamp(3) NOT NULL, "completionStartTime" timestamp(3),
  model text NOT NULL DEFAULT '', model_id text, model_group text, custom_llm_provider text, api_base text, "user" text,
  metadata jsonb, cache_hit text, cache_key text, request_tags jsonb, team_id text, organization_id text, end_user text,
  requester_ip_address text, messages jsonb, response jsonb, session_id text, status text, agent_id text);
CREATE UNLOGGED TABLE "LiteLLM_DailyUserSpend" (
  id text PRIMARY KEY DEFAULT gen_random_uuid()::text, user_id text, date text NOT NULL, api_key text NOT NULL, model text,
  model_group text, custom_llm_provider text, mcp_namespaced_tool_name text, endpoint text,
  prompt_tokens bigint NOT NULL DEFAULT 0, completion_tokens bigint NOT NULL DEFAULT 0,
  cache_read_input_tokens bigint NOT NULL DEFAULT 0, cache_creation_input_tokens bigint NOT NULL DEFAULT 0,
  spend float8 NOT NULL DEFAULT 0, api_requests bigint NOT NULL DEFAULT 0, successful_requests bigint NOT NULL DEFAULT 0,
  failed_requests bigint NOT NULL DEFAULT 0);`;

const ROWS = `
INSERT INTO "LiteLLM_SpendLogs" (request_id, call_type, api_key, spend, total_tokens, prompt_tokens, completion_tokens,
  "startTime", "endTime", model, model_group, custom_llm_provider, api_base, "user", metadata, cache_hit, request_tags,
  team_id, organization_id, end_user, messages, response, session_id, status)
SELECT event_id::text, 'acompletion', md5(project), coalesce(total_cost, 0) / 1e12, input_tokens + output_tokens, input_tokens,
  output_tokens, time - duration_ms * interval '1 millisecond', time, model, model, provider, endpoint, user_id, '{}', 'False',
  '[]', team, tenant, user_id, '{}', '{}', session_id, CASE status WHEN 'ok' THEN 'success' ELSE 'failure' END
FROM public.usage_events;
INSERT INTO "LiteLLM_DailyUserSpend" (user_id, date, api_key, model, model_group, custom_llm_provider, endpoint, prompt_tokens,
  completion_tokens, cache_read_input_tokens, spend, api_requests, successful_requests, failed_requests)
SELECT user_id, to_char(time, 'YYYY-MM-DD'), md5(project), model, model, provider, endpoint, sum(input_tokens),
  sum(output_tokens), sum(cache_read_tokens), sum(coalesce(total_cost, 0)) / 1e12, count(*),
  count(*) FILTER (WHERE status = 'ok'), count(*) FILTER (WHERE status <> 'ok')
FROM public.usage_events GROUP BY 1, 2, 3, 4, 6, 7;`;

const INDEXES = `
CREATE INDEX ON "LiteLLM_SpendLogs" ("startTime");
CREATE INDEX ON "LiteLLM_SpendLogs" ("startTime", request_id);
CREATE INDEX ON "LiteLLM_SpendLogs" (end_user);
CREATE INDEX ON "LiteLLM_SpendLogs" (session_id);
CREATE UNIQUE INDEX ON "LiteLLM_DailyUserSpend" (user_id, date, api_key, model, custom_llm_provider, mcp_namespaced_tool_name, endpoint);
CREATE INDEX ON "LiteLLM_DailyUserSpend" (date);
CREATE INDEX ON "LiteLLM_DailyUserSpend" (user_id);`;

/** Copies the events into LiteLLM's tables in the same database, where they aren't there yet; all of it or nothing. */
export async function makeLiteLlm(pool: Pool, tell: (text: string) => void): Promise<void> {
  const { rows } = await pool.query<{ there: boolean }>(
    `SELECT to_regclass('"LiteLLM_SpendLogs"') IS NOT NULL AS there`
  );
  if (rows[0]!.there) {
    return;
  }
  tell("copying the events into LiteLLM's tables");
  // One statement of many, so one transaction.
  await pool.query([TABLES, ROWS, INDEXES].join('\n'));
  await pool.query('VACUUM ANALYZE "LiteLLM_SpendLogs", "LiteLLM_DailyUserSpend"');
}

/** One report, asked of both schemas over the same time. */
export interface Report {
  readonly name: string;
  readonly ours: string;
  readonly logs: string;
  /** From its daily table; null where that doesn't have what the report needs. */
  readonly daily: string | null;
}

/** The same reports in both schemas over `days` days up to the last full hour. */
export function reports(days: number, now = Date.now()): Report[] {
  const to = new Date(Math.floor(now / 3_600_000) * 3_600_000);
  const from = new Date(to.getTime() - days * 86_400_000);
  const range = `>= '${from.toISOString()}' AND "startTime" < '${to.toISOString()}'`;
  const logs = (columns: string, rest = '') =>
    `SELECT ${columns}, sum(spend) AS spend FROM "LiteLLM_SpendLogs" WHERE "startTime" ${range} ${rest}`;
  const dates = `date >= '${from.toISOString().slice(0, 10)}' AND date <= '${to.toISOString().slice(0, 10)}'`;
  const daily = (columns: string, rest = '') =>
    `SELECT ${columns}, sum(spend) AS spend FROM "LiteLLM_DailyUserSpend" WHERE ${dates} ${rest}`;
  const ours = (query: object) =>
    compile(
      parseQuery({ from: from.toISOString(), to: to.toISOString(), metrics: ['total_cost', 'total_tokens'], ...query }),
      {
        dialect: 'grafana',
        now,
      }
    ).sql;
  const tokens = 'sum(total_tokens) AS tokens';
  const dailyTokens = 'sum(prompt_tokens + completion_tokens) AS tokens';
  return [
    { name: 'total', ours: ours({}), logs: logs(tokens), daily: daily(dailyTokens) },
    {
      name: 'by model',
      ours: ours({ group_by: ['model'] }),
      logs: logs(`model, ${tokens}`, 'GROUP BY 1 ORDER BY spend DESC'),
      daily: daily(`model, ${dailyTokens}`, 'GROUP BY 1 ORDER BY spend DESC'),
    },
    {
      name: 'by provider and day',
      ours: ours({ group_by: ['provider'], interval: '1d' }),
      logs: logs(`date_trunc('day', "startTime") AS day, custom_llm_provider, ${tokens}`, 'GROUP BY 1, 2 ORDER BY 1'),
      daily: daily(`date, custom_llm_provider, ${dailyTokens}`, 'GROUP BY 1, 2 ORDER BY 1'),
    },
    {
      name: 'by organization',
      ours: ours({ group_by: ['tenant'], limit: 10, with_other: true }),
      logs: logs(`organization_id, ${tokens}`, 'GROUP BY 1 ORDER BY spend DESC'),
      daily: null,
    },
    {
      name: 'by hour',
      ours: ours({ interval: '1h' }),
      logs: logs(`date_trunc('hour', "startTime") AS hour, ${tokens}`, 'GROUP BY 1 ORDER BY 1'),
      daily: null,
    },
    {
      name: 'ten most expensive users',
      ours: ours({ group_by: ['user_id'], limit: 10 }),
      logs: logs(`end_user, ${tokens}`, 'GROUP BY 1 ORDER BY spend DESC LIMIT 10'),
      daily: daily(`user_id, ${dailyTokens}`, 'GROUP BY 1 ORDER BY spend DESC LIMIT 10'),
    },
  ];
}
