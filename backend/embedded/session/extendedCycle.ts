import type { Unit, Session } from './session';
import { isResident, replay, stringEnd, type PreparedStatement, type ResidentStatements } from './statements';
import type { RunReply } from '../engine/runProtocol';
import type { Frame } from '../wire/frameReader';
import { message } from '../wire/messages';

/** Extended messages rewritten for the engine's one session. */
export interface ExtendedCycle {
  readonly body: Buffer;
  /** Statements of earlier cycles that it uses. */
  readonly uses: readonly PreparedStatement[];
  /** Statements that it parses, in order. */
  readonly parses: readonly PreparedStatement[];
  readonly closes: readonly string[];
}

/** A name that no connection's statement has: the engine answers that there is no such statement. */
const NO_STATEMENT = 'no statement was prepared under this name';

/**
 * Gives prepared statements a name per connection. The unnamed statement stays in the engine's unnamed slot, and is
 * sent again when another connection has used the slot since.
 */
export function rewriteCycle(unit: Unit): ExtendedCycle {
  const { statements } = unit.session;
  const parsed = new Map<string, PreparedStatement>();
  const parses: PreparedStatement[] = [];
  const uses = new Set<PreparedStatement>();
  const closes: string[] = [];

  const nameInEngine = (name: string): string => {
    const known = parsed.get(name) ?? statements.get(name);
    if (known && !parsed.has(name)) {
      uses.add(known);
    }
    return known?.engineName ?? (statements.engineName(name) || NO_STATEMENT);
  };

  const rewrite = (frame: Frame): Buffer | null => {
    const { type, bytes } = frame;
    switch (type) {
      case 'P': {
        const statement = statements.fromParse(frame);
        parsed.set(statement.name, statement);
        parses.push(statement);
        return statement.parse;
      }
      case 'B': {
        const portalEnd = stringEnd(bytes, 5);
        const statementEnd = stringEnd(bytes, portalEnd + 1);
        const name = bytes.toString('utf8', portalEnd + 1, statementEnd);
        return message('B', bytes.subarray(5, portalEnd + 1), nameInEngine(name), bytes.subarray(statementEnd + 1));
      }
      case 'D':
      case 'C': {
        if (bytes[5] !== 'S'.charCodeAt(0)) {
          return bytes;
        }
        const name = bytes.toString('utf8', 6, stringEnd(bytes, 6));
        if (type === 'D') {
          return message('D', Buffer.from('S'), nameInEngine(name));
        }
        closes.push(name);
        return message('C', Buffer.from('S'), statements.engineName(name) || NO_STATEMENT);
      }
      // Everything is handed on when the unit ends, so there is nothing to flush.
      case 'H':
        return null;
      default:
        return bytes;
    }
  };

  const body = Buffer.concat(unit.frames.flatMap((frame) => rewrite(frame) ?? []));
  return { body, uses: [...uses], parses, closes };
}

/** Cycles that bring back what the engine has lost; to be run before the body. */
export const replays = (cycle: ExtendedCycle, resident: ResidentStatements): Buffer[] =>
  cycle.uses.filter((statement) => !isResident(statement, resident)).map(replay);

/** Takes over what the cycle has done to the connection's statements. */
export function settleCycle(
  session: Session,
  cycle: ExtendedCycle,
  reply: RunReply,
  resident: ResidentStatements
): void {
  if (reply.preludeFailed) {
    return;
  }
  for (const statement of cycle.uses) {
    statement.epoch = resident.epoch;
    if (statement.name === '') {
      resident.unnamed = statement;
    }
  }
  cycle.parses.forEach((statement, index) => {
    if (index < reply.parsed) {
      statement.epoch = resident.epoch;
      session.statements.keep(statement);
    } else {
      session.statements.forget(statement.name);
    }
    if (statement.name === '') {
      resident.unnamed = index < reply.parsed ? statement : null;
    }
  });
  cycle.closes.forEach((name) => session.statements.forget(name));
}
