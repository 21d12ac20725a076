import { usageEvent, USAGE_FIELDS, type UsageEvent } from '../../events/usageEvent';
import { SIGNALS, type Context, type ContextDimension, type SpanLink, type SpanRole } from '../../normalize/candidate';
import { emptyRemember, type CounterState, type Remember } from './remember';
import { callIdsOf, COUNTED, makeSighting, type Sighting, type Verdict } from './sighting';

/**
 * What one decision adds to the memory, as text for the journal: lists instead of objects, each text once, and nothing
 * that can be worked out. A quarter of the plain JSON, and a third of the time.
 */
const VERSION = 1;

/** Fields whose values are numbers or null; all others are texts or null, but for these two. */
const NUMBERS = [...USAGE_FIELDS, 'time', 'attempt', 'duration_ms', 'time_to_first_token_ms'] as const;
const SPECIAL: ReadonlyArray<keyof UsageEvent> = ['reported_cost', 'tags'];
const IS_NUMBER = new Set<keyof UsageEvent>(NUMBERS);

type TextField = Exclude<keyof UsageEvent, (typeof NUMBERS)[number] | 'reported_cost' | 'tags'>;

const TEXTS = (Object.keys(usageEvent({ event_id: '', time: 0, source: '' })) as Array<keyof UsageEvent>).filter(
  (field): field is TextField => !IS_NUMBER.has(field) && !SPECIAL.includes(field)
);
const ROLES: readonly SpanRole[] = ['call', 'aggregate', 'tool', 'other'];

/** Texts by number, from 1; 0 is null. */
class Words {
  readonly list: string[] = [];
  readonly #numbers = new Map<string, number>();

  number(text: string | null | undefined): number {
    if (text === null || text === undefined) {
      return 0;
    }
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.list.push(text);
      this.#numbers.set(text, number);
    }
    return number;
  }
}

type Row = readonly unknown[];
type Journal = [version: number, words: string[], links: Row[], sightings: Row[], verdicts: Row[], counters: Row[]];

/** Lossless, see {@link deserialize}. */
export function serialize({ links, sightings, verdicts, counters }: Remember): string {
  const words = new Words();
  const counted = new Set<string>();
  const rows = sightings.map((sighting) => {
    const plain = isPlain(verdicts.get(sighting.id));
    if (plain) {
      counted.add(sighting.id);
    }
    return sightingRow(sighting, plain, words);
  });
  const journal: Journal = [
    VERSION,
    words.list,
    links.map((link) => linkRow(link, words)),
    rows,
    [...verdicts].filter(([id]) => !counted.has(id)).map(([id, verdict]) => verdictRow(id, verdict, words)),
    [...counters].map(([stream, { start, time, value, calls }]) => [words.number(stream), start, time, value, calls]),
  ];
  return JSON.stringify(journal);
}

/** A new sighting that is counted as it came: nearly all of them. */
const isPlain = (verdict: Verdict | undefined): boolean =>
  verdict !== undefined && verdict.counted && verdict.under === null && Object.keys(verdict.patch).length === 0;

/**
 * What {@link serialize} has written. An entry of another version of the collector is empty: what it held is forgotten,
 * as if it were old.
 * @throws SyntaxError for a text that is no JSON
 */
export function deserialize(text: string): Remember {
  const journal = JSON.parse(text) as Journal;
  if (journal[0] !== VERSION) {
    return emptyRemember();
  }
  const [, words, links, sightings, verdicts, counters] = journal;
  const remember: Remember = {
    links: links.map((row) => linkOf(row, words)),
    sightings: [],
    verdicts: new Map(verdicts.map((row) => verdictOf(row, words))),
    counters: new Map(counters.map((row) => [word(words, row[0]) ?? '', counterOf(row)])),
  };
  for (const row of sightings) {
    const sighting = sightingOfRow(row, words);
    remember.sightings.push(sighting);
    if (row[1] === 1) {
      remember.verdicts.set(sighting.id, COUNTED);
    }
  }
  return remember;
}

const word = (words: readonly string[], number: unknown): string | null => words[(number as number) - 1] ?? null;

function eventRow(event: UsageEvent, words: Words): unknown[] {
  const row: unknown[] = [];
  for (const field of NUMBERS) {
    row.push(event[field]);
  }
  for (const field of TEXTS) {
    row.push(words.number(event[field]));
  }
  for (const field of SPECIAL) {
    row.push(encodeField(field, event[field], words));
  }
  return row;
}

/** Numbers stay; big integers and tags become texts; texts become their numbers. */
function encodeField(field: keyof UsageEvent, value: UsageEvent[keyof UsageEvent], words: Words): unknown {
  if (IS_NUMBER.has(field)) {
    return value;
  }
  if (typeof value === 'bigint') {
    return words.number(value.toString());
  }
  return words.number(typeof value === 'object' && value !== null ? JSON.stringify(value) : (value as string | null));
}

