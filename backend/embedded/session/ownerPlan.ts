import { rewriteCycle, replays, settleCycle, type ExtendedCycle } from './extendedCycle';
import { tooManyParameters, type EngineState, type Plan, type Refusal } from './plan';
import { queryText, type Session, type Unit } from './session';
import { BASELINE, mergeSettings, switchStatement, type Settings } from './settings';
import type { RunReply, RunRequest } from '../engine/runProtocol';
import { query } from '../wire/messages';

/** SET LOCAL and SET TRANSACTION end with their transaction: there is nothing to remember. */
const ONLY_LOCAL = /^\s*set\s+(local|transaction|constraints)\b[^;]*;?\s*$/i;
const SETS_BY_FUNCTION = /\bset_config\b/i;

export const wantedSettings = (session: Session): Settings => mergeSettings(BASELINE, session.startup, session.custom);

/** The SQL of a unit, as far as its messages show it. */
function sqlOf(unit: Unit): string {
  return unit.kind === 'simple'
    ? queryText(unit)
    : unit.frames
        .filter(({ type }) => type === 'P')
        .map(({ bytes }) => bytes.toString('utf8', bytes.indexOf(0, 5) + 1, bytes.indexOf(0, bytes.indexOf(0, 5) + 1)))
        .join('\n');
}

/** How a unit of a full-rights connection is run: its settings put in place, its statements brought back. */
export function planOwnerUnit(unit: Unit, state: EngineState): Plan | Refusal {
  const { session } = unit;
  for (const { type, bytes } of unit.frames) {
    const refusal = type === 'B' ? tooManyParameters(bytes) : null;
    if (refusal) {
      return { refusal };
    }
  }
  const wanted = wantedSettings(session);
  // Inside a transaction nobody else has run, and a failed one takes no statement at all.
  const switching = session.holdsEngine ? null : switchStatement(state.settings, wanted);
  if (switching) {
    state.resident.unnamed = null;
  }
  const cycle = unit.kind === 'extended' ? rewriteCycle(unit) : null;
  const prelude = [
    ...(switching ? [query(switching)] : []),
    ...(cycle && session.status !== 'E' ? replays(cycle, state.resident) : []),
  ];
  const sql = sqlOf(unit);
  const request: RunRequest = {
    ...(prelude.length && { prelude: Buffer.concat(prelude) }),
    body: cycle?.body ?? unit.frames[0]?.bytes ?? Buffer.alloc(0),
    hidden: '',
    copyIn: true,
    capture:
      session.settingsUnknown || SETS_BY_FUNCTION.test(sql) ? 'always' : ONLY_LOCAL.test(sql) ? 'never' : 'onSet',
  };
  return { request, settle: (reply) => settle(unit, state, cycle, switching ? wanted : state.settings, sql, reply) };
}

function settle(
  { session, kind }: Unit,
  state: EngineState,
  cycle: ExtendedCycle | null,
  loaded: Settings,
  sql: string,
  reply: RunReply
): void {
  if (reply.preludeFailed) {
    // Which of its statements took hold is not known: everything is set again next time.
    state.resident.unnamed = null;
    return;
  }
  state.settings = loaded;
  if (cycle) {
    settleCycle(session, cycle, reply, state.resident);
  }
  if (kind === 'simple' || reply.settings) {
    state.resident.unnamed = null;
  }
  const changesSettings = reply.tags.some((tag) => /^(SET|RESET|DISCARD)/.test(tag)) || SETS_BY_FUNCTION.test(sql);
  if (reply.settings) {
    session.custom = new Map(reply.settings);
    session.settingsUnknown = false;
    state.settings = session.custom;
  } else if (changesSettings && !ONLY_LOCAL.test(sql)) {
    session.settingsUnknown = true;
  }
  if (reply.tags.some((tag) => /^(DEALLOCATE|DISCARD)/.test(tag))) {
    state.resident.epoch++;
    if (reply.tags.some((tag) => /^(DEALLOCATE|DISCARD) ALL/.test(tag))) {
      session.statements.forgetAll();
    }
  }
  if (/\btemp(orary)?\b/i.test(sql) && reply.tags.some((tag) => /^(CREATE TABLE|SELECT)/.test(tag))) {
    session.madeTemporary = true;
  }
}
