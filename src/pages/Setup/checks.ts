import { dateTime, type TestDataSourceResponse } from '@grafana/data';
import { getDataSourceSrv, isFetchError } from '@grafana/runtime';
import { collectorProblem, type CollectorStatus } from '../../collector/client';
import { DATASOURCE_TYPE } from '../../datasource/types';
import type { AppSettings } from '../../settings';
import type { Polled } from '../shared/usePolling';

/** What a check found: good, something to do, or not known yet. */
export interface Check {
  readonly status: 'success' | 'warning' | 'error' | 'loading';
  readonly title: string;
  readonly message: string;
}

const count = (value: number): string => value.toLocaleString('en-US');

/** Is the collector there? */
export function collectorCheck(settings: AppSettings, polled: Polled<CollectorStatus>): Check {
  if (!settings.collectorUrl) {
    return {
      status: 'error',
      title: 'No collector address',
      message: 'Enter the address of the collector in the configuration of this app.',
    };
  }
  if (polled.state === 'loading') {
    return { status: 'loading', title: 'Collector', message: `Asking ${settings.collectorUrl} …` };
  }
  if (polled.state === 'failed') {
    const { error } = polled;
    const isThere = isFetchError(error) && error.status === 503;
    const title = isThere ? 'Collector can’t answer now' : 'Collector does not answer';
    return { status: 'error', title, message: collectorProblem(error) };
  }
  const { version, started_at, events_total, last_event_at, unpriced_calls_24h } = polled.value;
  const last = last_event_at ? `, the last one ${dateTime(last_event_at).fromNow()}` : '';
  const unpriced = unpriced_calls_24h ? ` ${count(unpriced_calls_24h)} calls of the last 24 hours have no price.` : '';
  return {
    status: 'success',
    title: `Collector ${version} is running`,
    message: `At ${settings.collectorUrl} since ${dateTime(started_at).format('YYYY-MM-DD HH:mm')}. ${count(events_total)} calls stored${last}.${unpriced}`,
  };
}

const NO_DATASOURCE: TestDataSourceResponse = {
  status: 'error',
  message:
    'There is no LLM Cost data source yet. Add one, and choose the PostgreSQL data source that it reads through.',
};

/** Asks the data source of the app's pages, or the first one, how it is. */
export async function testDataSource({ datasourceUid }: AppSettings): Promise<TestDataSourceResponse> {
  const uid = datasourceUid ?? getDataSourceSrv().getList({ type: DATASOURCE_TYPE })[0]?.uid;
  return uid ? (await getDataSourceSrv().get({ uid })).testDatasource() : NO_DATASOURCE;
}

/** Does data arrive where panels look for it? */
export function dataCheck(polled: Polled<TestDataSourceResponse>): Check {
  if (polled.state === 'loading') {
    return { status: 'loading', title: 'Data source', message: 'Asking the database …' };
  }
  if (polled.state === 'failed') {
    const message = polled.error instanceof Error ? polled.error.message : 'The data source can’t be loaded.';
    return { status: 'error', title: 'Data source does not answer', message };
  }
  const { status, message } = polled.value;
  switch (status) {
    case 'success':
      return { status, title: 'Data is arriving', message };
    case 'warning':
      return { status, title: 'Waiting for the first call', message };
    default:
      return { status: 'error', title: 'Data source does not answer', message };
  }
}
