import type { ServerError } from '../wire/messages';

/** Errors that the wire server itself gives, with PostgreSQL's codes where it has them. */
export const CANCELLED: ServerError = { code: '57014', message: 'canceling statement due to user request' };

export const TIMED_OUT: ServerError = { code: '57014', message: 'canceling statement due to statement timeout' };

export const SHUTTING_DOWN: ServerError = {
  code: '57P01',
  message: 'the database is shutting down',
  severity: 'FATAL',
};

export const IDLE_IN_TRANSACTION: ServerError = {
  code: '25P03',
  message: 'terminating connection due to idle-in-transaction timeout',
  hint: 'The embedded database has one session: an open transaction keeps everybody waiting.',
  severity: 'FATAL',
};

export const STALLED: ServerError = {
  ...IDLE_IN_TRANSACTION,
  message: 'terminating connection: it takes no data any more',
};

export const UNKNOWN_OUTCOME =
  'The embedded engine was opened anew; whether the statement had already committed is not known.';

export const engineFailed = (problem: unknown): ServerError => ({
  code: '58000',
  message: `the embedded engine failed: ${String(problem)}`,
  detail: UNKNOWN_OUTCOME,
  severity: 'FATAL',
});

export const notUnderstood = (problem: unknown): ServerError => ({
  code: '08P01',
  message: `a message can't be understood: ${String(problem)}`,
});
