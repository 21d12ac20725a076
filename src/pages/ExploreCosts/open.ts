import { AppEvents, type TimeRange, urlUtil } from '@grafana/data';
import { getAppEvents, getBackendSrv, locationService } from '@grafana/runtime';
import { lastValueFrom } from 'rxjs';
import type { LlmCostQuery } from '../../datasource/types';
import { toCsv } from '../../query/csv';
import type { Answer } from './ask';
import type { Trail } from './trail';

const rawText = (end: TimeRange['raw']['from']): string => (typeof end === 'string' ? end : String(end.valueOf()));

/** Where Explore has this query over this range. */
export function explorePath(uid: string, query: LlmCostQuery, { raw }: TimeRange): string {
  const pane = {
    datasource: uid,
    queries: [{ ...query, refId: 'A', datasource: { type: 'llmcost-datasource', uid } }],
    range: { from: rawText(raw.from), to: rawText(raw.to) },
  };
  return urlUtil.renderUrl('/explore', { schemaVersion: 1, panes: JSON.stringify({ costs: pane }) });
}

/** A dashboard with one panel of this query. */
export function dashboardOf(uid: string, title: string, query: LlmCostQuery, { raw }: TimeRange): object {
  const datasource = { type: 'llmcost-datasource', uid };
  return {
    title: `${title}, ${new Date().toISOString().slice(0, 16).replace('T', ' ')}`,
    tags: ['llm-cost'],
    schemaVersion: 42,
    time: { from: rawText(raw.from), to: rawText(raw.to) },
    panels: [
      {
        id: 1,
        type: 'timeseries',
        title,
        datasource,
        gridPos: { x: 0, y: 0, w: 24, h: 12 },
        targets: [{ ...query, refId: 'A', datasource }],
        fieldConfig: {
          defaults: { custom: { drawStyle: 'bars', fillOpacity: 80, lineWidth: 0, stacking: { mode: 'normal' } } },
          overrides: [],
        },
        options: { legend: { displayMode: 'table', placement: 'right', calcs: ['sum'], showLegend: true } },
      },
    ],
  };
}

/** Makes a dashboard and opens it; its panel can be moved into another one. */
export async function openAsPanel(dashboard: object): Promise<undefined> {
  const url = '/api/dashboards/db';
  const made = getBackendSrv().fetch<{ url: string }>({
    url,
    method: 'POST',
    data: { dashboard },
    showErrorAlert: false,
  });
  const { data } = await lastValueFrom(made);
  getAppEvents().publish({ type: AppEvents.alertSuccess.name, payload: ['A dashboard with this panel was made.'] });
  locationService.push(data.url.replace(/^.*(?=\/d\/)/, ''));
  return undefined;
}

/** The table of the page as CSV. */
export const csvOf = ({ metric, split }: Trail, { groups }: Answer): string =>
  toCsv({
    columns: [
      { name: split, type: 'text' },
      { name: metric, type: 'number' },
      { name: 'calls', type: 'integer' },
      { name: `${metric}_in_the_period_before`, type: 'number' },
    ],
    rows: groups.map(({ value, amount, calls, before }) => [value, amount, calls, before]),
  });

/** Saves a text as a file. */
export function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
