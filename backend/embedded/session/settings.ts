import { literal } from '../../../src/query/literal';

/** Session settings by name in lower case. */
export type Settings = ReadonlyMap<string, string>;

/**
 * What every session starts from. PGlite starts PostgreSQL with switches that suit its own tests, and reads neither
 * postgresql.conf nor ALTER DATABASE … SET; so these are set in the session. Values are in base units, as pg_settings
 * shows them.
 */
export const BASELINE: Settings = new Map([
  ['search_path', '"$user", public'],
  ['enable_seqscan', 'on'],
  ['exit_on_error', 'off'],
  ['allow_system_table_mods', 'off'],
  ['log_min_messages', 'fatal'],
  // There is one process: workers can't be started, and a plan made for them is slower.
  ['max_parallel_workers_per_gather', '0'],
  ['jit', 'off'],
  ['work_mem', '16384'],
]);

/** What PGlite itself sets when it opens. */
export const AFTER_OPEN: Settings = new Map([['search_path', 'public']]);

/** Both decide what a session may do, so they are left by statements that everybody may use, before anything else. */
const IDENTITY = new Map([
  ['session_authorization', 'RESET SESSION AUTHORIZATION'],
  ['role', 'RESET ROLE'],
]);

/**
 * The SQL that turns the settings `loaded` into the settings `wanted`, or null when they are the same.
 * A setting that is no longer wanted goes back to the engine's default.
 */
export function switchStatement(loaded: Settings, wanted: Settings): string | null {
  const assign = (name: string, value: string | null): string =>
    `pg_catalog.set_config(${literal(name)}, ${value === null ? 'NULL' : literal(value)}, false)`;
  const left = [...IDENTITY].filter(([name]) => loaded.has(name) && loaded.get(name) !== wanted.get(name));
  const dropped = [...loaded.keys()].filter((name) => !wanted.has(name) && !IDENTITY.has(name));
  const changed = [...wanted].filter(([name, value]) => loaded.get(name) !== value);
  const rank = ([name]: [string, string]): number => [...IDENTITY.keys()].indexOf(name);
  const calls = [
    ...dropped.map((name) => assign(name, null)),
    ...changed.sort((a, b) => rank(a) - rank(b)).map(([name, value]) => assign(name, value)),
  ];
  const statements = [...left.map(([, reset]) => reset), ...(calls.length ? [`SELECT ${calls.join(', ')}`] : [])];
  return statements.length ? statements.join('; ') : null;
}

/** Later maps win. */
export const mergeSettings = (...maps: readonly Settings[]): Map<string, string> =>
  new Map(maps.flatMap((map) => [...map]));
