import { expect, test as base } from '@grafana/plugin-e2e';
import type { BrowserContext } from '@playwright/test';

/**
 * Tests of screens share one browser profile, as one person's tabs do: Grafana's own scripts are read and compiled once instead
 * of with every test. Each test has a page of its own. A test of what another person sees makes a context of its own.
 */
export const test = base.extend<object, { profile: { context?: BrowserContext } }>({
  profile: [
    async ({}, use) => {
      const profile: { context?: BrowserContext } = {};
      await use(profile);
      await profile.context?.close();
    },
    { scope: 'worker' },
  ],
  page: async ({ browser, profile }, use) => {
    profile.context ??= await browser.newContext();
    const page = await profile.context.newPage();
    await use(page);
    await page.close();
  },
});

export { expect };
