import { type PricedEvent, usageEvent } from '../events/usageEvent';
import { CopyWriter } from './copyBinary';
import { isDataError, sqlState } from './errors';
import { EVENT_COLUMNS } from './eventColumns';

const ID = '01234567-89ab-8def-8123-456789abcdef';
const event = (known: Partial<PricedEvent> = {}): PricedEvent => ({
  ...usageEvent({ event_id: ID, time: 946_684_800_000_001, source: 'test' }),
  pricing: { priced: false, unpriced_reason: 'no_usage' },
  ...known,
});

/** What a reader of the format finds: per row, the bytes of each column that is not NULL. */
function read(bytes: Buffer): Array<Record<string, Buffer>> {
  expect(bytes.subarray(0, 19).toString('latin1')).toBe('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0');
  const rows: Array<Record<string, Buffer>> = [];
  let at = 19;
  for (; bytes.readInt16BE(at) !== -1;) {
    expect(bytes.readInt16BE(at)).toBe(EVENT_COLUMNS.length);
    at += 2;
    const row: Record<string, Buffer> = {};
    for (const { name } of EVENT_COLUMNS) {
      const length = bytes.readInt32BE(at);
      at += 4;
      if (length >= 0) {
        row[name] = bytes.subarray(at, at + length);
        at += length;
      }
    }
    rows.push(row);
  }
  expect(at).toBe(bytes.length - 2);
  return rows;
}

function written(...events: readonly PricedEvent[]): Array<Record<string, Buffer>> {
  const writer = new CopyWriter(EVENT_COLUMNS);
  events.forEach((row) => writer.add(row));
  return read(Buffer.concat(writer.finish()));
}

test('each type as PostgreSQL sends it', () => {
  const [row] = written(
    event({ attempt: 2, duration_ms: 1.5, input_tokens: 2 ** 33 + 1, reported_cost: -5n, tags: { a: 'ä' }, model: '' })
  );
  expect(row!.time).toEqual(Buffer.from('0000000000000001', 'hex'));
  expect(row!.event_id).toEqual(Buffer.from('0123456789ab8def8123456789abcdef', 'hex'));
  expect(row!.attempt).toEqual(Buffer.from('0002', 'hex'));
  expect(row!.duration_ms!.readDoubleBE()).toBe(1.5);
  expect(row!.input_tokens!.readBigInt64BE()).toBe(8_589_934_593n);
  expect(row!.reported_cost!.readBigInt64BE()).toBe(-5n);
  expect(row!.tags!.toString()).toBe('\u0001{"a":"ä"}');
  expect(row!.model).toHaveLength(0);
  expect(row).not.toHaveProperty('team');
});

test('a time before 2000 is negative', () => {
  expect(written(event({ time: 0 }))[0]!.time!.readBigInt64BE()).toBe(-946_684_800_000_000n);
});

test('amounts beyond 2^53 stay exact, on both sides of zero', () => {
  for (const amount of [9_007_199_254_740_993n, -9_007_199_254_740_993n, 2n ** 63n - 1n, -(2n ** 63n)]) {
    expect(written(event({ reported_cost: amount }))[0]!.reported_cost!.readBigInt64BE()).toBe(amount);
  }
});

test.each([
  ['22003', { reported_cost: 2n ** 63n }],
  ['22003', { input_tokens: 0.5 }],
  ['22003', { time: NaN }],
  ['22P02', { event_id: 'no uuid' }],
  ['22P02', { event_id: '01234567-89ab-8def-8123-456789abcdeg' }],
])('what a column can not hold is refused, with SQLSTATE %s', (state, known) => {
  let found: unknown;
  try {
    written(event(known));
  } catch (error) {
    found = error;
  }
  expect(sqlState(found)).toBe(state);
  expect(isDataError(found)).toBe(true);
});

test('rows that repeat their neighbours, short and long, over many pieces, come out as they went in', () => {
  const long = 'ü'.repeat(40_000);
  const models = ['gpt-4o', 'gpt-4o', 'claude', long, long, 'x'.repeat(63), 'é', 'x'.repeat(64), null, null];
  const rows = Array.from({ length: 600 }, (_, i) =>
    event({ model: models[i % models.length]!, user_id: i % 3 === 0 ? null : `user ${i >> 2}`, output_tokens: i >> 4 })
  );
  const found = written(...rows);
  expect(found.map(({ model }) => model?.toString() ?? null)).toEqual(rows.map(({ model }) => model));
  expect(found.map(({ user_id }) => user_id?.toString() ?? null)).toEqual(rows.map(({ user_id }) => user_id));
  expect(found.map(({ output_tokens }) => Number(output_tokens!.readBigInt64BE()))).toEqual(
    rows.map(({ output_tokens }) => output_tokens)
  );
});

test('taken piece by piece or at once, the bytes are the same', () => {
  const rows = Array.from({ length: 50 }, (_, i) => event({ input_tokens: i >> 1 }));
  const whole = new CopyWriter(EVENT_COLUMNS);
  const pieces = new CopyWriter(EVENT_COLUMNS);
  const taken: Buffer[] = [];
  for (const row of rows) {
    whole.add(row);
    pieces.add(row);
    taken.push(...pieces.take());
  }
  expect(Buffer.concat([...taken, ...pieces.finish()])).toEqual(Buffer.concat(whole.finish()));
});
