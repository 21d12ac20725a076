import { randomUUID } from 'node:crypto';
import { type CollectorProcess, startCollector } from '../integration/collectorProcess';
import { testDatabase } from '../integration/database';
import { type Delivery, startHooks } from './journey/hooks';
import { startAlerting } from './journey/alerting';
import { percentile } from './statistics';

/** How many calls cross a threshold, and the pause between them: they meet the rules' minute at different moments. */
const CALLS = 6;
const PAUSE_MS = 11_000;
const PATIENCE_MS = 240_000;
const TEAM = 'team-search';

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** ms from a call's request to the collector. */
interface Journey {
  readonly stored: number;
  readonly signed: number;
  readonly grafana: number;
}

/**
 * From a call to the people who should know: how long it takes until the budget's signed webhook arrives, and until the alert
 * of the shipped rule arrives through a contact point of Grafana's, which is the one that the budget names. Needs a Grafana
 * (GRAFANA_HOME, or on PATH); without one it says so.
 */
export async function run(): Promise<string | void> {
  const hooks = await startHooks();
  const database = await testDatabase(undefined);
  const collector = await startCollector({
    env: { DATABASE_URL: database.url, LLMCOST_WEBHOOK_SECRET: 'a secret of the benches' },
  });
  const grafana = await startAlerting({ readerUrl: database.readerUrl, hooksUrl: hooks.url, team: TEAM });
  try {
    if (!grafana) {
      process.stderr.write('journey: no Grafana here (GRAFANA_HOME, or on PATH)\n');
      return;
    }
    return report(await journeys(collector, hooks.deliveries, hooks.url));
  } finally {
    await grafana?.stop();
    await collector.stop();
    await database.close();
    hooks.close();
  }
}

async function journeys(
  collector: CollectorProcess,
  deliveries: readonly Delivery[],
  hooksUrl: string
): Promise<Journey[]> {
  const price = { provider: 'p', model: 'm', effective_from: '2020-01-01', input: '1', output: '1' };
  await post(collector, '/v1/prices', price);
  const tenants = Array.from({ length: CALLS }, (_, i) => `tenant-${i}`);
  for (const tenant of tenants) {
    const actions = { 0.8: ['notify', 'webhook'] };
    const budget = { name: 'journey', tenant, amount: '10', period: 'month', thresholds: [0.8, 1], actions };
    await post(collector, '/v1/budgets', {
      ...budget,
      webhook_url: `${hooksUrl}/signed`,
      alert: { contact_point: TEAM },
    });
  }
  // The rules have looked at the budgets once, as they have at those that are there already.
  await wait(65_000);
  const sent: Array<{ tenant: string; at: number; stored: number }> = [];
  for (const tenant of tenants) {
    const at = Date.now();
    const usage = { input_tokens: 9_000_000, output_tokens: 0 };
    const time = new Date().toISOString();
    await post(collector, '/v1/events', { id: randomUUID(), time, tenant, provider: 'p', model: 'm', usage });
    sent.push({ tenant, at, stored: Date.now() - at });
    await wait(PAUSE_MS);
  }
  const until = Date.now() + PATIENCE_MS;
  const arrived = (path: string, tenant: string) =>
    deliveries.find((delivery) => delivery.path === path && delivery.tenants.includes(tenant));
  const missing = () => tenants.filter((tenant) => !arrived('/signed', tenant) || !arrived(`/${TEAM}`, tenant));
  while (missing().length > 0 && Date.now() < until) {
    await wait(500);
  }
  if (missing().length > 0) {
    throw new Error(`nobody was told of ${missing().join(', ')}; there came ${JSON.stringify(deliveries)}`);
  }
  return sent.map(({ tenant, at, stored }) => ({
    stored,
    signed: arrived('/signed', tenant)!.at - at,
    grafana: arrived(`/${TEAM}`, tenant)!.at - at,
  }));
}

async function post({ call }: CollectorProcess, path: string, body: object): Promise<void> {
  const { status, text } = await call('POST', path, body);
  if (status > 299) {
    throw new Error(`${path} answered ${status}: ${text}`);
  }
}

function report(list: readonly Journey[]): string {
  const row = (what: string, of: (journey: Journey) => number): string => {
    const times = list.map((journey) => of(journey) / 1000);
    return `| ${what} | ${[0.01, 0.5, 1].map((share) => percentile(times, share).toFixed(2)).join(' | ')} |`;
  };
  return [
    `| Seconds from the call's request, ${list.length} calls | fastest | median | slowest |`,
    '| --- | ---: | ---: | ---: |',
    row('answered: stored, and counted in the budget', ({ stored }) => stored),
    row("the budget's signed webhook has arrived", ({ signed }) => signed),
    row("the alert has arrived through Grafana's contact point", ({ grafana }) => grafana),
  ].join('\n');
}
