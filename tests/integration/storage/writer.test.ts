import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { EventBatcher } from '../../../backend/storage/batcher';
import { deleteEvents, updateEvents } from '../../../backend/storage/changes';
import { findEvent } from '../../../backend/storage/events';
import { createPool } from '../../../backend/storage/pool';
import { inTransaction } from '../../../backend/storage/transaction';
import { storeEvents, writeEvents } from '../../../backend/storage/writer';
import type { PricedEvent } from '../../../backend/events/usageEvent';
import { DAY, dirtyHours, HOUR, now, openStorage, randomEvents, type Storage } from './support';

let storage: Storage;
let pipelined: Pool;
beforeAll(async () => {
  storage = await openStorage();
  pipelined = createPool({ url: storage.url, name: 'pipelined', max: 3, pipeline: true });
});
afterAll(async () => {
  await pipelined.end();
  await storage.close();
});
beforeEach(() => storage.pool.query('DELETE FROM public.usage_events; TRUNCATE public.rollup_dirty'));

async function count(): Promise<number> {
  return (await storage.pool.query<{ n: number }>('SELECT count(*)::int AS n FROM public.usage_events')).rows[0]!.n;
}

const recent = (size: number, seed: number) => randomEvents(size, now() - HOUR / 2, now(), seed);
const find = ({ event_id }: PricedEvent) => findEvent(storage.pool, [event_id], null);

describe.each([1, 15, 16, 40, 499, 500, 2_300])('%d events', (size) => {
  test.each(['one by one', 'pipelined'])('are stored once each, whatever comes again (%s)', async (way) => {
    const pool = way === 'pipelined' ? pipelined : storage.pool;
    const events = recent(size, size);
    const first = await storeEvents(pool, events);
    expect(first).toEqual({ inserted: events.map(() => true), insertedCount: size });
    const more = recent(1, size + 1);
    const second = await storeEvents(pool, [...events, ...more, ...more]);
    expect(second).toEqual({ inserted: [...events.map(() => false), true, false], insertedCount: 1 });
    expect(await count()).toBe(size + 1);
  });

  test('keep every value', async () => {
    const events = recent(size, size);
    await storeEvents(storage.pool, events);
    const event = events[size >> 1]!;
    const stored = await find(event);
    const { pricing, time, tags, ...fields } = event;
    for (const [name, value] of Object.entries(fields)) {
      const wanted = typeof value === 'number' && !/_ms$|attempt/.test(name) ? BigInt(value) : value;
      expect([name, stored![name]]).toEqual([name, wanted]);
    }
    expect(stored).toMatchObject({ us: BigInt(time), tags });
    expect(stored).toMatchObject(
      pricing.priced
        ? { total_cost: pricing.total_cost, price_version: BigInt(pricing.price_version), unpriced_reason: null }
        : { total_cost: null, price_id: null, unpriced_reason: pricing.unpriced_reason }
    );
  });
});

test('text with every special character comes back as it went in, through both ways of writing', async () => {
  const text = 'a\tb\nc\r\\N "quoted" {curly} \'single\' $1 ü 🚀 \u0001';
  for (const size of [1, 600]) {
    const [event, ...others] = recent(size, size);
    const special = { ...event!, user_id: text, tags: { [text]: text } };
    await storeEvents(storage.pool, [special, ...others]);
    expect(await find(special)).toMatchObject({ user_id: text, tags: { [text]: text } });
  }
});

test.each([1, 600])('costs that do not add up are refused (%d events)', async (size) => {
  const events = recent(size, 9);
  const wrong = { ...events[0]!, pricing: { ...costs(), total_cost: 4n } };
  for (const pool of [storage.pool, pipelined]) {
    await expect(storeEvents(pool, [wrong, ...events.slice(1)])).rejects.toMatchObject({ code: '23514' });
  }
  expect(await count()).toBe(0);
});

test('an unpriced event stays unpriced: no cost is zero', async () => {
  const [event] = recent(1, 3);
  await storeEvents(storage.pool, [{ ...event!, pricing: { priced: false, unpriced_reason: 'unknown_model' } }]);
  expect(await find(event!)).toMatchObject({ total_cost: null, input_cost: null, unpriced_reason: 'unknown_model' });
});

const costs = () => ({
  priced: true as const,
  price_id: 'price',
  price_version: 7,
  input_cost: 1n,
  cache_read_cost: 0n,
  cache_write_cost: 0n,
  output_cost: 2n,
  reasoning_cost: 0n,
  other_cost: 0n,
  total_cost: 3n,
  cache_savings: 0n,
});

test('rows, marks and what else the transaction wrote stand or fall together', async () => {
  const events = randomEvents(700, now() - 3 * DAY, now(), 5);
  const id = randomUUID();
  const work = inTransaction(storage.pool, async (client) => {
    await client.query('INSERT INTO public.event_times VALUES ($1, now())', [id]);
    await writeEvents(client, events);
    throw new Error('changed my mind');
  });
  await expect(work).rejects.toThrow('changed my mind');
  expect([await count(), await dirtyHours(storage.pool)]).toEqual([0, 0]);
  const { rows } = await storage.pool.query('SELECT 1 FROM public.event_times WHERE event_id = $1', [id]);
  expect(rows).toEqual([]);
});

