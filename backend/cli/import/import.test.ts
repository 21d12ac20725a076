import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { type StubCollector, startStubCollector } from '../../demo/testing/stubCollector';
import { Api, CommandError } from '../api';
import { csvRows } from './csv';
import { csvReader } from './csvColumns';
import { linesOf, openInput } from './input';
import { ndjsonRows } from './ndjson';
import { type ImportRow, RowProblem } from './row';
import { RowIds } from './rowIds';
import { sendRows } from './send';

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) {
    list.push(item);
  }
  return list;
}

/** The bytes in pieces of so many, so that every boundary falls everywhere. */
const pieces = (text: string, size: number): AsyncIterable<Buffer> => {
  const bytes = Buffer.from(text);
  return Readable.from(
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size))
  );
};

describe('lines', () => {
  it.each([1, 2, 3, 7, 1000])('end in LF or CRLF only, however the bytes arrive (%d at a time)', async (size) => {
    const lines = await all(linesOf(pieces('ä\r\n\n"a\u2028b"\rc\nlast', size)));
    expect(lines.map(({ number, text }) => [number, text])).toEqual([
      [1, 'ä'],
      [2, ''],
      [3, '"a\u2028b"\rc'],
      [4, 'last'],
    ]);
  });

  it('are unpacked where they are gzipped, and told when the gzip is broken', async () => {
    const packed = gzipSync('one\ntwo\n');
    const read = async (bytes: Buffer) => all(linesOf((await openInput('-', Readable.from([bytes]))).rest));
    expect((await read(packed)).map(({ text }) => text)).toEqual(['one', 'two']);
    await expect(read(packed.subarray(0, packed.length - 4))).rejects.toThrow(/unexpected end of file/);
    await expect(openInput('no such file')).rejects.toThrow(/can't read no such file: ENOENT/);
  });
});

describe('CSV', () => {
  const read = async (text: string, delimiter = ',') =>
    (await all(csvRows(pieces(text, 5), delimiter))).map(({ line, event }) => [line, event]);

  it('has fields, usage with and without prefix, and tags; empty cells say nothing', async () => {
    const text = `\uFEFFid,time,model,usage.input_tokens,output_tokens,duration_ms,reported_cost,tags.plan,team
a,2026-01-01T00:00:00Z,m,1000,7.0,1.5,0.25,pro,
"b ""x"", y",2026-01-01T00:00:00Z,"two
lines",,,,,,ops
`;
    expect(await read(text)).toEqual([
      [
        2,
        {
          id: 'a',
          time: '2026-01-01T00:00:00Z',
          model: 'm',
          duration_ms: 1.5,
          reported_cost: '0.25',
          usage: { input_tokens: 1000, output_tokens: 7 },
          tags: { plan: 'pro' },
        },
      ],
      [4, { id: 'b "x", y', time: '2026-01-01T00:00:00Z', model: 'two\nlines', team: 'ops' }],
    ]);
  });

  it('refuses single rows with what is wrong in them', async () => {
    expect(await read('model;input_tokens;attempt\nm;1.5;1\nm;-1;1\nm;1;x\nm\nm;1;2\n', ';')).toEqual([
      [2, new RowProblem('usage.input_tokens: must be a whole number ≥ 0, not "1.5"')],
      [3, new RowProblem('usage.input_tokens: must be a whole number ≥ 0, not "-1"')],
      [4, new RowProblem('attempt: must be a number, not "x"')],
      [5, new RowProblem('has 1 cells, the header has 3')],
      [6, { model: 'm', attempt: 2, usage: { input_tokens: 1 } }],
    ]);
  });

  it.each([
    [['model', 'input_token'], 'unknown column "input_token"; the nearest known one is "input_tokens"'],
    [['model', 'tags.'], 'unknown column "tags."'],
    [['model', 'model'], 'the column "model" is there twice'],
  ])('stops at the header %j', (header, message) => {
    expect(() => csvReader(header)).toThrow(CommandError);
    expect(() => csvReader(header)).toThrow(message);
  });

  it('stops where quotes leave open how a record goes on', async () => {
    await expect(read('model,team\nm,"open\n')).rejects.toThrow(/the CSV can't be read: Quote Not Closed/);
  });
});

it('NDJSON refuses single lines, and leaves empty ones out', async () => {
  const rows = await all(ndjsonRows(pieces('\uFEFF{"id":1}\n\n[1]\n{"a\n', 4)));
  expect(rows.map(({ line, event }) => [line, event instanceof RowProblem ? event.reason : event])).toEqual([
    [1, { id: 1 }],
    [3, 'an event is a JSON object'],
    [4, expect.stringContaining('the line is not valid JSON')],
  ]);
});

describe('ids of rows without one', () => {
  const idsOf = (...events: Array<Record<string, unknown>>) => {
    const ids = new RowIds();
    return events.map((event) => ids.identified(event).id);
  };
  const [a, b] = [
    { model: 'a', usage: { input_tokens: 1, output_tokens: 2 } },
    { model: 'b', usage: { input_tokens: 1 } },
  ];

  it('follow from the content, whatever the order of its fields', () => {
    const same = { usage: { output_tokens: 2, input_tokens: 1 }, id: '', model: 'a' };
    expect(idsOf(a)).toEqual(idsOf(same));
    expect(idsOf(a)).not.toEqual(idsOf(b));
  });

  it('tell equal rows apart, and stay when rows are added or move', () => {
    const [first, other, second] = idsOf(a, b, a);
    expect(new Set([first, other, second]).size).toBe(3);
    expect(idsOf(b, a, a, b).slice(0, 3)).toEqual([other, first, second]);
  });

  it('leave those that have one alone', () => {
    const cloud = { specversion: '1.0', source: '/x', data: {} };
    expect(idsOf({ id: 'mine' }, { id: 7 }, cloud)).toEqual(['mine', 7, undefined]);
  });
});

describe('sending', () => {
  let collector: StubCollector;
  beforeEach(async () => {
    collector = await startStubCollector();
  });
  afterEach(() => collector.close());

  const rows = async function* (count: number): AsyncGenerator<ImportRow> {
    for (let i = 1; i <= count; i++) {
      yield { line: i, text: `${i}`, event: { time: '2026-01-01T00:00:00Z', n: i } };
    }
  };
  const quiet = { rejected: () => undefined, progress: () => undefined };
  const send = (count: number, patienceMs = 60_000) =>
    sendRows(rows(count), new Api({ url: collector.url, key: 'k', patienceMs }), quiet);

  it('sends everything once in batches, and again without doing anything', async () => {
    expect(await send(4_500)).toEqual({ rows: 4_500, accepted: 4_500, duplicate: 0, rejected: 0 });
    expect(await send(4_500)).toEqual({ rows: 4_500, accepted: 0, duplicate: 4_500, rejected: 0 });
    expect([...collector.keys]).toEqual(['k']);
  });

  it('comes again as often as it is told to', async () => {
    const notNow = { status: 503, headers: { 'retry-after': '0.05' }, body: { detail: 'full' } };
    collector.refusals.push(notNow, notNow, { ...notNow, status: 429 });
    expect(await send(3)).toMatchObject({ accepted: 3 });
    collector.refusals.push(notNow, notNow);
    await expect(send(3, -1)).rejects.toThrow(/has no room \(503\): full/);
  });

  it('sends smaller parts of what is too large', async () => {
    collector.refusals.push({ status: 413, body: { detail: 'too large' } });
    expect(await send(5)).toEqual({ rows: 5, accepted: 5, duplicate: 0, rejected: 0 });
    collector.refusals.push({ status: 413, body: { detail: 'too large' } });
    const refused: string[] = [];
    const listener = { ...quiet, rejected: (_: ImportRow, reason: string) => void refused.push(reason) };
    await sendRows(rows(1), new Api({ url: collector.url }), listener);
    expect(refused).toEqual(['too large']);
  });

  it('stops where the key is not right, and where nobody answers', async () => {
    collector.refusals.push({ status: 401, body: { detail: 'send an API key' } });
    await expect(send(1)).rejects.toThrow(new CommandError('the collector answered 401: send an API key'));
    const nobody = new Api({ url: 'http://127.0.0.1:9' });
    await expect(sendRows(rows(1), nobody, quiet)).rejects.toThrow(/no collector answers at http:\/\/127.0.0.1:9/);
  });
});
