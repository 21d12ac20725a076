import { rewriteCycle, replays, settleCycle } from './extendedCycle';
import { parsedSql, tooManyParameters, type EngineState, type Plan, type Refusal } from './plan';
import type { Session, Unit } from './session';
import { BASELINE, mergeSettings, switchStatement } from './settings';
import { literal } from '../../../src/query/literal';
import type { RunRequest } from '../engine/runProtocol';
import type { Frame } from '../wire/frameReader';
import { int32, message, query, sync, type ServerError } from '../wire/messages';

/** The role whose rights a reader has; storage's migrations grant it SELECT. */
export const READER_ROLE = 'llmcost_reader';
/** Space on disk for a reader's sorts and hashes. */
const TEMP_FILE_LIMIT = '512MB';

/** More than SET ROLE: even a function of the owner that resets the role gets no further than the reader. */
const BECOME_READER = `SET LOCAL SESSION AUTHORIZATION ${READER_ROLE}`;

/** Settings that a reader's start packet may have: they change how values look, not what is allowed. */
const READER_SETTINGS = new Set([
  'timezone',
  'datestyle',
  'intervalstyle',
  'extra_float_digits',
  'bytea_output',
  'application_name',
]);

export function readerSettings(startup: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...startup].filter(([name]) => READER_SETTINGS.has(name)));
}

const READS = new Set(['', 'select', 'with', 'values', 'table', 'explain', 'show']);

/** The first word of a statement in lower case, past comments and opening parentheses; empty when there is none. */
export function firstWord(sql: string): string {
  let rest = sql;
  for (;;) {
    rest = rest.replace(/^[\s(;]+/, '');
    if (rest.startsWith('--')) {
      const end = rest.search(/[\r\n]/);
      rest = end < 0 ? '' : rest.slice(end);
    } else if (rest.startsWith('/*')) {
      rest = rest.slice(blockCommentLength(rest));
    } else {
      return /^[A-Za-z_]*/.exec(rest)?.[0].toLowerCase() || rest.slice(0, 1);
    }
  }
}

/** Block comments nest. */
function blockCommentLength(sql: string): number {
  let depth = 0;
  for (const { 0: mark, index } of sql.matchAll(/\/\*|\*\//g)) {
    depth += mark === '/*' ? 1 : -1;
    if (depth === 0) {
      return index + 2;
    }
  }
  return sql.length;
}

function refusedStatement(sql: string): ServerError | null {
  const word = firstWord(sql);
  return READS.has(word)
    ? null
    : {
        code: '42501',
        message: `${word.toUpperCase().slice(0, 40)} is not allowed on the read-only connection`,
        hint: 'It takes one statement at a time: SELECT, WITH, VALUES, TABLE, EXPLAIN or SHOW.',
      };
}

/** Only one statement may be executed in a transaction: after it, the role could be another. */
function refusedFrames(unit: Unit): ServerError | null {
  let executed = false;
  for (const frame of unit.frames) {
    if (executed && ['P', 'B', 'D', 'E'].includes(frame.type)) {
      return {
        code: '0A000',
        message: 'the read-only connection takes one statement per Sync',
        hint: 'Turn off pipelining or batching in the driver.',
      };
    }
    executed ||= frame.type === 'E';
    const refusal =
      frame.type === 'P'
        ? refusedStatement(parsedSql(frame))
        : frame.type === 'B'
          ? tooManyParameters(frame.bytes)
          : null;
    if (refusal) {
      return refusal;
    }
  }
  return null;
}

/** A simple query as ONE extended statement: the server itself refuses a second one in the same text. */
const asExtended = ({ bytes }: Frame): Frame[] =>
  [
    // The text goes on byte for byte: what isn't UTF-8 is the server's to refuse.
    message('P', '', bytes.subarray(5), Buffer.from([0, 0])),
    message('B', '', '', Buffer.from([0, 0, 0, 0, 0, 0])),
    message('D', Buffer.from('P'), ''),
    message('E', '', int32(0)),
    sync(),
  ].map((part) => ({ type: String.fromCharCode(part[0] ?? 0), bytes: part }));

function openTransaction(session: Session): Buffer {
  const settings = [...session.startup].map(
    ([name, value]) => `SELECT pg_catalog.set_config(${literal(name)}, ${literal(value)}, true); `
  );
  return query(
    `BEGIN READ ONLY; ${settings.join('')}SET LOCAL temp_file_limit = '${TEMP_FILE_LIMIT}'; ${BECOME_READER}`
  );
}

/**
 * How a unit of a reader is run: inside a read-only transaction of the reader's role that is always rolled back.
 * The engine has one superuser session, so this is the whole protection; the worker runs nothing of the client unless
 * the transaction was opened as it should.
 */
export function planReaderUnit(unit: Unit, state: EngineState): Plan | Refusal {
  const { session } = unit;
  const simple = unit.kind === 'simple';
  const gated: Unit = simple ? { ...unit, kind: 'extended', frames: unit.frames.flatMap(asExtended) } : unit;
  const refusal = refusedFrames(gated);
  if (refusal) {
    return { refusal };
  }
  const wanted = mergeSettings(BASELINE);
  const switching = switchStatement(state.settings, wanted);
  const cycle = rewriteCycle(gated);
  state.resident.unnamed = null;
  const request: RunRequest = {
    prelude: Buffer.concat([
      ...(switching ? [query(switching)] : []),
      openTransaction(session),
      ...replays(cycle, state.resident),
    ]),
    preludeStatus: 'T',
    body: gated.endsCycle ? cycle.body : Buffer.concat([cycle.body, sync()]),
    epilogue: query('ROLLBACK'),
    // A client that sent a simple query expects no ParseComplete, BindComplete and NoData.
    hidden: simple ? 'Z12n' : 'Z',
    copyIn: false,
    capture: 'never',
  };
  return {
    request,
    settle: (reply) => {
      if (!reply.preludeFailed) {
        state.settings = wanted;
      }
      // A simple query leaves no statement behind.
      settleCycle(session, simple ? { ...cycle, parses: [], closes: [] } : cycle, reply, state.resident);
      state.resident.unnamed = null;
    },
  };
}