function decodeField(field: keyof UsageEvent, stored: unknown, words: readonly string[]): unknown {
  if (IS_NUMBER.has(field)) {
    return stored;
  }
  const text = word(words, stored);
  if (text === null) {
    return null;
  }
  return field === 'reported_cost' ? BigInt(text) : field === 'tags' ? (JSON.parse(text) as unknown) : text;
}

function eventOfRow(row: Row, words: readonly string[]): UsageEvent {
  const event: Record<string, unknown> = { ...usageEvent({ event_id: '', time: 0, source: '' }) };
  let at = 0;
  for (const field of NUMBERS) {
    event[field] = row[at++];
  }
  for (const field of TEXTS) {
    event[field] = word(words, row[at++]);
  }
  for (const field of SPECIAL) {
    event[field] = decodeField(field, row[at++], words);
  }
  return event as unknown as UsageEvent;
}

function sightingRow(sighting: Sighting, counted: boolean, words: Words): Row {
  return [
    eventRow(sighting.event, words),
    counted ? 1 : 0,
    SIGNALS.indexOf(sighting.signal),
    words.number(sighting.instrumentation),
    sighting.start,
    words.number(sighting.parentSpanId),
    (sighting.explicit ? 1 : 0) + (sighting.unsampled ? 2 : 0),
    words.number(sighting.weak.join()),
    words.number(sighting.bound),
    callIdsOf(sighting).map((id) => words.number(id)),
  ];
}

function sightingOfRow(row: Row, words: readonly string[]): Sighting {
  const [event, , signal, instrumentation, start, parent, flags, weak, bound, callIds] = row;
  const names = word(words, weak) ?? '';
  return makeSighting({
    event: eventOfRow(event as Row, words),
    signal: SIGNALS[signal as number] ?? 'span',
    instrumentation: word(words, instrumentation) ?? '',
    start: start as number,
    parentSpanId: word(words, parent) ?? '',
    explicit: ((flags as number) & 1) === 1,
    unsampled: ((flags as number) & 2) === 2,
    weak: names === '' ? [] : (names.split(',') as ContextDimension[]),
    bound: word(words, bound),
    callIds: (callIds as number[]).flatMap((id) => word(words, id) ?? []),
  });
}

const linkRow = ({ traceId, spanId, parentSpanId, role, context, boundTenant }: SpanLink, words: Words): Row => [
  words.number(traceId),
  words.number(spanId),
  words.number(parentSpanId),
  ROLES.indexOf(role),
  context === null ? 0 : Object.entries(context).flatMap((pair) => pair.map((text) => words.number(text))),
  words.number(boundTenant),
];

function linkOf([traceId, spanId, parent, role, context, bound]: Row, words: readonly string[]): SpanLink {
  const boundTenant = word(words, bound);
  return {
    traceId: word(words, traceId) ?? '',
    spanId: word(words, spanId) ?? '',
    parentSpanId: word(words, parent) ?? '',
    role: ROLES[role as number] ?? 'other',
    context: context === 0 ? null : contextOfRow(context as number[], words),
    ...(boundTenant === null ? {} : { boundTenant }),
  };
}

function contextOfRow(row: readonly number[], words: readonly string[]): Context {
  const context: Context = {};
  for (let i = 0; i < row.length; i += 2) {
    context[word(words, row[i]) as ContextDimension] = word(words, row[i + 1]) ?? '';
  }
  return context;
}

const verdictRow = (id: string, { under, counted, dropped, patch }: Verdict, words: Words): Row => [
  words.number(id),
  words.number(under),
  counted ? 1 : 0,
  words.number(dropped),
  (Object.keys(patch) as Array<keyof UsageEvent>).flatMap((field) => [
    words.number(field),
    encodeField(field, patch[field] ?? null, words),
  ]),
];

function verdictOf([id, under, counted, dropped, fields]: Row, words: readonly string[]): [string, Verdict] {
  const patch: Record<string, unknown> = {};
  const list = fields as unknown[];
  for (let i = 0; i < list.length; i += 2) {
    const field = word(words, list[i]) as keyof UsageEvent;
    patch[field] = decodeField(field, list[i + 1], words);
  }
  const verdict = {
    under: word(words, under),
    counted: counted === 1,
    dropped: word(words, dropped) as Verdict['dropped'],
    patch,
  };
  return [word(words, id) ?? '', verdict];
}

const counterOf = ([, start, time, value, calls]: Row): CounterState => ({
  start: start as number,
  time: time as number,
  value: value as number,
  calls: calls as number | null,
});
