import { randomUUID } from 'node:crypto';
import { badRequest } from '../../http/problem';
import { parseJson, utf8 } from '../../http/body';
import { eventId } from '../../normalize/eventId';
import { type UsageEvent, usageEvent } from '../../events/usageEvent';
import { ItemError } from '../../normalize/values';
import { DIMENSION_FIELDS, EVENT_FIELDS, type EventInput, eventSchema, issueText } from './eventInput';
import { readEventUsage } from './eventUsage';
import { z } from 'zod';

/** An event that was understood. */
export interface ReadEvent {
  /** Position in the request. */
  readonly index: number;
  /** The caller's id, if any. */
  readonly id: string | null;
  readonly event: UsageEvent;
  /** It came with an id but without a time: the time of its first arrival is its time. */
  readonly undated: boolean;
}

/** An item that was refused, and why. */
export interface RejectedItem {
  readonly index: number;
  readonly id: string | null;
  readonly reason: string;
}

export interface ReadEvents {
  readonly events: ReadEvent[];
  readonly rejected: RejectedItem[];
  /** False for one event that came alone. */
  readonly many: boolean;
}

export const EVENT_MEDIA_TYPES = [
  'application/json',
  'application/x-ndjson',
  'application/cloudevents+json',
  'application/cloudevents-batch+json',
] as const;

const MAX_ITEMS = 100_000;

/** What a request says besides its body. */
export interface EventContext {
  readonly mediaType: string;
  /** The tenant that the caller's key is bound to: it wins over what the event says. */
  readonly tenant: string | null;
  /** CloudEvents in binary mode carry their attributes as headers. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** µs since 1970. */
  readonly now: number;
}

/**
 * Reads the body of `POST /v1/events`: one event, an array, NDJSON, or CloudEvents 1.0 (structured, batched, binary).
 * What is wrong with one item refuses that item only.
 *
 * @throws HttpProblem 400 when the body as a whole can't be read.
 */
export function readEvents(body: Buffer, context: EventContext): ReadEvents {
  const items = context.mediaType === 'application/x-ndjson' ? lines(body) : parsed(body, context);
  if (items.list.length > MAX_ITEMS) {
    throw badRequest(`at most ${MAX_ITEMS} events in one request`);
  }
  const events: ReadEvent[] = [];
  const rejected: RejectedItem[] = [];
  items.list.forEach((item, index) => {
    try {
      events.push(readEvent(item instanceof Line ? item.parse() : item, index, context));
    } catch (error) {
      if (!(error instanceof Refused)) {
        throw error;
      }
      rejected.push({ index, id: error.id, reason: error.message });
    }
  });
  return { events, rejected, many: items.many };
}

class Refused extends Error {
  constructor(
    message: string,
    readonly id: string | null = null
  ) {
    super(message);
  }
}

/** A line of NDJSON, read when its turn comes so that a broken one refuses itself only. */
class Line {
  constructor(private readonly data: Buffer) {}

  /** True for a line that is an object by itself: what is spread over several lines has none. */
  isObject(): boolean {
    try {
      const value = JSON.parse(utf8(this.data)) as unknown;
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    } catch {
      return false;
    }
  }

  parse(): unknown {
    try {
      return parseJson(utf8(this.data), 'the line');
    } catch (error) {
      throw new Refused((error as Error).message);
    }
  }
}

function lines(body: Buffer): { list: Line[]; many: true } {
  const list: Line[] = [];
  for (let start = 0; start < body.length;) {
    const end = body.indexOf(10, start);
    const line = body.subarray(start, end < 0 ? body.length : end);
    if (line.some((byte) => byte > 32)) {
      list.push(new Line(line));
    }
    start = end < 0 ? body.length : end + 1;
  }
  return { list, many: true };
}

/** Lines that were sent under JSON's name, as many tools do. */
class Lines {
  constructor(readonly list: Line[]) {}
}

function contentOf(text: string, body: Buffer): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    const { list } = lines(body);
    if (list.length > 1 && list[0]!.isObject()) {
      return new Lines(list);
    }
    throw error;
  }
}

function parsed(body: Buffer, { headers }: EventContext): { list: unknown[]; many: boolean } {
  const text = utf8(body);
  if (text.trim() === '') {
    throw badRequest('the body is empty: send an event, an array of events, or NDJSON');
  }
  const content = contentOf(text, body);
  if (content instanceof Lines) {
    return { list: content.list, many: true };
  }
  if (Array.isArray(content)) {
    return { list: content, many: true };
  }
  const { 'ce-id': id, 'ce-source': source, 'ce-time': time, 'ce-specversion': specversion } = headers;
  const binary = specversion !== undefined;
  return { list: [binary ? { specversion, id, source, time, data: content } : content], many: false };
}

