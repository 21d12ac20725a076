import { switchStatement } from './settings';

const set = (...entries: Array<[string, string]>): Map<string, string> => new Map(entries);

test('nothing to do', () => {
  expect(switchStatement(set(['timezone', 'UTC']), set(['timezone', 'UTC']))).toBeNull();
});

test('only what differs is set; what is no longer wanted goes back to its default', () => {
  const loaded = set(['timezone', 'UTC'], ['work_mem', '4096'], ['jit', 'off']);
  const wanted = set(['timezone', "it's"], ['jit', 'off']);
  expect(switchStatement(loaded, wanted)).toBe(
    "SELECT pg_catalog.set_config('work_mem', NULL, false), pg_catalog.set_config('timezone', 'it''s', false)"
  );
});

test('a role is left first and entered last', () => {
  const loaded = set(['role', 'one'], ['session_authorization', 'two']);
  const wanted = set(['role', 'three'], ['jit', 'off']);
  expect(switchStatement(loaded, wanted)).toBe(
    'RESET SESSION AUTHORIZATION; RESET ROLE; ' +
      "SELECT pg_catalog.set_config('jit', 'off', false), pg_catalog.set_config('role', 'three', false)"
  );
});
