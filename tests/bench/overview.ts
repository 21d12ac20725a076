import { type Browser, chromium, type Page } from '@playwright/test';

/**
 * How long a running Grafana takes to draw every panel of the Overview, in ms since the navigation began: the first time
 * in a browser, and again when its caches are warm. GRAFANA_URL, CHROMIUM_PATH and LLMCOST_BENCH_DASHBOARD (a uid) say what.
 */
const GRAFANA = process.env.GRAFANA_URL ?? 'http://127.0.0.1:3000';
const DASHBOARD = process.env.LLMCOST_BENCH_DASHBOARD ?? 'llm-cost-overview';
const RUNS = 7;
/** High enough for Grafana not to leave panels below the window for later. */
const EVERY_PANEL = { width: 1440, height: 2600 };
const ONE_SCREEN = { width: 1440, height: 900 };

/** Resolves in the frame in which no panel waits any more; ms since the navigation began. */
function drawn(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let since = 0;
        let quiet = 0;
        const look = () => {
          const panels = document.querySelectorAll('[data-testid^="data-testid Panel header "]').length;
          const waiting = document.querySelectorAll('[aria-label="Panel loading bar"], [data-testid="Spinner"]').length;
          if (panels === 0 || waiting > 0) {
            quiet = 0;
          } else if ((quiet += 1) === 1) {
            since = performance.now();
          }
          // Bars of one panel may come after those of another have gone.
          if (quiet > 0 && performance.now() - since > 1_000) {
            resolve(since);
          } else {
            requestAnimationFrame(look);
          }
        };
        look();
      })
  );
}

async function open(page: Page): Promise<{ ms: number; queries: number }> {
  let queries = 0;
  const count = (request: { url(): string }) => (queries += Number(request.url().includes('/api/ds/query')));
  page.on('request', count);
  await page.goto(`${GRAFANA}/d/${DASHBOARD}/${DASHBOARD}?refresh=`, { waitUntil: 'commit' });
  const ms = await drawn(page);
  page.off('request', count);
  return { ms, queries };
}

async function measure(browser: Browser, name: string, viewport: { width: number; height: number }): Promise<void> {
  const context = await browser.newContext({ viewport });
  const data = { user: 'admin', password: process.env.GRAFANA_ADMIN_PASSWORD ?? 'admin' };
  await context.request.post(`${GRAFANA}/login`, { data });
  const page = await context.newPage();
  // What esbuild writes around functions is not there in the browser.
  await page.addInitScript('globalThis.__name = (it) => it');
  const { ms: cold, queries } = await open(page);
  const warm: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    warm.push((await open(page)).ms);
  }
  warm.sort((a, b) => a - b);
  const [median, worst] = [warm[Math.floor(RUNS / 2)] ?? NaN, warm[RUNS - 1] ?? NaN];
  process.stdout.write(
    `${name}: cold ${cold.toFixed(0)} ms, warm median ${median.toFixed(0)} ms, worst ${worst.toFixed(0)} ms, ${queries} requests for data\n`
  );
  await context.close();
}

async function main(): Promise<void> {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-background-networking', '--disable-gpu', '--disable-gpu-rasterization'],
  });
  await measure(browser, 'One screen', ONE_SCREEN);
  await measure(browser, 'Every panel', EVERY_PANEL);
  await browser.close();
}

void main();
