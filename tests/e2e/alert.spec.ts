import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@grafana/plugin-e2e';

interface Rule {
  id?: number;
  uid: string;
  title: string;
  data: Array<{ refId: string; model: { conditions?: Array<{ evaluator: { params: number[] } }> } }>;
}

/** What Grafana's webhook contact point sends. */
interface Notification {
  status: string;
  alerts: Array<{ labels: Record<string, string>; annotations: Record<string, string> }>;
}

const asAdmin = { authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}` };

test('the shipped rule with a low budget sends an alert to the webhook contact point', async ({
  playwright,
  baseURL,
}) => {
  test.setTimeout(240_000);
  const received: Notification[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (data: Buffer) => (body += data.toString()));
    request.on('end', () => {
      received.push(JSON.parse(body) as Notification);
      response.end();
    });
  });
  const port = Number(process.env.LLMCOST_E2E_WEBHOOK_PORT ?? 9099);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  expect((server.address() as AddressInfo).port).toBe(port);

  const api = await playwright.request.newContext({
    baseURL,
    extraHTTPHeaders: { ...asAdmin, 'x-disable-provenance': 'true' },
  });
  const shipped = (await (
    await api.get('/api/v1/provisioning/alert-rules/llm_cost_month_above_budget')
  ).json()) as Rule;
  // A provisioned rule is changed in its file; its copy with a budget of one cent stands for the changed file.
  const copy: Rule = { ...shipped, id: undefined, uid: 'e2e_low_budget', title: 'Low budget (end to end)' };
  copy.data.find(({ refId }) => refId === 'C')!.model.conditions![0]!.evaluator.params = [0.01];
  await api.delete('/api/v1/provisioning/alert-rules/e2e_low_budget');
  const made = await api.post('/api/v1/provisioning/alert-rules', { data: { ...copy, ruleGroup: 'e2e' } });
  expect(made.status(), await made.text()).toBe(201);
  try {
    // Other shipped rules send theirs too.
    const own = () =>
      received
        .flatMap(({ alerts }) => alerts)
        .filter(({ labels }) => labels.alertname === copy.title && labels.tenant === 'acme');
    await expect.poll(() => own().length, { timeout: 200_000 }).toBeGreaterThan(0);
    const alert = own()[0]!;
    expect(alert.labels.severity).toBe('warning');
    expect(alert.annotations.summary).toMatch(/^acme \/ \S+ has spent \d+\.\d\d USD/);
  } finally {
    await api.delete('/api/v1/provisioning/alert-rules/e2e_low_budget');
    await api.dispose();
    server.close();
  }
});
