import { type Browser, type BrowserContext, chromium, type Page } from '@playwright/test';
import { bareDashboard } from './overview/floor';
import { drawn } from './overview/drawn';
import { median } from './statistics';

const GRAFANA = process.env.GRAFANA_URL ?? 'http://127.0.0.1:3000';
const DASHBOARD = process.env.LLMCOST_BENCH_DASHBOARD ?? 'llm-cost-overview';
const ROUNDS = Number(process.env.LLMCOST_BENCH_ROUNDS ?? 5);

/** Grafana leaves panels below the window for later; the second window is high enough for all of them. */
const WINDOWS = [
  { name: 'one screen, 1440 × 900', viewport: { width: 1440, height: 900 } },
  { name: 'every panel, 1440 × 2600', viewport: { width: 1440, height: 2600 } },
];

interface Opened {
  /** Until every panel is drawn, since the navigation began. */
  readonly ms: number;
  /** Of the page's main thread, all of it. */
  readonly busy: number;
  readonly requests: number;
}

/**
 * How long a running Grafana takes to draw every panel of the Overview when the browser's caches are warm, in turns with the
 * floor: a dashboard of Grafana's own with as many panels of the same or the nearest built-in types on its TestData source,
 * without variables and annotations. GRAFANA_URL, CHROMIUM_PATH, GRAFANA_ADMIN_PASSWORD and LLMCOST_BENCH_DASHBOARD (a uid)
 * say which; without GRAFANA_URL nothing is measured.
 */
export async function run(): Promise<string | void> {
  if (!process.env.GRAFANA_URL) {
    process.stderr.write(
      'the overview bench needs GRAFANA_URL: a Grafana with the plugin and data (npm start has one)\n'
    );
    return;
  }
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-background-networking', '--disable-gpu', '--disable-gpu-rasterization'],
  });
  try {
    const lines = [
      '| Opened warm | ms, median | slowest | ms of main thread | requests for data | floor: ms | floor: main thread | times the floor |',
      '| --- | --: | --: | --: | --: | --: | --: | --: |',
    ];
    for (const { name, viewport } of WINDOWS) {
      lines.push(await measure(browser, name, viewport));
    }
    return lines.join('\n');
  } finally {
    await browser.close();
  }
}

async function signedIn(browser: Browser, viewport: { width: number; height: number }): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport });
  const data = { user: 'admin', password: process.env.GRAFANA_ADMIN_PASSWORD ?? 'admin' };
  const answer = await context.request.post(`${GRAFANA}/login`, { data });
  if (!answer.ok()) {
    throw new Error(`Grafana at ${GRAFANA} refuses admin (${answer.status()}): set GRAFANA_ADMIN_PASSWORD`);
  }
  return context;
}

async function measure(browser: Browser, name: string, viewport: { width: number; height: number }): Promise<string> {
  const context = await signedIn(browser, viewport);
  const floor = await bareDashboard(context.request, GRAFANA, DASHBOARD);
  try {
    const page = await context.newPage();
    // What esbuild writes around functions is not there in the browser.
    await page.addInitScript('globalThis.__name = (it) => it');
    const ours: Opened[] = [];
    const bare: Opened[] = [];
    // The first time fills the caches.
    for (let round = 0; round <= ROUNDS; round += 1) {
      const [one, other] = [await open(page, DASHBOARD), await open(page, floor.uid)];
      if (round > 0) {
        ours.push(one);
        bare.push(other);
      }
    }
    const of = (list: readonly Opened[], key: keyof Opened) => median(list.map((one) => one[key]));
    const [ms, least] = [of(ours, 'ms'), of(bare, 'ms')];
    return `| ${[
      name,
      ms.toFixed(0),
      Math.max(...ours.map((one) => one.ms)).toFixed(0),
      of(ours, 'busy').toFixed(0),
      of(ours, 'requests'),
      least.toFixed(0),
      of(bare, 'busy').toFixed(0),
      (ms / least).toFixed(2),
    ].join(' | ')} |`;
  } finally {
    await floor.remove();
    await context.close();
  }
}

async function open(page: Page, uid: string): Promise<Opened> {
  let requests = 0;
  const count = (request: { url(): string }) => (requests += Number(request.url().includes('/api/ds/query')));
  page.on('request', count);
  // From an empty page, so that nothing of the last dashboard is at work.
  await page.goto('about:blank');
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  await page.goto(`${GRAFANA}/d/${uid}/${uid}?refresh=`, { waitUntil: 'commit' });
  const ms = await page.evaluate(drawn);
  const { metrics } = await session.send('Performance.getMetrics');
  await session.detach();
  page.off('request', count);
  const busy = 1000 * (metrics.find((one) => one.name === 'TaskDuration')?.value ?? NaN);
  return { ms, busy, requests };
}
