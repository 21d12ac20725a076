import fs from 'node:fs';
import path from 'node:path';
import { ROOT, testsIn, titlesOf } from './namedTests';

const DOCUMENT = fs.readFileSync(path.join(ROOT, 'docs', 'cases.md'), 'utf8');

interface Row {
  readonly number: number;
  /** `[file, title]` */
  readonly tests: ReadonlyArray<readonly [string, string]>;
}

const rows: Row[] = [...DOCUMENT.matchAll(/^\| (\d+) +\| [^|]+ \| ([^|]+) \|$/gm)].map(([, number, cell]) => ({
  number: Number(number),
  tests: testsIn(cell!),
}));

it('the 25 cases are all there, in order', () => {
  expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 25 }, (_, i) => i + 1));
});

it.each(rows.map((row) => [row.number, row] as const))('case %i names tests that are there', (_, { tests }) => {
  const missing = tests.filter(([file, title]) => {
    return !fs.existsSync(path.join(ROOT, file)) || !titlesOf(file).includes(title);
  });
  expect(missing).toEqual([]);
});

it('every case has a test', () => {
  expect(rows.filter(({ tests }) => tests.length === 0).map(({ number }) => number)).toEqual([]);
});
