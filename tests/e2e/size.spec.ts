import { gzipSync } from 'node:zlib';
import { expect, test } from '@grafana/plugin-e2e';

/** Compressed size of what Grafana loads; the app's is loaded with every page of Grafana. */
for (const [id, kilobytes] of [
  ['llmcost-app', 20],
  ['llmcost-datasource', 80],
  ['llmcost-split-panel', 20],
  ['llmcost-leaderboard-panel', 20],
  ['llmcost-insight-panel', 20],
  ['llmcost-run-panel', 20],
  ['llmcost-budget-panel', 20],
  ['llmcost-why-panel', 20],
] as const) {
  test(`${id} is at most ${kilobytes} KB`, async ({ request }) => {
    const reply = await request.get(`/public/plugins/${id}/module.js`);
    expect(reply.ok()).toBe(true);
    expect(gzipSync(await reply.body()).length).toBeLessThanOrEqual(kilobytes * 1024);
  });
}
