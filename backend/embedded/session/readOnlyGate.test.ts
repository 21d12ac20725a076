import { firstWord, readerSettings } from './readOnlyGate';

test.each([
  ['SELECT 1', 'select'],
  ['  \n\t select', 'select'],
  ['-- DO\nSELECT 1', 'select'],
  ['-- SELECT\rDO $$ $$', 'do'],
  ['--', ''],
  ['', ''],
  [';;', ''],
  ['/* SELECT */ DO $$ $$', 'do'],
  ['/* a /* nested */ SELECT */ COPY x TO y', 'copy'],
  ['/*/ SELECT */ COPY', 'copy'],
  ['/* never closed SELECT 1', ''],
  ['((VALUES (1)))', 'values'],
  ['; DO $$ $$', 'do'],
  ['"select"', '"'],
  ["U&'x'", 'u'],
  ['SELECT$1', 'select'],
])('%j begins with %j', (sql, word) => {
  expect(firstWord(sql)).toBe(word);
});

test('of a start packet only settings that change how values look are taken', () => {
  const given = new Map([
    ['timezone', 'UTC'],
    ['role', 'llmcost'],
    ['session_authorization', 'llmcost'],
    ['temp_file_limit', '-1'],
    ['client_encoding', 'SJIS'],
    ['search_path', 'x'],
  ]);
  expect(readerSettings(given)).toEqual(new Map([['timezone', 'UTC']]));
});
