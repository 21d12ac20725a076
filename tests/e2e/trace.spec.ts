import { randomBytes } from 'node:crypto';
import { expect, test } from './fixtures';
import type { APIRequestContext } from '@playwright/test';
import { postEvent } from './collector';

const asAdmin = { authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}` };
const TRACES = { uid: 'e2e-jaeger', name: 'Traces', type: 'jaeger', access: 'proxy', url: 'http://127.0.0.1:9' };
const COST = {
  uid: 'e2e-cost-traces',
  name: 'LLM Cost with traces',
  type: 'llmcost-datasource',
  access: 'proxy',
  jsonData: { postgresUid: 'llm-cost-postgres', tracesUid: TRACES.uid },
};

let api: APIRequestContext;

test.beforeAll(async ({ playwright, baseURL }) => {
  api = await playwright.request.newContext({ baseURL, extraHTTPHeaders: asAdmin });
  for (const source of [TRACES, COST]) {
    await api.delete(`/api/datasources/uid/${source.uid}`);
    expect((await api.post('/api/datasources', { data: source })).ok()).toBe(true);
  }
});

test.afterAll(async () => {
  for (const { uid } of [COST, TRACES]) {
    await api.delete(`/api/datasources/uid/${uid}`);
  }
  await api.dispose();
});

test('from a trace id to its cost, and from a call to its trace', async ({ page, request }) => {
  const trace = randomBytes(16).toString('hex');
  await postEvent(request, {
    id: `e2e-trace-${trace}`,
    time: new Date().toISOString(),
    tenant: 'e2e',
    project: 'e2e',
    provider: 'openai',
    model: 'gpt-4.1',
    agent: 'planner',
    trace_id: trace,
    status: 'ok',
    attempt: 1,
    duration_ms: 1_500,
    usage: { input_tokens: 1_000, output_tokens: 100 },
  });
  // What a correlation of Tempo or Jaeger opens: docs/panels.md.
  await page.goto(
    `/d/llm-cost-run/llm-cost-run?from=now-1h&to=now&var-run_id=&var-trace_id=${trace}&var-ds=${COST.uid}`
  );
  const run = page.getByTestId(/^data-testid Panel header Run/).first();
  // 1,000 × $2 + 100 × $8 by million.
  await expect(run).toContainText('$0.00280');
  await expect(run.getByRole('row', { name: /planner/ })).toContainText('100%');
  const link = run.getByRole('link', { name: /planner/ });
  await expect(link).toHaveAttribute('href', new RegExp(`/explore.*${TRACES.uid}.*${trace}`));
});
