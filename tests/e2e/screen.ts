import type { Locator, Page } from '@playwright/test';

/** Every shipped dashboard by its uid, with a panel that shows a number when there are calls. */
export const DASHBOARDS = {
  'llm-cost-overview': 'Total spend',
  'llm-cost-tokens': 'Tokens',
  'llm-cost-models': 'Total',
  'llm-cost-users': 'Active users',
  'llm-cost-agents': 'Runs',
  'llm-cost-calls': 'These calls',
  'llm-cost-latency': 'Tokens and calls',
  'llm-cost-quality': 'Unpriced',
} as const;

/** Those of which no single number is asked, too; a run's own dashboard is opened from a run. */
export const EVERY_DASHBOARD: Readonly<Record<string, string>> = {
  ...DASHBOARDS,
  'llm-cost-efficiency': 'Success ratio',
  'llm-cost-releases': 'Releases and what they changed',
  'llm-cost-budgets': 'Burn-down',
};

/** What that panel shows a number of. */
export const NUMBERS: Readonly<Record<keyof typeof DASHBOARDS, string>> = {
  'llm-cost-overview': 'total_cost',
  'llm-cost-tokens': 'total_tokens',
  'llm-cost-models': 'total_cost',
  'llm-cost-users': 'users',
  'llm-cost-agents': 'runs',
  'llm-cost-calls': 'total_cost',
  'llm-cost-latency': 'total_tokens',
  'llm-cost-quality': 'unpriced_calls',
};

export const panel = (page: Page, title: string): Locator =>
  page.getByTestId(`data-testid Panel header ${title}`).first();

/** Something that went wrong in any panel on the screen. */
export const failures = (page: Page): Locator => page.getByTestId('data-testid Panel status error');

/** What is wider than the screen, and panels that lie on one another; empty when all is in its place. */
export const sticksOut = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const panels = [...document.querySelectorAll('[data-testid^="data-testid Panel header "]')].map((element) => ({
      name: String(element.getAttribute('data-testid')).replace('data-testid Panel header ', ''),
      box: element.getBoundingClientRect(),
    }));
    // A pixel for rounding.
    const wide = panels.filter(({ box }) => box.left < -1 || box.right > window.innerWidth + 1);
    const overlapping = panels.flatMap(({ name, box: a }, i) =>
      panels
        .slice(i + 1)
        .filter(({ box: b }) => a.left < b.right - 1 && b.left < a.right - 1)
        .filter(({ box: b }) => a.top < b.bottom - 1 && b.top < a.bottom - 1)
        .map((other) => `${name} lies on ${other.name}`)
    );
    const scrolls = document.documentElement.scrollWidth > window.innerWidth ? ['the page scrolls across'] : [];
    return [...scrolls, ...wide.map(({ name }) => `${name} is wider than the screen`), ...overlapping];
  });

/** An amount of money as a screen may write it: with cents, or with as many digits as small amounts beside it need. */
export function usd(amount: string | number | null | undefined): RegExp {
  const value = Number(amount);
  const exact = [2, 3, 4, 6].map((decimals) => value.toFixed(decimals)).filter((text) => Number(text) !== 0);
  const texts = value >= 0.1 ? exact : [value.toPrecision(3), ...exact];
  return new RegExp(`\\$(${texts.map((text) => text.replace('.', '\\.')).join('|')})`);
}

/** The digits of a count: 950, 13.3 (K), 1.2 (Mil). */
export function short(amount: string | number | null | undefined): string {
  let value = Number(amount);
  while (value >= 1000) {
    value /= 1000;
  }
  // As Grafana rounds: 4.675 is 4.68 there, and 4.67 for toPrecision.
  const scale = 10 ** Math.max(0, 2 - Math.floor(Math.log10(Math.max(1, Math.abs(value)))));
  return String(Math.round(value * scale) / scale);
}
