import { usageEvent, type UsageEvent } from '../../events/usageEvent';
import { spanEventId } from '../../normalize/eventId';
import { AT, FIELDS, isMarked, LOW, NUMBERS, textOfValue, valueOfText, valuesOf } from './eventValues';
import type { Words } from './journalWords';
import type { JsonWriter } from './jsonWriter';

const BLANK = usageEvent({ event_id: '', time: 0, source: '' });

/** What a reader knows of an event before it reads it. */
export interface Known {
  readonly traceId: string;
  readonly spanId: string;
  /** The event's id is that of the span. */
  readonly eventId: boolean;
}

const NUMBER_COUNT = NUMBERS.length;
/** In place of a run's id: it is that of the trace. */
const RUN_IS_TRACE = -1;

/** Ids of one event only: written where they stand, since no other place will refer to them. */
const isOwnId = (at: number): boolean =>
  at === AT.responseId || at === AT.eventId || at === AT.traceId || at === AT.spanId;

/** Writes events one after the other, of each what differs from the one before: `low,high,value…`. */
export class EventWriter {
  #previous = valuesOf(BLANK, []);
  #spare: unknown[] = valuesOf(BLANK, []);

  constructor(
    private readonly words: Words,
    private readonly json: JsonWriter
  ) {}

  /** @param known what the reader will be told, and what is not written therefore */
  write(event: UsageEvent, known: Known | null): void {
    const { json } = this;
    const previous = this.#previous;
    const values = valuesOf(event, this.#spare);
    this.#previous = values;
    this.#spare = previous;
    if (known) {
      // As if the one before had been of the same span.
      previous[AT.traceId] = event.trace_id;
      previous[AT.spanId] = event.span_id;
      previous[AT.eventId] = known.eventId ? event.event_id : previous[AT.eventId];
    }
    let low = 0;
    let high = 0;
    for (let i = 0; i < LOW; i++) {
      low |= values[i] === previous[i] ? 0 : 1 << i;
    }
    for (let i = LOW; i < values.length; i++) {
      high |= values[i] === previous[i] ? 0 : 1 << (i - LOW);
    }
    json.number(low);
    json.raw(',');
    json.number(high);
    for (let i = 0; i < values.length; i++) {
      if (values[i] === previous[i]) {
        continue;
      }
      json.raw(',');
      if (i < NUMBER_COUNT) {
        json.number(values[i] as number | null);
      } else {
        this.text(i, values[i], event);
      }
    }
  }

  private text(at: number, value: unknown, event: UsageEvent): void {
    if (at === AT.runId && value !== null && value === event.trace_id) {
      this.json.number(RUN_IS_TRACE);
    } else if (value !== null && isOwnId(at)) {
      this.json.text(value as string);
    } else {
      this.json.number(this.words.number(textOfValue(value)));
    }
  }
}

/** Reads what an {@link EventWriter} wrote, in the same order. */
export class EventReader {
  #previous: UsageEvent = BLANK;

  constructor(private readonly words: readonly string[]) {}

  /** @param at where the event begins in the row */
  read(row: readonly unknown[], at: number, known: Known | null): UsageEvent {
    const event = { ...this.#previous } as Record<keyof UsageEvent, unknown>;
    const [low, high] = [row[at] as number, row[at + 1] as number];
    let next = at + 2;
    let runIsTrace = false;
    FIELDS.forEach((field, i) => {
      if (isMarked(low, high, i)) {
        const stored = row[next++];
        runIsTrace ||= stored === RUN_IS_TRACE && i === AT.runId;
        event[field] = typeof stored === 'string' ? stored : decodeField(field, stored, this.words);
      }
    });
    if (known) {
      event.trace_id = known.traceId;
      event.span_id = known.spanId;
      event.event_id = known.eventId ? spanEventId(known.traceId, known.spanId) : event.event_id;
    }
    if (runIsTrace) {
      event.run_id = event.trace_id;
    }
    this.#previous = event as UsageEvent;
    return this.#previous;
  }
}

const IS_NUMBER = new Set<keyof UsageEvent>(NUMBERS);

/** A field's value for a row of plain JSON; numbers stay, texts become their numbers. */
export const encodeField = (field: keyof UsageEvent, value: unknown, words: Words): unknown =>
  IS_NUMBER.has(field) ? value : words.number(textOfValue(value));

export function decodeField(field: keyof UsageEvent, stored: unknown, words: readonly string[]): unknown {
  if (IS_NUMBER.has(field)) {
    return stored;
  }
  const text = words[(stored as number) - 1];
  return text === undefined ? null : valueOfText(field, text);
}
