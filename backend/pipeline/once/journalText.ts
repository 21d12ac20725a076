import type { UsageEvent } from '../../events/usageEvent';
import { SIGNALS, type Context, type ContextDimension, type SpanLink, type SpanRole } from '../../normalize/candidate';
import { decodeField, encodeField, EventReader, EventWriter } from './journalEvent';
import { Words } from './journalWords';
import { emptyRemember, type CounterState, type Remember } from './remember';
import { callIdsOf, COUNTED, makeSighting, type Sighting, type Verdict } from './sighting';

/**
 * What one decision adds to the memory, as JSON for the journal: lists instead of objects, each text once, of each event
 * only what differs from the one before, and nothing that can be worked out. Every span of a busy collector passes here:
 * the lists of numbers are put together as text, which takes a third of the time of JSON.stringify.
 */
const VERSION = 2;

const ROLES: readonly SpanRole[] = ['call', 'aggregate', 'tool', 'other'];

type Row = readonly unknown[];
type Journal = [version: number, words: string[], links: Row[], sightings: Row[], verdicts: Row[], counters: Row[]];

/** Lossless, see {@link deserialize}. */
export function serialize({ links, sightings, verdicts, counters }: Remember): string {
  const words = new Words();
  const events = new EventWriter(words);
  const counted = new Set<string>();
  let separator = '';
  let sightingRows = '';
  for (const sighting of sightings) {
    const plain = isPlain(verdicts.get(sighting.id));
    if (plain) {
      counted.add(sighting.id);
    }
    sightingRows += separator + sightingRow(sighting, plain, words, events);
    separator = ',';
  }
  separator = '';
  let linkRows = '';
  for (const link of links) {
    linkRows += separator + linkRow(link, words);
    separator = ',';
  }
  const verdictRows: Row[] = [];
  for (const [id, verdict] of verdicts) {
    if (!counted.has(id)) {
      verdictRows.push(verdictRow(id, verdict, words));
    }
  }
  const counterRows = [...counters].map(([stream, counter]) => {
    const { start, time, value, calls } = counter;
    return [words.number(stream), start, time, value, calls];
  });
  const rest = `${JSON.stringify(verdictRows)},${JSON.stringify(counterRows)}`;
  return `[${VERSION},${JSON.stringify(words.list)},[${linkRows}],[${sightingRows}],${rest}]`;
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
  const [, words, links, sightings, verdicts, counters] = journal;
  const remember: Remember = {
    links: links.map((row) => linkOf(row, words)),
    sightings: [],
    verdicts: new Map(verdicts.map((row) => verdictOf(row, words))),
    counters: new Map(counters.map((row) => [word(words, row[0]) ?? '', counterOf(row)])),
  };
  const events = new EventReader(words);
  for (const row of sightings) {
    const sighting = sightingOfRow(row, words, events);
    remember.sightings.push(sighting);
    if (row[0] === 1) {
      remember.verdicts.set(sighting.id, COUNTED);
    }
  }
  return remember;
}

const word = (words: readonly string[], number: unknown): string | null => words[(number as number) - 1] ?? null;

/** Values before the call ids. */
const HEAD = 9;

function sightingRow(sighting: Sighting, counted: boolean, words: Words, events: EventWriter): string {
  const callIds = callIdsOf(sighting);
  const signal = SIGNALS.indexOf(sighting.signal);
  const instrumentation = words.number(sighting.instrumentation);
  const parent = words.number(sighting.parentSpanId);
  const flags = (sighting.explicit ? 1 : 0) + (sighting.unsampled ? 2 : 0);
  const weak = sighting.weak.length === 0 ? 0 : words.number(sighting.weak.join());
  // The length of the call is a small number, its start a long one.
  let row = `[${counted ? 1 : 0},${signal},${instrumentation},${sighting.end - sighting.start},${parent},${flags},${weak},`;
  row += `${words.number(sighting.bound)},${callIds.length},`;
  for (const id of callIds) {
    row += `${words.number(id)},`;
  }
  return `${row}${events.write(sighting.event)}]`;
}

function sightingOfRow(row: Row, words: readonly string[], events: EventReader): Sighting {
  const [, signal, instrumentation, length, parent, flags, weak, bound, callIds] = row;
  const names = word(words, weak) ?? '';
  const end = HEAD + (callIds as number);
  const event = events.read(row, end);
  return makeSighting({
    event,
    signal: SIGNALS[signal as number] ?? 'span',
    instrumentation: word(words, instrumentation) ?? '',
    start: event.time - (length as number),
    parentSpanId: word(words, parent) ?? '',
    explicit: ((flags as number) & 1) === 1,
    unsampled: ((flags as number) & 2) === 2,
    weak: names === '' ? [] : (names.split(',') as ContextDimension[]),
    bound: word(words, bound),
    callIds: row.slice(HEAD, end).flatMap((id) => word(words, id) ?? []),
  });
}

function linkRow({ traceId, spanId, parentSpanId, role, context, boundTenant }: SpanLink, words: Words): string {
  const place = `${words.number(traceId)},${words.number(spanId)},${words.number(parentSpanId)},${ROLES.indexOf(role)}`;
  const said =
    context === null
      ? '0'
      : `[${Object.entries(context)
          .flatMap((pair) => pair.map((text) => words.number(text)))
          .join()}]`;
  return `[${place},${said},${words.number(boundTenant)}]`;
}

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
