import { splitStatements } from './sql';

test.each([
  ['plain statements', 'SELECT 1; SELECT 2;', ['SELECT 1', 'SELECT 2']],
  ['the last one without a semicolon', 'SELECT 1;\nSELECT 2', ['SELECT 1', 'SELECT 2']],
  ['nothing but comments and space', '-- a;\n /* b; */ ;\n;', []],
  ['a semicolon in a string', "SELECT 'a;''b;';SELECT 2", ["SELECT 'a;''b;'", 'SELECT 2']],
  ['an escape string', "SELECT E'it\\';s';SELECT 2", ["SELECT E'it\\';s'", 'SELECT 2']],
  ['a quoted name', 'SELECT ";"" ;";SELECT 2', ['SELECT ";"" ;"', 'SELECT 2']],
  ['dollar quotes', 'DO $$ a; b; $$; DO $x$ $$;; $x$;', ['DO $$ a; b; $$', 'DO $x$ $$;; $x$']],
  ['parameters are no dollar quotes', 'SELECT $1; SELECT $2;', ['SELECT $1', 'SELECT $2']],
  [
    'comments stay with their statement',
    '-- why;\nSELECT 1; -- after;\nSELECT 2;',
    ['-- why;\nSELECT 1', '-- after;\nSELECT 2'],
  ],
])('%s', (_, sql, statements) => {
  expect(splitStatements(sql)).toEqual(statements);
});
