import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { APIRequestContext } from '@playwright/test';
import { type CollectorProcess, startCollector } from '../integration/collectorProcess';
import { expect, test } from './fixtures';
import { EVERY_DASHBOARD, failures, panel } from './screen';

/** A collector that never got a call, and the data sources that read it. */
const authorization = `Basic ${Buffer.from('admin:admin').toString('base64')}`;
const POSTGRES = { uid: 'e2e-empty', name: 'Empty database', type: 'grafana-postgresql-datasource', access: 'proxy' };
const COST = { uid: 'e2e-cost-empty', name: 'LLM Cost, empty', type: 'llmcost-datasource', access: 'proxy' };
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'llmcost-e2e-empty-'));

let collector: CollectorProcess;
let api: APIRequestContext;

test.beforeAll(async ({ playwright, baseURL }) => {
  test.setTimeout(200_000);
  collector = await startCollector({ dataDir: path.join(folder, 'data') });
  const secrets = fs.readFileSync(path.join(collector.dataDir, 'secrets.json'), 'utf8');
  api = await playwright.request.newContext({ baseURL, extraHTTPHeaders: { authorization } });
  for (const source of [
    {
      ...POSTGRES,
      url: `127.0.0.1:${collector.pgPort}`,
      user: 'grafana_reader',
      jsonData: { database: 'postgres', sslmode: 'disable', postgresVersion: 1700, timescaledb: true },
      secureJsonData: { password: (JSON.parse(secrets) as { reader_password: string }).reader_password },
    },
    { ...COST, jsonData: { postgresUid: POSTGRES.uid } },
  ]) {
    await api.delete(`/api/datasources/uid/${source.uid}`);
    expect((await api.post('/api/datasources', { data: source })).ok()).toBe(true);
  }
});

test.afterAll(async () => {
  for (const { uid } of [COST, POSTGRES]) {
    await api.delete(`/api/datasources/uid/${uid}`);
  }
  await api.dispose();
  await collector.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

test('an empty database: every dashboard says that there are no calls, and no panel fails', async ({ page }) => {
  for (const uid of Object.keys(EVERY_DASHBOARD)) {
    await page.goto(`/d/${uid}/${uid}?var-ds=${COST.uid}&refresh=`);
    await expect(page.getByText(/No calls|No data|No budget|Nothing found/).first(), uid).toBeVisible();
    await expect(page.getByLabel('Panel loading bar'), uid).toHaveCount(0);
    await expect(failures(page), uid).toHaveCount(0);
  }
  await page.goto(`/d/llm-cost-overview/llm-cost-overview?var-ds=${COST.uid}&refresh=`);
  await expect(panel(page, 'Calls')).toContainText('0');
});
