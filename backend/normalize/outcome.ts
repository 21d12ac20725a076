import type { Status } from '../events/usageEvent';
import type { DecodedSpan } from '../receivers/otlp/decoded';
import { textOf } from './values';

/** What a source says about how a call ended. */
export interface Outcome {
  /** The source reports a failure. */
  failed: boolean;
  errorType: string | undefined;
  message: string | undefined;
  /** HTTP status of the provider's reply, when known. */
  httpStatus: number | undefined;
}

const RATE_LIMITED = /rate.?limit|too.?many.?requests|resource.?exhausted|quota|throttl|\b429\b/i;
const TIMEOUT = /time.?d?.?out|deadline|\b(408|504|524)\b/i;
const CANCELLED = /cancell?ed|\babort|generatorexit|client.?closed|\b499\b/i;

/** Status and error type of a call. The HTTP status decides where there is one, then the error's name, then its text. */
export function statusOf(outcome: Outcome): { status: Status; error_type: string | null } {
  const { errorType, message, httpStatus } = outcome;
  if (!outcome.failed && errorType === undefined && (httpStatus === undefined || httpStatus < 400)) {
    return { status: 'ok', error_type: null };
  }
  const named = errorType ?? (httpStatus !== undefined && httpStatus >= 400 ? String(httpStatus) : undefined);
  return { status: failure(httpStatus, named, message), error_type: named ?? null };
}

function failure(httpStatus: number | undefined, named: string | undefined, message: string | undefined): Status {
  if (httpStatus === 429) {
    return 'rate_limited';
  }
  if (httpStatus === 408 || httpStatus === 504) {
    return 'timeout';
  }
  for (const text of [named, message]) {
    if (text !== undefined) {
      // A message may quote a whole body: only its beginning says what happened.
      const start = text.slice(0, 200);
      if (RATE_LIMITED.test(start)) {
        return 'rate_limited';
      }
      if (TIMEOUT.test(start)) {
        return 'timeout';
      }
      if (CANCELLED.test(start)) {
        return 'cancelled';
      }
    }
  }
  return 'error';
}

/** The exception that a span recorded, if any: its type and message. */
export function exceptionOf(span: DecodedSpan): { type: string | undefined; message: string | undefined } | undefined {
  const event = span.events?.findLast(({ name }) => name === 'exception');
  return (
    event && {
      type: textOf(event.attributes.get('exception.type')),
      message: textOf(event.attributes.get('exception.message')),
    }
  );
}
