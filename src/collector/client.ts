import { getBackendSrv, isFetchError } from '@grafana/runtime';
import { lastValueFrom } from 'rxjs';
import { APP_ID } from '../constants';

/** `GET /v1/status` of the collector. */
export interface CollectorStatus {
  version: string;
  /** RFC 3339. */
  started_at: string;
  events_total: number;
  /** RFC 3339; null before the first call. */
  last_event_at: string | null;
  unpriced_calls_24h: number;
  sources: Array<{ source: string; calls: number; last_seen: string }>;
  /** The tenants that the numbers are about; null for all. */
  tenants?: string[] | null;
  /** Attribute names that were seen, most frequent first. */
  attributes?: string[];
}

const CAUSES: Readonly<Record<number, string>> = {
  401: 'The collector refuses the token. Enter a key of the collector with the scope “read” in the configuration.',
  403: 'You, or the token of the app, may not ask the collector.',
  404: 'The app is not enabled, or the address is not that of a collector.',
  502: 'The collector can’t be reached from Grafana’s server. Is it running, and is its address right?',
  503: 'The collector is running, but can’t answer now. If its database is away, start that: calls that arrive meanwhile are kept, and this works again by itself.',
  504: 'The collector does not answer in time.',
};

/** Why a request through Grafana's plugin proxy failed, and what to do. */
export function collectorProblem(error: unknown): string {
  if (isFetchError(error)) {
    const said: unknown = (error.data as { detail?: unknown } | undefined)?.detail;
    if ([400, 404, 409].includes(error.status) && typeof said === 'string') {
      return said;
    }
    if (error.status === 403 && typeof said === 'string') {
      return `You may not ask for this: ${said}.`;
    }
    const cause = CAUSES[error.status] ?? `The collector answers with ${error.status} ${error.statusText ?? ''}.`;
    return typeof said === 'string' ? `${cause} (${said})` : cause;
  }
  return error instanceof Error ? error.message : 'The request failed.';
}

/** GET through the plugin proxy, which adds the token and the viewer's verified identity. */
export async function getFromCollector<T>(path: string): Promise<T> {
  const url = `/api/plugin-proxy/${APP_ID}/${path}`;
  const response = await lastValueFrom(getBackendSrv().fetch<T>({ url, showErrorAlert: false }));
  return response.data;
}

/** Sends something through the plugin proxy; which routes there are, and for whom, plugin.json says. */
export async function sendToCollector<T>(method: 'POST' | 'PUT' | 'DELETE', path: string, data?: unknown): Promise<T> {
  const url = `/api/plugin-proxy/${APP_ID}/${path}`;
  const response = await lastValueFrom(getBackendSrv().fetch<T>({ url, method, data, showErrorAlert: false }));
  return response.data;
}

export const getStatus = (): Promise<CollectorStatus> => getFromCollector<CollectorStatus>('api/status');
