import { readCaptures } from '../../../tests/captures/captures';
import { bindTenant } from '../../normalize/bindTenant';
import { received, semconv } from '../../normalize/testing/spans';
import { USAGE_FIELDS, usageEvent, type UsageEvent } from '../../events/usageEvent';
import { decide } from '../decide';
import { inputOf } from '../testing/capturedInput';
import { deserialize, serialize } from './journalText';
import { OnceMemory } from './onceMemory';
import { makeSighting } from './sighting';

describe("the journal's text", () => {
  it.each(readCaptures().map((capture) => [capture.name, capture] as const))(
    'gives back what %s taught',
    (_name, capture) => {
      const memory = new OnceMemory();
      for (const [i, request] of capture.requests.entries()) {
        decide(bindTenant(inputOf(request), i % 2 === 0 ? 'acme' : null), memory);
        const text = serialize(memory.changes).toString();
        expect(deserialize(text)).toEqual(memory.changes);
        memory.commit(i);
      }
    }
  );

  it('is a third of the plain JSON for a load of plain calls', () => {
    const memory = new OnceMemory();
    decide(
      received(Array.from({ length: 200 }, (_, i) => ({ trace: `t${i}`, id: `s${i}`, attributes: semconv(i, i) }))),
      memory
    );
    const { links, sightings, verdicts } = memory.changes;
    expect(serialize(memory.changes).length).toBeLessThan(JSON.stringify([links, sightings, [...verdicts]]).length / 3);
  });

  it('keeps every field of an event, of one after another', () => {
    const memory = new OnceMemory();
    const numbers: readonly string[] = [...USAGE_FIELDS, 'time', 'attempt', 'duration_ms', 'time_to_first_token_ms'];
    const plain = usageEvent({ event_id: 'first', time: 1, source: 'test' });
    const values = Object.keys(plain).map((field, i) => [field, numbers.includes(field) ? i + 1 : `${field} ${i}`]);
    const full = { ...plain, ...Object.fromEntries(values), reported_cost: 7n, tags: { a: 'b' } } as UsageEvent;
    const parts = {
      signal: 'span',
      instrumentation: 'test',
      parentSpanId: '',
      explicit: true,
      unsampled: false,
    } as const;
    for (const event of [plain, full, { ...plain, event_id: 'last' }]) {
      memory.addSighting(makeSighting({ ...parts, event, start: event.time, weak: [], bound: null, callIds: [] }), 0);
    }
    expect(deserialize(serialize(memory.changes).toString())).toEqual(memory.changes);
  });

  it('of another version is empty', () => {
    expect(deserialize('[99,"whatever"]')).toEqual({
      links: [],
      sightings: [],
      verdicts: new Map(),
      counters: new Map(),
    });
    expect(deserialize('[[],[],[],[]]').sightings).toEqual([]);
  });
});
