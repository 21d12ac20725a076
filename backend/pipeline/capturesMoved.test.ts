import { readCaptures, type Capture } from '../../tests/captures/captures';
import type { Normalized } from '../normalize/candidate';
import { inputOf, normalizedTraces, spanBySpan } from './testing/capturedInput';
import { Ledger } from './testing/ledger';
import { moved, type Move } from './testing/moved';
import { randomFrom, shuffled } from './testing/shuffled';

/**
 * What real clients sent, among other calls and at other times: the same calls made twice (equal models, equal tokens, the
 * same moment), clocks that differ, the edge of an hour, ids taken away. The sums stay those of the calls.
 */
type Delivery = () => Normalized;

const inPieces = (capture: Capture): Delivery[] =>
  capture.requests.flatMap((request) =>
    request.signal === 'traces'
      ? spanBySpan(request).map((span) => () => normalizedTraces(span))
      : [() => inputOf(request)]
  );

function counted(deliveries: readonly Delivery[]): Ledger {
  const ledger = new Ledger();
  deliveries.forEach((delivery, i) => ledger.take(delivery(), i));
  return ledger;
}

const each = (deliveries: readonly Delivery[], move: Move): Delivery[] =>
  deliveries.map((delivery) => () => moved(delivery(), move));

/** The calls once more, by the same clients and under other ids. Points of metrics are not calls and come once. */
const copies = (deliveries: readonly Delivery[], by: number): Delivery[] =>
  each(deliveries, { rename: (id) => `copy-${id}`, shift: () => by }).map((delivery) => () => ({
    ...delivery(),
    readings: [],
  }));

const doubled = (sums: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(sums).map(([field, sum]) => [field, 2 * sum]));

/** Each library's clock is up to 0.9 ms off, either way. LiteLLM's callbacks read one clock. */
function clocks(random: () => number): (instrumentation: string) => number {
  const offsets = new Map<string, number>();
  return (instrumentation) => {
    const clock = instrumentation.startsWith('litellm') ? 'litellm' : instrumentation;
    const offset = offsets.get(clock) ?? Math.round((random() * 2 - 1) * 900);
    offsets.set(clock, offset);
    return offset;
  };
}

/** Its report on the caller's span has the caller's times: without an id, nothing leads from there to the callback's. */
const NEED_IDS = new Set(['litellm-sdk-otel-in-span']);

const HOUR = 3600e6;

describe.each(readCaptures().map((capture) => [capture.name, capture] as const))('%s', (name, capture) => {
  const pieces = inPieces(capture);
  const once = counted(pieces);
  const sums = once.sums();

  it.each([0, 700, 300_000, 7_000_000])('made twice, %d µs apart, counts double in any order', (by) => {
    for (const seed of [5, 6]) {
      const deliveries = shuffled([...pieces, ...copies(pieces, by)], randomFrom(seed));
      expect(counted(deliveries).sums()).toEqual(doubled(sums));
    }
  });

  it.each([1, 2])('counts the same by clocks that differ (%d)', (seed) => {
    const random = randomFrom(seed);
    const deliveries = shuffled(pieces, random);
    expect(counted(each(deliveries, { shift: clocks(random) })).sums()).toEqual(sums);
  });

  it('counts the same over the edge of an hour', () => {
    const times = once.events.map(({ time }) => time);
    const middle = times[times.length >> 1] ?? 0;
    const by = Math.ceil(middle / HOUR) * HOUR - middle;
    const deliveries = each(shuffled(pieces, randomFrom(3)), { shift: () => by });
    expect(counted(deliveries).sums()).toEqual(sums);
  });

  it('counts the same without the ids of answers and calls', () => {
    const deliveries = each(shuffled(pieces, randomFrom(4)), { withoutIds: true });
    const { calls } = counted(deliveries).sums();
    expect(calls).toBe(NEED_IDS.has(name) ? (sums.calls ?? 0) + 1 : sums.calls);
  });
});
