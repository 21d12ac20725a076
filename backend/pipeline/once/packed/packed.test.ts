import fc from 'fast-check';
import { readCaptures } from '../../../../tests/captures/captures';
import { bindTenant } from '../../../normalize/bindTenant';
import { decide } from '../../decide';
import { inputOf } from '../../testing/capturedInput';
import { OnceMemory } from '../onceMemory';
import { COUNTED, type Verdict } from '../sighting';
import { Trace } from '../traceIndex';
import { PackReader, PackWriter } from './bytes';
import { HashIndex, hashOf } from './hashIndex';
import { PackedCalls } from './packedCalls';
import { PackedTraces } from './packedTraces';
import { Pile } from './pile';

describe('packed values', () => {
  it('are what they were', () => {
    const hex = fc.stringMatching(/^([0-9a-f]{2}){8,20}$/);
    const text = fc.oneof(fc.string(), hex, fc.string({ unit: 'binary', maxLength: 90 }), fc.constant(null));
    const number = fc.oneof(fc.maxSafeInteger(), fc.double(), fc.nat(), fc.constant(null));
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text, number, fc.maxSafeNat())), (rows) => {
        const writer = new PackWriter();
        for (const [own, word, value, count] of rows) {
          writer.text(own);
          writer.word(word);
          writer.number(value);
          writer.varint(count);
        }
        const reader = new PackReader(writer.take(), writer.words, 0);
        const read = rows.map(() => [reader.text(), reader.word(), reader.number(), reader.varint()]);
        // Halves of pairs of UTF-16 are no text.
        const wellFormed = rows.map(([own, ...more]) => [own && Buffer.from(own).toString(), ...more]);
        expect(read).toEqual(wellFormed);
      })
    );
  });
});

describe('packed reports and traces', () => {
  it.each(readCaptures().map((capture) => [capture.name, capture] as const))(
    'of %s are what they were',
    (_, capture) => {
      const memory = new OnceMemory();
      const [calls, traces] = [new PackedCalls(), new PackedTraces()];
      capture.requests.forEach((request, i) =>
        decide(bindTenant(inputOf(request), i % 2 === 0 ? 'acme' : null), memory)
      );
      const { sightings, links, verdicts } = memory.changes;
      const packed = sightings.map((sighting) => {
        const verdict: Verdict = verdicts.get(sighting.id) ?? COUNTED;
        return { sighting, verdict, inTrace: sighting.event.trace_id !== null };
      });
      const entries = packed.map((call, i) => calls.add(call, i, [], false));
      entries.forEach((entry, i) => expect(calls.read(entry)).toEqual(packed[i]));
      expect(packed.map(({ sighting }) => calls.byId(sighting.id))).toEqual(entries);

      const ids = [...new Set(links.map(({ traceId }) => traceId))];
      for (const id of ids) {
        const trace = new Trace(id, 7);
        links.filter(({ traceId }) => traceId === id).forEach((link) => trace.add(link));
        traces.add(trace, entries);
      }
      for (const id of ids) {
        const entry = traces.byId(id)!;
        expect(traces.touched(entry)).toBe(7);
        expect(traces.read(entry)).toEqual({
          traceId: id,
          links: links.filter(({ traceId }) => traceId === id),
          calls: entries,
        });
      }
    }
  );
});

const newPile = () => new Pile(() => null);
const add = (pile: Pile<null>, value: number) => pile.add(value, (writer) => writer.varint(value));

describe('a pile', () => {
  it('keeps records until they are removed, the oldest first', () => {
    const pile = newPile();
    const entries = Array.from({ length: 10_000 }, (_, i) => add(pile, i));
    for (const entry of entries.filter((_, i) => i % 3 !== 0)) {
      pile.remove(entry);
    }
    expect(pile.size).toBe(3334);
    expect([...pile.all()]).toEqual(entries.filter((_, i) => i % 3 === 0));
    for (let value = 0; value < 10_000; value += 3) {
      const entry = pile.oldest!;
      expect([pile.timeOf(entry), pile.read(entry).reader.varint()]).toEqual([value, value]);
      pile.remove(entry, false);
    }
    expect([pile.oldest, pile.size, pile.isAlive(entries[0]!)]).toEqual([null, 0, false]);
    expect(pile.timeOf(add(pile, 5))).toBe(5);
  });

  it('tells once what is left of a block that was mostly taken out', () => {
    const pile = newPile();
    const entries = Array.from({ length: 5000 }, (_, i) => add(pile, i));
    entries.slice(0, 2000).forEach((entry) => pile.remove(entry));
    expect(pile.takeSparse()).toEqual(entries.slice(2000, 2048));
    expect(pile.takeSparse()).toEqual([]);
    // Those that were forgotten in their turn leave nothing behind.
    entries.slice(2048, 4090).forEach((entry) => pile.remove(entry, false));
    expect(pile.takeSparse()).toEqual([]);
  });
});

describe('an index by hashes', () => {
  it('finds what is alive, the newest first, whatever was left behind', () => {
    const alive = new Set<number>();
    const index = new HashIndex((entry) => alive.has(entry));
    const keyOf = (entry: number) => hashOf(1, `key ${entry % 50_000}`);
    for (let entry = 0; entry < 100_000; entry++) {
      index.add(keyOf(entry), entry);
      alive.add(entry);
      if (entry >= 60_000) {
        alive.delete(entry - 60_000);
      }
    }
    expect(index.find(keyOf(99_999))).toEqual([99_999, 49_999]);
    expect(index.find(keyOf(39_999))).toEqual([89_999]);
    expect(index.find(hashOf(2, 'key 39999'))).toEqual([]);
  });

  it('looks only at the newest of many under one key', () => {
    const index = new HashIndex(() => true);
    Array.from({ length: 10_000 }, (_, entry) => index.add(1, entry));
    expect(index.find(1)[0]).toBe(9999);
    expect(index.find(1)).toHaveLength(64);
  });
});