const cloudEventSchema = z.looseObject({
  specversion: z.literal('1.0', 'must be "1.0"'),
  id: z.string().min(1),
  source: z.string().min(1),
  time: z.string().optional(),
  data: z.record(z.string(), z.unknown()),
});

function readEvent(item: unknown, index: number, context: EventContext): ReadEvent {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) {
    throw new Refused('an event is a JSON object');
  }
  if (!('specversion' in item)) {
    return toEvent(item, '', index, context);
  }
  const cloud = cloudEventSchema.safeParse(item);
  if (!cloud.success) {
    throw new Refused(issueText(cloud.error, Object.keys(cloudEventSchema.shape)));
  }
  const { id, source, time, data } = cloud.data;
  return toEvent({ ...(time === undefined ? {} : { time }), ...data, id }, source, index, context);
}

const idOf = (item: object): string | null => {
  const id = 'id' in item ? item.id : null;
  return typeof id === 'string' || typeof id === 'number' ? String(id).slice(0, 200) : null;
};

/** Without any of them it is no report of a call. */
const SAYING = ['model', 'request_model', 'deployment', 'provider', 'usage', 'reported_cost'] as const;

function toEvent(item: object, source: string, index: number, { tenant: bound, now }: EventContext): ReadEvent {
  const result = eventSchema.safeParse(item);
  if (!result.success) {
    throw new Refused(issueText(result.error, EVENT_FIELDS), idOf(item));
  }
  const input = result.data;
  const { id = null, time = null } = input;
  if (SAYING.every((name) => input[name] === undefined || input[name] === null)) {
    throw new Refused(`says nothing of a call: give at least one of ${SAYING.join(', ')}`, idOf(item));
  }
  const tenant = bound ?? input.tenant ?? 'unknown';
  const event = usageEvent({
    event_id: identity(input, source, tenant),
    time: time ?? now,
    source: source ? `cloudevents:${source}`.slice(0, 200) : 'events',
  });
  event.tenant = tenant;
  fillDimensions(event, input);
  fillOutcome(event, input);
  fillUsage(event, input);
  return { index, id, event, undated: time === null && id !== null };
}

/** Filled in place: a spread of optional fields costs more than all the rest of reading an event. */
function fillDimensions(event: UsageEvent, input: EventInput): void {
  for (const name of DIMENSION_FIELDS) {
    if (name !== 'tenant' && name !== 'project') {
      event[name] = input[name] ?? null;
    }
  }
  event.project = input.project ?? 'unknown';
  event.model ??= event.request_model;
  event.request_model ??= event.model;
  event.run_id ??= event.trace_id;
}

function fillOutcome(event: UsageEvent, input: EventInput): void {
  event.status = input.status ?? (event.error_type === null ? 'ok' : 'error');
  event.attempt = input.attempt ?? 1;
  event.duration_ms = input.duration_ms ?? null;
  event.time_to_first_token_ms = input.time_to_first_token_ms ?? null;
  event.reported_cost = input.reported_cost ?? null;
  event.tags = input.tags ?? null;
}

/** What the event itself says of its service tier wins over what is inside of a provider's usage. */
function fillUsage(event: UsageEvent, input: EventInput): void {
  try {
    const { usage, quality, serviceTier } = readEventUsage(input.usage);
    Object.assign(event, usage);
    event.quality = quality;
    event.service_tier ??= serviceTier;
  } catch (error) {
    throw error instanceof ItemError ? new Refused(error.message, input.id ?? null) : error;
  }
}

/**
 * The id of an event: from the caller's id within its tenant and source, else from what the event says. Without an id
 * and a time two equal events can't be told from one that was sent again, so each is taken as new.
 */
function identity(input: EventInput, source: string, tenant: string): string {
  const { id, time } = input;
  if (id !== null && id !== undefined) {
    return callerEventId(tenant, source, id);
  }
  if (time === null || time === undefined) {
    return randomUUID();
  }
  try {
    return eventId('body', tenant, source, canonical(input));
  } catch (error) {
    // Only usage has a depth of its own: the stack ends before the text does.
    throw error instanceof RangeError ? new Refused('usage: is nested too deeply') : error;
  }
}

/** The event id of a caller's own id. */
export const callerEventId = (tenant: string, source: string, id: string): string =>
  eventId('event', tenant, source, id);

/** JSON with sorted keys, at every depth. */
function canonical(input: EventInput): string {
  return JSON.stringify(input, (_key, value: unknown) => {
    if (typeof value === 'bigint') {
      return String(value);
    }
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  });
}
