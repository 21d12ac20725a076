import type { APIRequestContext, APIResponse } from '@playwright/test';

interface Panel {
  readonly type: string;
  readonly title?: string;
  readonly gridPos: object;
  readonly targets?: readonly unknown[];
}

/** Panels of our own are compared with the built-in one that draws about as much. */
const NEAREST: Readonly<Record<string, string>> = {
  'llmcost-split-panel': 'bargauge',
  'llmcost-leaderboard-panel': 'table',
  'llmcost-insights-panel': 'table',
  'llmcost-run-panel': 'table',
};

const TESTDATA = 'grafana-testdata-datasource';

async function told<T>(answer: APIResponse, what: string): Promise<T> {
  if (!answer.ok()) {
    throw new Error(`${what}: Grafana answers ${answer.status()} ${await answer.text()}`);
  }
  return (await answer.json()) as T;
}

/**
 * Makes a dashboard of Grafana's own with panels like those of another: places, types and numbers of queries, each query a
 * random walk. It has no variables, annotations, links or transformations. `remove` takes it and its source away.
 */
export async function bareDashboard(
  api: APIRequestContext,
  grafana: string,
  like: string
): Promise<{ readonly uid: string; remove(): Promise<void> }> {
  const source = await told<{ datasource: { uid: string } }>(
    await api.post(`${grafana}/api/datasources`, {
      data: { name: `floor ${Date.now()}`, type: TESTDATA, access: 'proxy' },
    }),
    'TestData'
  );
  const datasource = { type: TESTDATA, uid: source.datasource.uid };
  const model = await told<{ dashboard: { panels: readonly Panel[]; time: object } }>(
    await api.get(`${grafana}/api/dashboards/uid/${like}`),
    like
  );
  const { panels, time } = model.dashboard;
  const dashboard = {
    title: `Floor of ${like} ${Date.now()}`,
    schemaVersion: 42,
    time,
    panels: panels.map(({ type, title, gridPos, targets = [] }, i) => ({
      id: i + 1,
      type: NEAREST[type] ?? type,
      title,
      gridPos,
      datasource,
      targets: targets.map((_, j) => ({ refId: String.fromCharCode(65 + j), scenarioId: 'random_walk', datasource })),
    })),
  };
  const { uid } = await told<{ uid: string }>(
    await api.post(`${grafana}/api/dashboards/db`, { data: { dashboard } }),
    like
  );
  return {
    uid,
    async remove() {
      await api.delete(`${grafana}/api/dashboards/uid/${uid}`);
      await api.delete(`${grafana}/api/datasources/uid/${datasource.uid}`);
    },
  };
}
