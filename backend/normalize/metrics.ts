import type { DecodedMetric, DecodedMetrics, DecodedPoint, ScopeMetrics } from '../receivers/otlp/decoded';
import { Attributes } from '../receivers/otlp/attributes';
import type { Circumstances } from './buildCall';
import type { Rejected } from './candidate';
import { DimensionReader, type Named } from './dimensions';
import { DEFAULT_MAPPING, type DimensionMapping } from './mapping';
import { tokenMetric, type TokenMetric } from './tokenMetrics';
import { emptyReading, type CallReading } from './reading';
import { checkTime } from './times';
import type { RawUsage } from './usage';
import { firstText, ItemError, textOf } from './values';

/**
 * One point of a token metric. What it adds to the point before is only known beside the remembered state of its
 * stream: `pipeline/counters.ts` turns readings into calls.
 */
export interface CounterReading {
  /** Identity of the time series: sender, instrumentation, metric and all attributes. */
  readonly stream: string;
  /** The same without what kind of token is counted: one group and time make one event. */
  readonly group: string;
  readonly field: keyof RawUsage;
  /** The value counts from `start`; otherwise it is what happened since the point before. */
  readonly cumulative: boolean;
  /** µs since 1970; 0 when the sender does not say. */
  readonly start: number;
  /** µs since 1970. */
  readonly time: number;
  /**
   * When all of its export was taken: the latest time of the points that came together. µs since 1970. Most senders read
   * all series at one time, Micrometer each at its own.
   */
  exported: number;
  /** Tokens. */
  readonly value: number;
  /** Calls, from histograms; null from counters. */
  readonly calls: number | null;
  /** The call that the tokens belong to, without its usage. */
  readonly call: CallReading;
  readonly circumstances: Circumstances;
  readonly instrumentation: string;
  /** The tenant that the sender's key is bound to. */
  readonly boundTenant?: string;
}

export interface NormalizedMetrics {
  readonly readings: CounterReading[];
  readonly rejected: Rejected[];
}

/**
 * Points of token metrics, of all clients that have some; other metrics are nobody's business here.
 * @param now µs since 1970, for the check of times
 */
export function normalizeMetrics(
  decoded: DecodedMetrics,
  mapping: DimensionMapping = DEFAULT_MAPPING,
  now: number = Date.now() * 1000
): NormalizedMetrics {
  const out: NormalizedMetrics = { readings: [], rejected: [] };
  const reader = DimensionReader.of(mapping);
  for (const group of decoded) {
    const resource = reader.read(group.resource);
    for (const metric of group.metrics) {
      const known = tokenMetric(metric.name, group.scopeName);
      if (known) {
        readPoints(metric, known, { group, resource, reader, now }, out);
      }
    }
  }
  joinExports(out.readings);
  return out;
}

/** Gives points of one group that came together one time. A series that comes again belongs to the next export. */
function joinExports(readings: readonly CounterReading[]): void {
  const byGroup = new Map<string, CounterReading[]>();
  for (const reading of readings) {
    const group = byGroup.get(reading.group);
    if (group) {
      group.push(reading);
    } else {
      byGroup.set(reading.group, [reading]);
    }
  }
  for (const group of byGroup.values()) {
    let streams = new Set<string>();
    let exported = 0;
    for (const reading of group.sort((a, b) => b.time - a.time)) {
      if (exported === 0 || streams.has(reading.stream)) {
        streams = new Set();
        exported = reading.time;
      }
      streams.add(reading.stream);
      reading.exported = exported;
    }
  }
}

interface Sender {
  readonly group: ScopeMetrics;
  readonly resource: Named;
  readonly reader: DimensionReader;
  readonly now: number;
}

function readPoints(metric: DecodedMetric, known: TokenMetric, sender: Sender, out: NormalizedMetrics): void {
  for (const point of metric.points) {
    try {
      const reading = readPoint(metric, point, known, sender);
      if (reading) {
        out.readings.push(reading);
      }
    } catch (error) {
      if (!(error instanceof ItemError)) {
        throw error;
      }
      out.rejected.push({ item: `data point of ${metric.name}`, reason: error.message });
    }
  }
}

function readPoint(
  metric: DecodedMetric,
  point: DecodedPoint,
  known: TokenMetric,
  { group, resource, reader, now }: Sender
): CounterReading | undefined {
  const field = known.field(metric, point.attributes);
  if (field === undefined || metric.kind === 'gauge') {
    return undefined;
  }
  checkTime(point.time, now, 'the time');
  if (!Number.isFinite(point.value) || point.value < 0) {
    throw new ItemError(`a token count must be a number ≥ 0, not ${point.value}`);
  }
  const named = reader.read(point.attributes);
  const rest = withoutTokenType(point.attributes, known);
  const sender = `${group.resource.canonical}\n${group.scopeName}`;
  return {
    stream: `${sender}\n${metric.name}\n${point.attributes.canonical}`,
    group: `${sender}\n${known.family}\n${rest.canonical}`,
    field,
    cumulative: metric.temporality !== 1,
    start: point.start,
    time: point.time,
    exported: point.time,
    value: Math.round(point.value),
    calls: metric.kind === 'histogram' ? point.count : null,
    call: callOf(point.attributes, known),
    circumstances: { own: named.dimensions, ownTags: named.tags, resource, weak: [] },
    instrumentation: group.scopeName,
  };
}

function callOf(attributes: Attributes, known: TokenMetric): CallReading {
  const model = firstText(attributes, ['gen_ai.response.model', 'model', 'model_name']);
  return {
    ...emptyReading(),
    operation: known.operation(textOf(attributes.get('gen_ai.operation.name'))),
    explicit: true,
    convention: known.convention,
    provider: firstText(attributes, ['gen_ai.provider.name', 'gen_ai.system']) ?? known.provider,
    requestModel: firstText(attributes, ['gen_ai.request.model']) ?? model,
    responseModel: model,
    serviceTier: firstText(attributes, ['openai.response.service_tier', 'gen_ai.openai.response.service_tier']),
    outcome: {
      failed: false,
      errorType: textOf(attributes.get('error.type')),
      message: undefined,
      httpStatus: undefined,
    },
  };
}

function withoutTokenType(attributes: Attributes, { typeKeys }: TokenMetric): Attributes {
  const rest = new Attributes();
  attributes.keys.forEach((key, i) => {
    if (!typeKeys.includes(key)) {
      rest.add(key, attributes.values[i] ?? null);
    }
  });
  return rest;
}
