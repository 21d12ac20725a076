import { readCaptures, type Capture, type CapturedRequest, type Truth } from '../../tests/captures/captures';
import type { Normalized } from '../normalize/candidate';
import { deserialize, serialize } from './once/journalText';
import { OnceMemory } from './once/onceMemory';
import { inputOf, normalizedTraces, spanBySpan } from './testing/capturedInput';
import { Ledger } from './testing/ledger';
import { randomFrom, shuffled } from './testing/shuffled';

/** One delivery; made anew each time, as a sender would. */
type Delivery = () => Normalized;

const whole =
  (request: CapturedRequest): Delivery =>
  () =>
    inputOf(request);

const spansOf = (capture: Capture): Delivery[] =>
  capture.requests
    .filter(({ signal }) => signal === 'traces')
    .flatMap((request) => spanBySpan(request).map((span) => () => normalizedTraces(span)));

const others = (capture: Capture): Delivery[] =>
  capture.requests.filter(({ signal }) => signal !== 'traces').map(whole);

/** Several deliveries as one request. */
const joined = (parts: readonly Delivery[]): Delivery => {
  return () => {
    const inputs = parts.map((part) => part());
    return {
      candidates: inputs.flatMap(({ candidates }) => candidates),
      links: inputs.flatMap(({ links }) => links),
      readings: inputs.flatMap(({ readings = [] }) => readings),
      rejected: [],
    };
  };
};

/** Spans in requests of one to seven, in any order, each request sent twice. */
function inPieces(capture: Capture, seed: number): Delivery[] {
  const random = randomFrom(seed);
  const rest = shuffled([...spansOf(capture), ...others(capture)], random);
  const pieces: Delivery[] = [];
  while (rest.length > 0) {
    pieces.push(joined(rest.splice(0, 1 + Math.floor(random() * 7))));
  }
  return shuffled([...pieces, ...pieces], random);
}

const known = (sums: Record<string, number>, truth: Truth): Record<string, number | undefined> =>
  Object.fromEntries(Object.keys(sums).map((field) => [field, field in truth ? sums[field] : undefined]));

const expected = (truth: Truth, sums: Record<string, number>): Record<string, number | undefined> =>
  Object.fromEntries(Object.keys(sums).map((field) => [field, truth[field as keyof Truth]]));

function check(ledger: Ledger, truth: Truth): void {
  const sums = ledger.sums();
  expect(known(sums, truth)).toEqual(expected(truth, sums));
}

const deliver = (ledger: Ledger, deliveries: readonly Delivery[]): void =>
  deliveries.forEach((delivery, i) => ledger.take(delivery(), i));

describe.each(readCaptures().map((capture) => [capture.name, capture] as const))(
  '%s counts every call once',
  (_name, capture) => {
    const { truth } = capture;

    it('as sent, and once more', () => {
      const ledger = new Ledger();
      deliver(ledger, capture.requests.map(whole));
      check(ledger, truth);
      const before = ledger.events;
      const again = capture.requests.map((request) => ledger.take(inputOf(request), 9));
      expect(again.flatMap(({ insert, void: voided, update }) => [...insert, ...voided, ...update])).toEqual([]);
      expect(ledger.events).toEqual(before);
    });

    it.each([7, 99, 1234])('span by span, shuffled by %d, then as sent', (seed) => {
      const ledger = new Ledger();
      deliver(ledger, shuffled(spansOf(capture), randomFrom(seed)));
      deliver(ledger, others(capture));
      check(ledger, truth);
      deliver(ledger, capture.requests.map(whole));
      check(ledger, truth);
    });

    it('in pieces of any size and order, each sent twice, with the same rows every time', () => {
      const results = [1, 2, 3, 4, 5, 6].map((seed) => {
        const ledger = new Ledger();
        deliver(ledger, inPieces(capture, seed));
        check(ledger, truth);
        return ledger.events;
      });
      for (const result of results) {
        expect(result).toEqual(results[0]);
      }
    });

    it('over two collectors that take turns, each knowing what the other committed', () => {
      const rows = new Ledger();
      const memories = [new OnceMemory(), new OnceMemory()];
      const ledgers = memories.map((memory) => Object.assign(new Ledger(memory), { rows: rows.rows }));
      inPieces(capture, 42).forEach((delivery, i) => {
        const [mine, other] = i % 2 === 0 ? [0, 1] : [1, 0];
        const journal: string[] = [];
        const ledger = ledgers[mine]!;
        const commit = ledger.memory.commit.bind(ledger.memory);
        ledger.memory.commit = (now) => {
          journal.push(serialize(ledger.memory.changes).toString());
          commit(now);
        };
        ledger.take(delivery(), i);
        ledger.memory.commit = commit;
        journal.forEach((entry) => memories[other]!.apply(deserialize(entry), i));
      });
      check(rows, truth);
    });
  }
);
