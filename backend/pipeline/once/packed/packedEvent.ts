import type { UsageEvent } from '../../../events/usageEvent';
import { spanEventId } from '../../../normalize/eventId';
import { AT, eventOfValues, FIELDS, isMarked, LOW, NUMBERS, textOfValue, valueOfText, valuesOf } from '../eventValues';
import type { PackReader, PackWriter } from './bytes';

/** Ways in which an event's ids follow from each other. */
const SPAN_ID = 1;
const RUN_IS_TRACE = 2;

const NUMBER_COUNT = NUMBERS.length;

/** Templates in one block: calls of one service and model mostly differ in few fields. */
const MAX_TEMPLATES = 32;

/** Fields that hardly two calls have in common. */
const OWN = new Set<number>([AT.responseId, AT.runId, AT.userId, AT.sessionId]);
/** Fields that are not written as values, but before them. */
const BEFORE = new Set<number>([AT.time, AT.eventId, AT.traceId, AT.spanId]);

const IS_OWN = FIELDS.map((_, at) => OWN.has(at));
const IS_BEFORE = FIELDS.map((_, at) => BEFORE.has(at));

/** What the events of one block have in common: of each only what differs from one of these is written. */
export class Templates {
  readonly list: unknown[][] = [];
  #last: unknown[] | null = null;

  /** The number of the template for those values; it is made of them where there is none. */
  find(values: readonly unknown[]): number {
    if (this.#last && fits(this.#last, values)) {
      return this.list.indexOf(this.#last);
    }
    let at = this.list.findIndex((template) => fits(template, values));
    if (at < 0) {
      at = this.list.length < MAX_TEMPLATES ? this.list.push([...values]) - 1 : 0;
    }
    this.#last = this.list[at]!;
    return at;
  }
}

const fits = (template: readonly unknown[], values: readonly unknown[]): boolean =>
  template[AT.model] === values[AT.model] &&
  template[AT.service] === values[AT.service] &&
  template[AT.source] === values[AT.source];

const scratch: unknown[] = [];

/** Writes an event; its time is not among it. */
export function writeEvent(event: UsageEvent, ofSpan: boolean, templates: Templates, writer: PackWriter): void {
  const values = valuesOf(event, scratch);
  const number = templates.find(values);
  const template = templates.list[number]!;
  const runIsTrace = event.run_id !== null && event.run_id === event.trace_id;
  writer.byte((ofSpan ? SPAN_ID : 0) | (runIsTrace ? RUN_IS_TRACE : 0));
  writer.text(event.trace_id);
  writer.text(event.span_id);
  if (!ofSpan) {
    writer.text(event.event_id);
  }
  writer.byte(number);
  let low = 0;
  let high = 0;
  for (let i = 0; i < values.length; i++) {
    const written = values[i] !== template[i] && !IS_BEFORE[i] && !(i === AT.runId && runIsTrace);
    if (written && i < LOW) {
      low |= 1 << i;
    } else if (written) {
      high |= 1 << (i - LOW);
    }
  }
  writer.varint(low);
  writer.varint(high);
  for (let i = 0; i < values.length; i++) {
    if (isMarked(low, high, i)) {
      writeField(i, values[i], writer);
    }
  }
}

/** A field's value, by its number in {@link FIELDS}. */
export function writeField(at: number, value: unknown, writer: PackWriter): void {
  if (at < NUMBER_COUNT) {
    writer.number(value as number | null);
  } else if (IS_OWN[at]) {
    writer.text(value as string | null);
  } else {
    writer.word(textOfValue(value));
  }
}

export function readField(at: number, reader: PackReader): unknown {
  if (at < NUMBER_COUNT) {
    return reader.number();
  }
  const text = IS_OWN[at] ? reader.text() : reader.word();
  return text === null ? null : valueOfText(FIELDS[at]!, text);
}

/** What {@link writeEvent} wrote. */
export function readEvent(time: number, templates: Templates, reader: PackReader): UsageEvent {
  const flags = reader.byte();
  const traceId = reader.text();
  const spanId = reader.text();
  const eventId = (flags & SPAN_ID) === 0 ? reader.text() : spanEventId(traceId ?? '', spanId ?? '');
  const values = [...templates.list[reader.byte()]!];
  const low = reader.varint();
  const high = reader.varint();
  for (let i = 0; i < values.length; i++) {
    if (isMarked(low, high, i)) {
      values[i] = readField(i, reader);
    }
  }
  values[AT.time] = time;
  values[AT.eventId] = eventId;
  values[AT.traceId] = traceId;
  values[AT.spanId] = spanId;
  values[AT.runId] = (flags & RUN_IS_TRACE) === 0 ? values[AT.runId] : traceId;
  return eventOfValues(values);
}
