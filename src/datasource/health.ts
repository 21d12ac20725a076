import { type DataFrame, dateTime, type TestDataSourceResponse } from '@grafana/data';
import type { CollectorStatus } from '../collector/client';
import { explain, messageOf } from './errors';
import { findPostgres, runSql } from './postgres';

export const TABLES_SQL =
  "SELECT to_regclass('public.usage_events') IS NOT NULL AND to_regclass('public.usage_1h') IS NOT NULL AND to_regclass('public.usage_1d') IS NOT NULL AS there";

/** Calls that failed before they reported usage are not among the unpriced ones: no price would mend them. */
export const COUNTS_SQL =
  "SELECT coalesce(sum(calls), 0)::float8 AS calls, coalesce(sum(unpriced_calls) FILTER (WHERE status = 'ok' OR unpriced_reason <> 'no_usage'), 0)::float8 AS unpriced, count(DISTINCT tenant)::float8 AS tenants, count(DISTINCT model)::float8 AS models, (SELECT max(time) FROM public.usage_events) AS latest FROM public.usage_1d WHERE bucket >= now() - INTERVAL '90 days'";

const NO_DATA =
  'Connected, but no calls have arrived yet. Point an OpenTelemetry exporter at the collector (http://127.0.0.1:4318 unless configured otherwise), or POST to its /v1/events. The Setup page of the LLM Cost app has configuration to copy.';

const first = (frame: DataFrame | undefined, name: string): unknown =>
  frame?.fields.find((field) => field.name === name)?.values[0];

const counted = (count: number, one: string): string =>
  `${count.toLocaleString('en-US')} ${one}${count === 1 ? '' : 's'}`;

/** How many calls there are, for people, and whether there are any. */
export interface Arrival {
  readonly calls: number;
  readonly message: string;
}

/** Says how much data a frame of `COUNTS_SQL` tells of. */
export function arrival(frame: DataFrame | undefined): Arrival {
  const count = (name: string) => Number(first(frame, name) ?? 0);
  const calls = count('calls');
  if (calls === 0) {
    return { calls, message: NO_DATA };
  }
  const latest = first(frame, 'latest');
  const when = typeof latest === 'number' ? `, the last one ${dateTime(latest).fromNow()}` : '';
  const unpriced = count('unpriced');
  const left = unpriced ? `; ${counted(unpriced, 'call')} without a price` : '';
  const whose = `${counted(count('tenants'), 'tenant')} and ${counted(count('models'), 'model')}`;
  return { calls, message: `${counted(calls, 'call')} of ${whose} in the last 90 days${when}${left}.` };
}

/** Says how much data the collector tells of, and for whom. */
export function arrivalOf({
  version,
  events_total,
  last_event_at,
  unpriced_calls_24h,
  tenants,
}: CollectorStatus): Arrival {
  if (events_total === 0) {
    return { calls: 0, message: tenants ? `No calls of ${tenants.join(', ')} have arrived yet.` : NO_DATA };
  }
  const latest = last_event_at ? `, the last one ${dateTime(last_event_at).fromNow()}` : '';
  const left = unpriced_calls_24h
    ? `; ${counted(unpriced_calls_24h, 'call')} of the last 24 hours without a price`
    : '';
  const seen = tenants ? ` You see ${tenants.length === 1 ? 'the tenant' : 'the tenants'} ${tenants.join(', ')}.` : '';
  return {
    calls: events_total,
    message: `Collector ${version}: ${counted(events_total, 'call')}${latest}${left}.${seen}`,
  };
}

/** Says what is wrong between Grafana and the usage tables, or what is there. */
export async function checkHealth(postgresUid: string | undefined): Promise<TestDataSourceResponse> {
  try {
    const postgres = await findPostgres(postgresUid);
    const connection = await postgres.testDatasource();
    if (connection.status.toLowerCase() !== 'success' && connection.status !== 'OK') {
      return { status: 'error', message: explain(`${postgres.name}: ${connection.message}`) };
    }
    if (first(await runSql(postgres, 'health-tables', TABLES_SQL), 'there') !== true) {
      return {
        status: 'error',
        message: `${postgres.name} answers, but its database has no usage tables. Start the collector once with this database (DATABASE_URL): it creates them.`,
      };
    }
    const { calls, message } = arrival(await runSql(postgres, 'health-counts', COUNTS_SQL));
    return calls ? { status: 'success', message } : { status: 'warning', message };
  } catch (error) {
    return { status: 'error', message: messageOf(error) };
  }
}