test('two writers with the same events in different order: each is stored once, nobody waits for ever', async () => {
  const events = randomEvents(3_000, now() - 2 * DAY, now(), 11);
  const shuffled = (seed: number) => [...events].sort((a, b) => hash(a, seed) - hash(b, seed));
  const hash = (event: PricedEvent, seed: number) => (Number.parseInt(event.event_id.slice(0, 8), 16) * seed) % 10_007;
  const batches = [3, 5, 7, 11].flatMap((seed) => {
    const all = shuffled(seed);
    return [all.slice(0, 1_300), all.slice(1_000, 1_200), all.slice(1_100)];
  });
  const results = await Promise.all(batches.map((batch) => storeEvents(storage.pool, batch)));
  expect(results.reduce((sum, { insertedCount }) => sum + insertedCount, 0)).toBe(events.length);
  expect(await count()).toBe(events.length);
});

describe('in front of the writer, the batcher', () => {
  const batcher = () =>
    new EventBatcher<PricedEvent, boolean>({
      pool: storage.pool,
      process: async (client, events) => (await writeEvents(client, events)).inserted,
    });

  test('joins many small requests and answers each of them', async () => {
    const queue = batcher();
    const requests = Array.from({ length: 60 }, (_, index) => recent(10, 1_000 + index));
    const answers = await Promise.all(requests.map((events) => queue.submit([...events, events[0]!])));
    for (const answer of answers) {
      expect(answer).toEqual([...Array(10).fill(true), false].map((value) => ({ status: 'fulfilled', value })));
    }
    await queue.close();
    expect(await count()).toBe(600);
  });

  test('refuses a row that no column can hold, and stores the others', async () => {
    const queue = batcher();
    const events = recent(50, 77);
    const bad = { ...events[20]!, user_id: 'nul \0' };
    const answers = await queue.submit(events.map((event, index) => (index === 20 ? bad : event)));
    expect(answers.flatMap(({ status }, index) => (status === 'rejected' ? [index] : []))).toEqual([20]);
    expect(await count()).toBe(49);
  });
});

describe('changes to stored events', () => {
  const events = randomEvents(300, now() - 6 * DAY, now() - 4 * DAY, 21);
  const some = events.slice(0, 40);
  const compress = () => storage.pool.query(`SELECT compress_chunk(c, true) FROM show_chunks('public.usage_events') c`);

  describe.each([
    ['plain', () => Promise.resolve()],
    ['compressed', async () => void (await compress())],
  ])('in %s days', (_, prepare) => {
    beforeEach(async () => {
      await storeEvents(storage.pool, events);
      await prepare();
      await storage.pool.query('TRUNCATE public.rollup_dirty');
    });
    afterEach(() => storage.pool.query(`SELECT decompress_chunk(c, true) FROM show_chunks('public.usage_events') c`));

    test('deleting removes those events and marks their hours', async () => {
      const missing = { time: events[0]!.time + 1, event_id: randomUUID() };
      const removed = await inTransaction(storage.pool, (client) => deleteEvents(client, [...some, missing]));
      expect(new Set(removed.map(({ event_id }) => event_id))).toEqual(new Set(some.map(({ event_id }) => event_id)));
      expect(await count()).toBe(events.length - some.length);
      expect(await dirtyHours(storage.pool)).toBe(new Set(some.map(({ time }) => Math.floor(time / HOUR))).size);
    });

    test('updating changes the given fields of those events and marks their hours', async () => {
      const changes = some.map(({ time, event_id }, index) => ({
        time,
        event_id,
        changes: index % 2 ? { agent: 'planner', run_id: null } : { pricing: costs() },
      }));
      const changed = await inTransaction(storage.pool, (client) => updateEvents(client, changes));
      expect(changed).toHaveLength(some.length);
      expect(await find(some[1]!)).toMatchObject({ agent: 'planner', run_id: null, model: some[1]!.model });
      expect(await find(some[0]!)).toMatchObject({ total_cost: 3n, price_version: 7n, agent: some[0]!.agent });
      expect(await find(events[50]!)).toMatchObject({ agent: events[50]!.agent });
      expect(await dirtyHours(storage.pool)).toBe(new Set(some.map(({ time }) => Math.floor(time / HOUR))).size);
    });

    test('redelivery finds what is there', async () => {
      const again = await storeEvents(storage.pool, [
        ...events.slice(0, 200),
        ...randomEvents(400, now() - 5 * DAY, now() - 4 * DAY, 22),
      ]);
      expect(again.insertedCount).toBe(400);
    });
  });

  test('of two changes to one event the last one counts', async () => {
    await storeEvents(storage.pool, events);
    const { time, event_id } = events[0]!;
    const change = (agent: string) => ({ time, event_id, changes: { agent } });
    await inTransaction(storage.pool, (client) => updateEvents(client, [change('first'), change('second')]));
    expect(await find(events[0]!)).toMatchObject({ agent: 'second' });
  });
});

test('an event is found by its id in old and new days, and only for its tenant', async () => {
  const events = randomEvents(500, now() - 20 * DAY, now(), 31);
  await storeEvents(storage.pool, events);
  const event = events[7]!;
  expect((await findEvent(storage.pool, [randomUUID(), event.event_id], ['another', event.tenant]))?.event_id).toBe(
    event.event_id
  );
  expect(await findEvent(storage.pool, [event.event_id], ['somebody else'])).toBeNull();
  expect(await findEvent(storage.pool, [event.event_id], [])).toBeNull();
  expect(await findEvent(storage.pool, [randomUUID()], null)).toBeNull();
  expect(await findEvent(storage.pool, [], null)).toBeNull();
});
