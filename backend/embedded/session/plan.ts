import type { RunReply, RunRequest } from '../engine/runProtocol';
import type { Frame } from '../wire/frameReader';
import type { ServerError } from '../wire/messages';
import type { ResidentStatements } from './statements';
import { queryText, type Unit } from './session';
import type { Settings } from './settings';

/** What is in the engine's one session right now. */
export interface EngineState {
  readonly resident: ResidentStatements;
  settings: Settings;
}

/** How a unit is run, and what its answer changes. */
export interface Plan {
  readonly request: RunRequest;
  /** Takes over what the answer says about statements and settings. */
  settle(reply: RunReply): void;
}

/** The unit must not reach the engine. */
export interface Refusal {
  readonly refusal: ServerError;
}

/**
 * PostgreSQL takes 65,535 parameters; the embedded engine breaks down above 32,767 and has to be opened anew.
 */
export const MAX_PARAMETERS = 32_767;

export function tooManyParameters(bind: Buffer): ServerError | null {
  const portalEnd = bind.indexOf(0, 5);
  const statementEnd = bind.indexOf(0, portalEnd + 1);
  const formats = bind.readUInt16BE(statementEnd + 1);
  const countAt = statementEnd + 3 + 2 * formats;
  const count = countAt + 2 <= bind.length ? bind.readUInt16BE(countAt) : 0;
  if (count <= MAX_PARAMETERS) {
    return null;
  }
  return {
    code: '54000',
    message: `the statement has ${count} parameters; the embedded database takes at most ${MAX_PARAMETERS}`,
    hint: 'Send fewer rows in one statement, pass arrays (INSERT … SELECT … FROM unnest($1, $2)), or use COPY.',
  };
}

/** The SQL of a Parse message. */
export function parsedSql({ bytes }: Pick<Frame, 'bytes'>): string {
  const nameEnd = bytes.indexOf(0, 5);
  return bytes.toString('utf8', nameEnd + 1, bytes.indexOf(0, nameEnd + 1));
}

/** The SQL of a unit, as far as its own messages show it. */
export const sqlOf = (unit: Unit): string =>
  unit.kind === 'simple'
    ? queryText(unit)
    : unit.frames
        .filter(({ type }) => type === 'P')
        .map(parsedSql)
        .join('\n');
