import fs from 'node:fs';
import path from 'node:path';
import { DASHBOARDS } from '../../scripts/dashboards/all';
import { ROOT, testsIn, titlesOf } from './namedTests';

const DOCUMENT = fs.readFileSync(path.join(ROOT, 'docs', 'kpis.md'), 'utf8');

/** Indicator, formula, screen, by hand, held by. */
const rows = DOCUMENT.split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter((cells) => cells.length === 7 && !/^(Indicator|-+)$/.test(cells[1]!))
  .map(([, name, formula, screen, hand, tests]) => [name!, { formula, screen, hand, tests: testsIn(tests!) }] as const);

it('are all there', () => {
  expect(rows.length).toBe(16);
});

it.each(rows)('%s: has a formula, a screen, a figure and a test that is there', (_name, row) => {
  expect([row.formula, row.screen, row.hand]).not.toContain('');
  expect(row.tests.length).toBeGreaterThan(0);
  for (const [file, title] of row.tests) {
    expect(fs.existsSync(path.join(ROOT, file)) ? titlesOf(file) : file).toContain(title);
  }
});

it('name panels that there are', () => {
  const titles = new Map(
    Object.values(DASHBOARDS).map(({ title, panels }) => [
      title.replace('LLM Cost ', '').toLowerCase(),
      panels.flatMap((panel) => [panel, ...(panel.panels ?? [])]).map((panel) => panel.title),
    ])
  );
  const named = rows.flatMap(([, { screen }]) => [...screen!.matchAll(/([A-Z][a-z ]+) › ([^;(]+)/g)]);
  expect(named.length).toBeGreaterThan(8);
  for (const [, dashboard, panel] of named) {
    expect(titles.get(dashboard!.toLowerCase()) ?? dashboard).toContain(panel!.trim());
  }
});
