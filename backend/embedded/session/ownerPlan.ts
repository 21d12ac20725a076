import { rewriteCycle, replays, settleCycle, type ExtendedCycle } from './extendedCycle';
import { parsedSql, sqlOf, tooManyParameters, type EngineState, type Plan, type Refusal } from './plan';
import type { Session, Unit } from './session';
import { BASELINE, mergeSettings, switchStatement, type Settings } from './settings';
import type { RunReply, RunRequest } from '../engine/runProtocol';
import { query } from '../wire/messages';

/** SET LOCAL and SET TRANSACTION end with their transaction: there is nothing to remember. */
const ONLY_LOCAL = /^\s*set\s+(local|transaction|constraints)\b[^;]*;?\s*$/i;
const SETS_BY_FUNCTION = /\bset_config\b/i;
const MAKES_TEMPORARY = /\btemp(orary)?\b/i;

const wantedSettings = (session: Session): Settings => mergeSettings(BASELINE, session.startup, session.custom);

function captureMode(session: Session, sql: string): RunRequest['capture'] {
  if (session.settingsUnknown || SETS_BY_FUNCTION.test(sql)) {
    return 'always';
  }
  return ONLY_LOCAL.test(sql) ? 'never' : 'onSet';
}

const firstRefusal = (unit: Unit): Refusal | null => {
  const refusals = unit.frames.filter(({ type }) => type === 'B').map(({ bytes }) => tooManyParameters(bytes));
  const refusal = refusals.find((error) => error !== null);
  return refusal ? { refusal } : null;
};

/** Messages to be run first: settings put in place, statements brought back. */
function preludeOf(switching: string | null, lost: readonly Buffer[]): Pick<RunRequest, 'prelude'> {
  const parts = [...(switching ? [query(switching)] : []), ...lost];
  return parts.length ? { prelude: Buffer.concat(parts) } : {};
}

/** What a unit is about to do, kept until its answer is there. */
interface Intent {
  readonly unit: Unit;
  readonly sql: string;
  readonly cycle: ExtendedCycle | null;
  /** Settings that the prelude puts in place; null when they are in place. */
  readonly switchedTo: Settings | null;
}

/** How a unit of a full-rights connection is run: its settings put in place, its statements brought back. */
export function planOwnerUnit(unit: Unit, state: EngineState): Plan | Refusal {
  const { session } = unit;
  const refused = firstRefusal(unit);
  if (refused) {
    return refused;
  }
  const wanted = wantedSettings(session);
  // Inside a transaction nobody else has run, and a failed one takes no statement at all.
  const switching = session.holdsEngine ? null : switchStatement(state.settings, wanted);
  if (switching) {
    state.resident.unnamed = null;
  }
  const cycle = unit.kind === 'extended' ? rewriteCycle(unit) : null;
  const lost = cycle && session.status !== 'E' ? replays(cycle, state.resident) : [];
  const sql = [sqlOf(unit), ...(cycle?.uses.map(({ parse }) => parsedSql({ bytes: parse })) ?? [])].join('\n').trim();
  const request: RunRequest = {
    ...preludeOf(switching, lost),
    body: cycle ? cycle.body : Buffer.concat(unit.frames.map(({ bytes }) => bytes)),
    hidden: '',
    copyIn: true,
    capture: captureMode(session, sql),
  };
  const intent = { unit, sql, cycle, switchedTo: switching ? wanted : null };
  return { request, settle: (reply) => settle(intent, state, reply) };
}

function settle({ unit, sql, cycle, switchedTo }: Intent, state: EngineState, reply: RunReply): void {
  const { session } = unit;
  if (reply.preludeFailed) {
    // Which of its statements took hold is not known; settings are compared again next time.
    state.resident.unnamed = null;
    return;
  }
  state.settings = switchedTo ?? state.settings;
  if (cycle) {
    settleCycle(session, cycle, reply, state.resident);
  }
  if (!cycle || reply.settings) {
    state.resident.unnamed = null;
  }
  settleSettings(session, sql, state, reply);
  if (reply.tags.some((tag) => /^(DEALLOCATE|DISCARD)/.test(tag))) {
    state.resident.epoch++;
    if (reply.tags.some((tag) => /^(DEALLOCATE|DISCARD) ALL/.test(tag))) {
      session.statements.forgetAll();
    }
  }
  session.madeTemporary ||= MAKES_TEMPORARY.test(sql) && reply.tags.some((tag) => /^(CREATE TABLE|SELECT)/.test(tag));
}

function settleSettings(session: Session, sql: string, state: EngineState, reply: RunReply): void {
  if (reply.settings) {
    session.custom = new Map(reply.settings);
    session.settingsUnknown = false;
    state.settings = session.custom;
    return;
  }
  const changed = reply.tags.some((tag) => /^(SET|RESET|DISCARD)/.test(tag)) || SETS_BY_FUNCTION.test(sql);
  session.settingsUnknown ||= changed && !ONLY_LOCAL.test(sql);
}
