import { dirname } from 'node:path';
import type { PluginOptions } from '@grafana/plugin-e2e';
import { defineConfig, devices } from '@playwright/test';

const authentication = `${dirname(require.resolve('@grafana/plugin-e2e'))}/auth`;

/**
 * End to end: a real Grafana with the demo load behind it, as `npm start` leaves it (`.ci/run` does that).
 * GRAFANA_URL: Grafana; LLMCOST_URL: the collector; LLMCOST_E2E_WEBHOOK_PORT: where the shipped contact point sends to;
 * CHROMIUM_PATH: the browser.
 */
export default defineConfig<PluginOptions>({
  testDir: './tests/e2e',
  outputDir: 'test-results',
  forbidOnly: Boolean(process.env.CI),
  retries: process.env.CI ? 1 : 0,
  workers: 1,
  // For machines much slower than a developer's: a test waits for what it looks for, not for time to pass.
  timeout: 300_000,
  expect: { timeout: 60_000 },
  reporter: 'list',
  use: {
    baseURL: process.env.GRAFANA_URL ?? 'http://127.0.0.1:3000',
    user: { user: 'admin', password: 'admin' },
    // Recording costs more than the test; a failure is recorded when it is tried again.
    trace: 'on-first-retry',
    timezoneId: 'UTC',
    launchOptions: {
      executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
      // Without a graphics card, drawing through one that is emulated takes most of the time.
      args: ['--no-sandbox', '--disable-background-networking', '--disable-gpu', '--disable-gpu-rasterization'],
    },
  },
  projects: [
    { name: 'auth', testDir: authentication, testMatch: [/.*\.js/] },
    {
      name: 'chromium',
      use: {
        ...devices['Desktop Chrome'],
        viewport: { width: 1440, height: 1100 },
        storageState: 'playwright/.auth/admin.json',
      },
      dependencies: ['auth'],
    },
  ],
});
