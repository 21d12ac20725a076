import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

export const ROOT = path.join(__dirname, '..', '..');

/** The tests that a cell of a table in docs names: `[file, title]` of each "`file` › title". */
export const testsIn = (cell: string): Array<readonly [string, string]> =>
  cell.split('<br>').flatMap((text): Array<readonly [string, string]> => {
    const [, file, title] = /^\s*`([^`]+)` › (.+?)\s*$/.exec(text) ?? [];
    return file && title ? [[file, title]] : [];
  });

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
export function titlesOf(file: string): string[] {
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
