import type { UsageEvent } from '../../events/usageEvent';
import { isSpanEventId } from '../../normalize/eventId';
import { SIGNALS, type Context, type ContextDimension, type SpanLink, type SpanRole } from '../../normalize/candidate';
import { decodeField, encodeField, EventReader, EventWriter } from './journalEvent';
import { Words } from './journalWords';
import { JsonWriter } from './jsonWriter';
import { emptyRemember, type CounterState, type Remember } from './remember';
import { COUNTED, makeSighting, type Sighting, type Verdict } from './sighting';

/**
 * What one decision adds to the memory, as JSON for the journal: lists instead of objects, texts that repeat once, of each
 * event only what differs from the one before, and nothing that can be worked out. Every span of a busy collector passes
 * here: the lists are written as bytes, which takes a fraction of the time of JSON.stringify.
 */
const VERSION = 3;

const ROLES: readonly SpanRole[] = ['call', 'aggregate', 'tool', 'other'];

type Row = readonly unknown[];
type Journal = [version: number, links: Row[], sightings: Row[], verdicts: Row[], counters: Row[], words: string[]];

/** Lossless, see {@link deserialize}. UTF-8. */
export function serialize({ links, sightings, verdicts, counters }: Remember): Buffer {
  const json = new JsonWriter();
  const words = new Words();
  json.raw(`[${VERSION},[`);
  for (let i = 0; i < links.length; i++) {
    json.raw(i === 0 ? '[' : ',[');
    writeLink(links[i]!, words, json);
  }
  json.raw('],[');
  const writer = new SightingWriter(links, words, json);
  const counted = new Set<string>();
  for (let i = 0; i < sightings.length; i++) {
    const sighting = sightings[i]!;
    const plain = isPlain(verdicts.get(sighting.id));
    if (plain) {
      counted.add(sighting.id);
    }
    json.raw(i === 0 ? '[' : ',[');
    writer.write(sighting, plain);
  }
  const verdictRows: Row[] = [];
  if (counted.size < verdicts.size) {
    for (const [id, verdict] of verdicts) {
      if (!counted.has(id)) {
        verdictRows.push(verdictRow(id, verdict, words));
      }
    }
  }
  const counterRows = [...counters].map(([stream, counter]) => {
    const { start, time, value, calls } = counter;
    return [words.number(stream), start, time, value, calls];
  });
  json.raw('],');
  json.json(verdictRows);
  json.raw(',');
  json.json(counterRows);
  json.raw(',');
  json.json(words.list);
  json.raw(']');
  return json.take();
}

/** A new sighting that is counted as it came: nearly all of them. */
const isPlain = (verdict: Verdict | undefined): boolean =>
  verdict !== undefined &&
  (verdict === COUNTED || (verdict.counted && verdict.under === null && Object.keys(verdict.patch).length === 0));

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
  const [, links, sightings, verdicts, counters, words] = journal;
  const remember: Remember = {
    links: links.map((row) => linkOf(row, words)),
    sightings: [],
    verdicts: new Map(verdicts.map((row) => verdictOf(row, words))),
    counters: new Map(counters.map((row) => [word(words, row[0]) ?? '', counterOf(row)])),
  };
  const reader = new SightingReader(remember.links, words);
  for (const row of sightings) {
    const sighting = reader.read(row);
    remember.sightings.push(sighting);
    if (row[0] === 1) {
      remember.verdicts.set(sighting.id, COUNTED);
    }
  }
  return remember;
}

const word = (words: readonly string[], number: unknown): string | null => words[(number as number) - 1] ?? null;

/** Values before the call ids. */
const HEAD = 10;

const EXPLICIT = 1;
const UNSAMPLED = 2;
/** The event's id is that of the span. */
const SPAN_ID = 4;
/** The parent is that of the span. */
const SPAN_PARENT = 8;

/** So many spans without a call may lie between two calls for the second one to be found. */
const LOOK_AHEAD = 32;

/**
 * Sightings one after the other. Mostly its span is among the new ones, in the same order: then trace, span and parent
 * are not repeated.
 */
class SightingWriter {
  private readonly events: EventWriter;
  /** Where the span of the last sighting is. */
  private at = -1;

  constructor(
    private readonly links: readonly SpanLink[],
    private readonly words: Words,
    private readonly json: JsonWriter
  ) {
    this.events = new EventWriter(words, json);
  }

