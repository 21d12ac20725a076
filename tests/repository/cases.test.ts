import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const ROOT = path.join(__dirname, '..', '..');
const DOCUMENT = fs.readFileSync(path.join(ROOT, 'docs', 'cases.md'), 'utf8');

interface Row {
  readonly number: number;
  /** `[file, title]` */
  readonly tests: ReadonlyArray<readonly [string, string]>;
}

const rows: Row[] = [...DOCUMENT.matchAll(/^\| (\d+) +\| [^|]+ \| ([^|]+) \|$/gm)].map(([, number, cell]) => ({
  number: Number(number),
  tests: cell!.split('<br>').flatMap((text): Array<readonly [string, string]> => {
    const [, file, title] = /^\s*`([^`]+)` › (.+?)\s*$/.exec(text) ?? [];
    return file && title ? [[file, title]] : [];
  }),
}));

/** The function at the bottom of `it(…)`, `test.skip(…)`, `describe.each(…)(…)`. */
function rootOf(node: ts.Expression): string {
  if (ts.isIdentifier(node)) {
    return node.text;
  }
  return ts.isPropertyAccessExpression(node) || ts.isCallExpression(node) ? rootOf(node.expression) : '';
}

const firstText = (list: readonly ts.Expression[]): string[] =>
  list[0] && ts.isStringLiteralLike(list[0]) ? [list[0].text] : [];

/** Titles of a file's tests and groups of tests, those of the rows of an `each` included. */
function titlesOf(file: string): string[] {
  const source = ts.createSourceFile(file, fs.readFileSync(path.join(ROOT, file), 'utf8'), ts.ScriptTarget.ES2022);
  const titles: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ['it', 'test', 'describe'].includes(rootOf(node.expression))) {
      titles.push(...firstText(node.arguments));
      const [table] = node.arguments;
      if (table && ts.isArrayLiteralExpression(table)) {
        titles.push(
          ...table.elements.flatMap((row) => (ts.isArrayLiteralExpression(row) ? firstText(row.elements) : []))
        );
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return titles;
}

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
