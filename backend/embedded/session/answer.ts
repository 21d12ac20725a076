import type { Session, Unit } from './session';
import type { ResidentStatements } from './statements';
import { EngineCrashed } from '../engine/engine';
import type { RunReply } from '../engine/runProtocol';
import { errorResponse, query, readyForQuery, sync, type ServerError } from '../wire/messages';

/**
 * Hands the engine's answer to the client and takes over the session's state from it.
 * @throws EngineCrashed when a reader's transaction is still open
 */
export function answer(unit: Unit, reply: RunReply): void {
  const { session } = unit;
  const reader = session.access === 'reader';
  if (reader && reply.endStatus !== 'I') {
    throw new EngineCrashed('a read-only transaction could not be rolled back');
  }
  session.status = reader ? 'I' : (reply.status ?? session.status);
  // An owner's cycle that ended by Flush, or whose Sync was swallowed by COPY, keeps its transaction.
  session.midCycle = !reader && reply.status === null;
  session.discarding = reply.failed && !unit.endsCycle;
  const readyIsDue = unit.endsCycle && (reader || reply.preludeFailed);
  const bytes = readyIsDue ? Buffer.concat([reply.bytes, readyForQuery(session.status)]) : reply.bytes;
  if (bytes.length) {
    session.sink.write(bytes);
  }
}

/** Answers an error instead of running the unit. */
export function answerError(unit: Unit, error: ServerError): void {
  const { session } = unit;
  session.discarding = !unit.endsCycle;
  const ready = unit.endsCycle ? [readyForQuery(session.status)] : [];
  session.sink.write(Buffer.concat([errorResponse(error), ...ready]));
}

/** What the engine must be told when a connection is gone, so that nothing of it stays; null for nothing. */
export function leftovers(session: Session, resident: ResidentStatements): Buffer | null {
  const parts = [
    // The Sync ends a cycle that the client left half sent.
    session.holdsEngine ? Buffer.concat([sync(), query('ROLLBACK')]) : null,
    session.statements.closeAll(resident),
    session.madeTemporary ? query('DISCARD TEMP') : null,
  ].filter((bytes) => bytes !== null);
  return parts.length ? Buffer.concat(parts) : null;
}