  write(sighting: Sighting, counted: boolean): void {
    const { words, json } = this;
    const { event } = sighting;
    const { callIds } = sighting;
    const before = this.at;
    const link = this.linkOf(event);
    const eventId = link !== null && isSpanEventId(sighting.id, link.traceId, link.spanId);
    const parent = link?.parentSpanId === sighting.parentSpanId;
    const weak = sighting.weak.length === 0 ? 0 : words.number(sighting.weak.join());
    json.raw(counted ? '1,' : '0,');
    this.number(SIGNALS.indexOf(sighting.signal));
    this.number(words.number(sighting.instrumentation));
    // The length of the call is a small number, its start a long one.
    this.number(sighting.end - sighting.start);
    this.number(parent ? 0 : words.number(sighting.parentSpanId));
    this.number(
      (sighting.explicit ? EXPLICIT : 0) |
        (sighting.unsampled ? UNSAMPLED : 0) |
        (eventId ? SPAN_ID : 0) |
        (parent ? SPAN_PARENT : 0)
    );
    this.number(weak);
    this.number(words.number(sighting.bound));
    this.number(link ? this.at - before : 0);
    this.number(callIds.length);
    for (const id of callIds) {
      json.text(id);
      json.raw(',');
    }
    this.events.write(event, link && { traceId: link.traceId, spanId: link.spanId, eventId });
    json.raw(']');
  }

  private number(value: number): void {
    this.json.number(value);
    this.json.raw(',');
  }

  /** The span that reported the event, when it is among the next ones. */
  private linkOf({ trace_id, span_id }: UsageEvent): SpanLink | null {
    if (trace_id === null || span_id === null) {
      return null;
    }
    const end = Math.min(this.links.length, this.at + 1 + LOOK_AHEAD);
    for (let i = this.at + 1; i < end; i++) {
      const link = this.links[i]!;
      if (link.spanId === span_id && link.traceId === trace_id) {
        this.at = i;
        return link;
      }
    }
    return null;
  }
}

/** Reads what a {@link SightingWriter} wrote, in the same order. */
class SightingReader {
  private readonly events: EventReader;
  private at = -1;

  constructor(
    private readonly links: readonly SpanLink[],
    private readonly words: readonly string[]
  ) {
    this.events = new EventReader(words);
  }

  read(row: Row): Sighting {
    const { words } = this;
    const [, signal, instrumentation, length, parent, flags, weak, bound, step, callIds] = row as number[];
    const has = (flag: number) => ((flags ?? 0) & flag) !== 0;
    const link = step ? this.links[(this.at += step)] : undefined;
    const names = word(words, weak) ?? '';
    const end = HEAD + callIds!;
    const known = link ? { traceId: link.traceId, spanId: link.spanId, eventId: has(SPAN_ID) } : null;
    const event = this.events.read(row, end, known);
    return makeSighting({
      event,
      signal: SIGNALS[signal!] ?? 'span',
      instrumentation: word(words, instrumentation) ?? '',
      start: event.time - length!,
      parentSpanId: (has(SPAN_PARENT) ? link?.parentSpanId : word(words, parent)) ?? '',
      explicit: has(EXPLICIT),
      unsampled: has(UNSAMPLED),
      weak: names === '' ? [] : (names.split(',') as ContextDimension[]),
      bound: word(words, bound),
      callIds: row.slice(HEAD, end) as string[],
    });
  }
}

function writeLink(link: SpanLink, words: Words, json: JsonWriter): void {
  const { traceId, spanId, parentSpanId, role, context, boundTenant } = link;
  json.text(traceId);
  json.raw(',');
  json.text(spanId);
  json.raw(',');
  json.text(parentSpanId);
  json.raw(',');
  json.number(ROLES.indexOf(role));
  json.raw(',');
  if (context === null) {
    json.raw('0');
  } else {
    let separator = '[';
    for (const dimension in context) {
      json.raw(separator);
      json.number(words.number(dimension));
      json.raw(',');
      json.number(words.number(context[dimension as ContextDimension]));
      separator = ',';
    }
    json.raw(separator === '[' ? '[]' : ']');
  }
  json.raw(',');
  json.number(words.number(boundTenant));
  json.raw(']');
}

function linkOf([traceId, spanId, parent, role, context, bound]: Row, words: readonly string[]): SpanLink {
  const boundTenant = word(words, bound);
  return {
    traceId: traceId as string,
    spanId: spanId as string,
    parentSpanId: parent as string,
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
