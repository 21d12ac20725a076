import { createHash } from 'node:crypto';

/**
 * A UUID (version 8, RFC 9562 §5.8) that is the same wherever the same parts come in, on every collector.
 * For spans use {@link spanEventId}, which costs a tenth of a hash.
 */
export function eventId(...parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    // The length keeps ('ab', 'c') and ('a', 'bc') apart.
    hash.update(`${part.length}:`).update(part);
  }
  return uuid8(hash.digest('hex'));
}

/**
 * The id of the call that a span reports: 56 bits of the trace id's low half, which is random also where the high
 * half is a time or zero (X-Ray, 64-bit tracers), then the whole span id, so that a person can recognise both.
 */
export function spanEventId(traceId: string, spanId: string): string {
  if (traceId.length !== TRACE || spanId.length !== SPAN) {
    return uuid8(traceId.slice(FROM) + spanId);
  }
  // In place, not of pieces: those would stay in memory as long as the id does.
  for (let i = FROM; i < TRACE; i++) {
    drawn[PLACES[i - FROM]!] = traceId.charCodeAt(i);
  }
  for (let i = 0; i < SPAN; i++) {
    drawn[PLACES[i + TRACE - FROM]!] = spanId.charCodeAt(i);
  }
  return drawn.toString('latin1');
}

/** Hex digits of the ids, and the first one of a trace id that is used. */
const TRACE = 32;
const SPAN = 16;
const FROM = 18;

/** 120 bits of hex with UUID's version and variant digits put between them. */
const uuid8 = (hex: string): string =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(12, 15)}-8${hex.slice(15, 18)}-${hex.slice(18, 30)}`;

/** Where the hex digits of {@link uuid8} stand. */
const LAYOUT = 'xxxxxxxx-xxxx-8xxx-8xxx-xxxxxxxxxxxx';

/** Whether an id is what {@link spanEventId} makes of these, without making it. */
export function isSpanEventId(id: string, traceId: string, spanId: string): boolean {
  if (id.length !== LAYOUT.length || traceId.length !== 32 || spanId.length !== 16) {
    return false;
  }
  for (let i = 0, digit = 18; i < LAYOUT.length; i++) {
    let expected = LAYOUT.charCodeAt(i);
    if (expected === DIGIT) {
      expected = digit < 32 ? traceId.charCodeAt(digit) : spanId.charCodeAt(digit - 32);
      digit++;
    }
    if (id.charCodeAt(i) !== expected) {
      return false;
    }
  }
  return true;
}

const DIGIT = 'x'.charCodeAt(0);

const drawn = Buffer.from(LAYOUT, 'latin1');
/** Positions of the digits in {@link LAYOUT}. */
const PLACES = [...drawn.keys()].filter((at) => drawn[at] === DIGIT);
