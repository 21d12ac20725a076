import { expect, test as base } from '@grafana/plugin-e2e';
import type { Browser, BrowserContext } from '@playwright/test';

/** For what comes before and after a test: a browser that doesn't answer fails this test, not everything after it. */
const SETUP_MS = 120_000;

/**
 * A profile with a session of its own: Grafana changes the cookie of a session every ten minutes, after which the one that was
 * kept in a file by the sign-in before all tests is worth nothing.
 */
async function signedIn(browser: Browser): Promise<BrowserContext> {
  const context = await browser.newContext();
  const answer = await context.request.post('/login', { data: { user: 'admin', password: 'admin' } });
  expect(answer.status(), 'signing in').toBe(200);
  return context;
}

/**
 * Tests of screens share one browser profile, as one person's tabs do: Grafana's own scripts are read and compiled once instead
 * of with every test. Each test has a page of its own. A test of what another person sees makes a context of its own.
 *
 * A test that is tried again has a profile of its own, since it is recorded: a recording belongs to a profile, and ending it in
 * one that goes on being used can wait for ever. The profile in which a test failed isn't used again.
 */
export const test = base.extend<object, { profile: { context?: BrowserContext } }>({
  profile: [
    async ({}, use) => {
      const profile: { context?: BrowserContext } = {};
      await use(profile);
      await profile.context?.close();
    },
    { scope: 'worker', timeout: SETUP_MS },
  ],
  page: [
    async ({ browser, profile }, use, testInfo) => {
      const alone = testInfo.retry > 0;
      const context = (alone ? undefined : profile.context) ?? (await signedIn(browser));
      profile.context = alone ? profile.context : context;
      const page = await context.newPage();
      await use(page);
      if (alone || testInfo.status !== testInfo.expectedStatus) {
        profile.context = alone ? profile.context : undefined;
        await context.close();
      } else {
        await page.close();
      }
    },
    { scope: 'test', timeout: SETUP_MS },
  ],
});

export { expect };
