import { readAttribute } from './anyValue';
import { Attributes } from './attributes';
import type { DecodedMetric, DecodedMetrics, DecodedPoint } from './decoded';
import { readEnvelope } from './envelope';
import type { KeyTable } from './keyTable';
import type { Reader } from './reader';
import type { Unread } from './unreadable';

/**
 * An ExportMetricsServiceRequest in protobuf. Of histograms, the count and the sum are kept: buckets say nothing about
 * totals. Summaries are skipped.
 * @param unread takes what can't be read by itself; null: it refuses the request
 * @throws FormatError when the bytes are not one.
 */
export function decodeMetrics(bytes: Uint8Array, unread: Unread = null): DecodedMetrics {
  const groups = readEnvelope(
    bytes,
    { request: 'ExportMetricsServiceRequest', record: 'Metric', read: readMetric },
    unread
  );
  return groups.map(({ origin, records }) => ({ ...origin, metrics: records }));
}

type ReadPoint = (reader: Reader, end: number, keys: KeyTable) => DecodedPoint;

/** Metric: 1 name, 3 unit, 5 gauge, 7 sum, 9 histogram, 10 exponential histogram. */
function readMetric(reader: Reader, end: number, keys: KeyTable): DecodedMetric {
  const metric: DecodedMetric = { name: '', unit: '', kind: 'gauge', temporality: 0, monotonic: false, points: [] };
  while (reader.position < end) {
    const tag = reader.tag();
    switch (tag) {
      case 10:
        metric.name = reader.text(end);
        break;
      case 26:
        metric.unit = reader.text(end);
        break;
      case 42:
        readData(reader, reader.end(end), keys, metric, readNumber);
        break;
      case 58:
        metric.kind = 'sum';
        readData(reader, reader.end(end), keys, metric, readNumber);
        break;
      case 74:
        metric.kind = 'histogram';
        readData(reader, reader.end(end), keys, metric, readHistogram);
        break;
      case 82:
        metric.kind = 'histogram';
        readData(reader, reader.end(end), keys, metric, readExponential);
        break;
      default:
        reader.skip(tag, end);
    }
  }
  reader.close(end);
  return metric;
}

/** Gauge, Sum and histograms: 1 points, 2 temporality, 3 monotonic. */
function readData(reader: Reader, end: number, keys: KeyTable, metric: DecodedMetric, readPoint: ReadPoint): void {
  while (reader.position < end) {
    const tag = reader.tag();
    if (tag === 10) {
      metric.points.push(readPoint(reader, reader.end(end), keys));
    } else if (tag === 16) {
      metric.temporality = reader.uint32();
    } else if (tag === 24) {
      metric.monotonic = reader.uint32() !== 0;
    } else {
      reader.skip(tag, end);
    }
  }
  reader.close(end);
}

const emptyPoint = (): DecodedPoint => ({ start: 0, time: 0, value: 0, count: 0, attributes: new Attributes() });

/** NumberDataPoint: 2 start, 3 time, 4 double, 6 sfixed64, 7 attributes. */
function readNumber(reader: Reader, end: number, keys: KeyTable): DecodedPoint {
  const point = emptyPoint();
  while (reader.position < end) {
    const tag = reader.tag();
    switch (tag) {
      case 17:
        point.start = reader.nanosAsMicros();
        break;
      case 25:
        point.time = reader.nanosAsMicros();
        break;
      case 33:
        point.value = reader.double();
        break;
      case 49:
        point.value = Number(reader.sfixed64());
        break;
      case 58:
        readAttribute(reader, end, keys, point.attributes);
        break;
      default:
        reader.skip(tag, end);
    }
  }
  reader.close(end);
  return point;
}

/** HistogramDataPoint: 2 start, 3 time, 4 count, 5 sum, 9 attributes. */
const readHistogram: ReadPoint = (reader, end, keys) => readDistribution(reader, end, keys, 74);

/** ExponentialHistogramDataPoint: the same but for the attributes, which are field 1. */
const readExponential: ReadPoint = (reader, end, keys) => readDistribution(reader, end, keys, 10);

function readDistribution(reader: Reader, end: number, keys: KeyTable, attributesTag: number): DecodedPoint {
  const point = emptyPoint();
  while (reader.position < end) {
    const tag = reader.tag();
    switch (tag) {
      case 17:
        point.start = reader.nanosAsMicros();
        break;
      case 25:
        point.time = reader.nanosAsMicros();
        break;
      case 33:
        point.count = reader.fixed64();
        break;
      case 41:
        point.value = reader.double();
        break;
      case attributesTag:
        readAttribute(reader, end, keys, point.attributes);
        break;
      default:
        reader.skip(tag, end);
    }
  }
  reader.close(end);
  return point;
}
