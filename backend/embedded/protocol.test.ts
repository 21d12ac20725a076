/** Message sequences that drivers other than `pg` use: pipelines, Flush, portals, COPY without waiting. */
import type { Embedded } from './index';
import { message } from './wire/messages';
import { bind, describePortal, execute, flush, parse, query, sync, TestClient } from './wire/testClient';
import { freshDataDir, removeDataDir, startTestServer } from '../../tests/integration/embeddedServer';

let dataDir: string;
let embedded: Embedded;
let a: TestClient;
let b: TestClient;

beforeAll(async () => {
  dataDir = freshDataDir();
  embedded = await startTestServer(dataDir);
});
afterAll(async () => {
  await embedded.close();
  removeDataDir(dataDir);
});
beforeEach(async () => {
  [a, b] = await Promise.all([TestClient.connect(embedded.ownerUrl), TestClient.connect(embedded.ownerUrl)]);
});
afterEach(() => {
  a.end();
  b.end();
});

const copyData = (text: string): Buffer => message('d', Buffer.from(text));
const copyDone = message('c');

test('after an error everything is left out until Sync, across Flush', async () => {
  a.send(parse('', 'SELEC'), flush());
  expect(await a.until('E 42601')).toEqual(['E 42601']);
  a.send(bind(), execute(), flush());
  a.send(sync());
  expect(await a.until('Z I')).toEqual(['Z I']);
  a.send(parse('', 'SELECT 1'), bind(), execute(), sync());
  expect(await a.until('Z I')).toEqual(['1', '2', 'D 1', 'C SELECT 1', 'Z I']);
});

test('an error in a transaction that was opened by BEGIN, across Flush', async () => {
  a.send(query('BEGIN'), parse('', 'SELECT 1/0'), bind(), execute(), flush(), sync());
  expect(await a.until('Z E')).toEqual(['C BEGIN', 'Z T', '1', 'E 22012', 'Z E']);
  a.send(query('ROLLBACK'));
  expect(await a.until('Z I')).toEqual(['C ROLLBACK', 'Z I']);
});

test('a pipeline of cycles: an error in one does not touch the next', async () => {
  a.send(
    parse('s', 'SELECT 1/0'),
    sync(),
    bind('s'),
    execute(),
    sync(),
    parse('', 'SELECT 2'),
    bind(),
    execute(),
    sync()
  );
  expect(await a.until('C SELECT 1')).toEqual(['1', 'Z I', 'E 22012', 'Z I', '1', '2', 'D 2', 'C SELECT 1']);
});

test('a portal in parts, across Flush; others wait until Sync', async () => {
  a.send(parse('', 'SELECT generate_series(1, 5)'), bind(), execute(2), flush());
  expect(await a.until('s')).toEqual(['1', '2', 'D 1', 'D 2', 's']);
  b.send(query('SELECT 9'));
  a.send(execute(2), flush());
  expect(await a.until('s')).toEqual(['D 3', 'D 4', 's']);
  a.send(execute(), sync());
  expect(await a.until('Z I')).toEqual(['D 5', 'C SELECT 1', 'Z I']);
  expect(await b.until('Z I')).toEqual(['T', 'D 9', 'C SELECT 1', 'Z I']);
});

test('the unnamed statement is each connection’s own, also between its cycles', async () => {
  a.send(parse('', 'SELECT 1'), sync());
  await a.until('Z I');
  b.send(bind(), sync());
  expect(await b.until('Z I')).toEqual(['E 26000', 'Z I']);
  b.send(parse('', 'SELECT 2'), sync());
  await b.until('Z I');
  for (let i = 0; i < 2; i++) {
    a.send(bind(), execute(), sync());
    expect(await a.until('Z I')).toEqual(['2', 'D 1', 'C SELECT 1', 'Z I']);
    b.send(bind(), execute(), sync());
    expect(await b.until('Z I')).toEqual(['2', 'D 2', 'C SELECT 1', 'Z I']);
  }
});

test('statements come back after DEALLOCATE ALL of another connection', async () => {
  a.send(parse('kept', 'SELECT 1'), sync());
  await a.until('Z I');
  b.send(query('DEALLOCATE ALL'));
  await b.until('Z I');
  a.send(bind('kept'), execute(), sync());
  expect(await a.until('Z I')).toEqual(['2', 'D 1', 'C SELECT 1', 'Z I']);
});

test('COPY data that is sent without waiting for the go-ahead, as pgx does', async () => {
  a.send(query('CREATE TABLE eager (a int)'));
  await a.until('Z I');
  a.send(query('COPY eager FROM STDIN'), copyData('1\n2\n'), copyDone, query('SELECT count(*) FROM eager'));
  expect(await a.until('D 2')).toEqual(['G', 'C COPY 2', 'Z I', 'T', 'D 2']);
});

test('COPY data after a COPY that failed is left out', async () => {
  a.send(query('COPY nowhere FROM STDIN'), copyData('1\n2\n'), copyDone, query('SELECT 7'));
  expect(await a.until('C SELECT 1')).toEqual(['E 42P01', 'Z I', 'T', 'D 7', 'C SELECT 1']);
});

test('COPY in the extended protocol; the Sync before the data is ignored', async () => {
  a.send(query('CREATE TABLE extended (a int)'));
  await a.until('Z I');
  a.send(parse('', 'COPY extended FROM STDIN'), bind(), execute(), sync());
  expect(await a.until('G')).toEqual(['1', '2', 'G']);
  a.send(copyData('5\n'), copyDone, sync());
  expect(await a.until('Z I')).toEqual(['C COPY 1', 'Z I']);
});

test('an empty query, a function call, a message that is none', async () => {
  a.send(query(''));
  expect(await a.until('Z I')).toEqual(['I', 'Z I']);
  a.send(message('F', Buffer.alloc(8)));
  expect(await a.until('Z I')).toEqual(['E 0A000', 'Z I']);
  a.send(message('?'));
  expect(await a.until('E 08P01')).toEqual(['E 08P01']);
});

test('a message longer than the limit ends the connection, and only it', async () => {
  a.send(Buffer.from([0x51, 0x7f, 0xff, 0xff, 0xff]));
  expect(await a.until('E 08P01')).toEqual(['E 08P01']);
  b.send(query('SELECT 1'));
  expect(await b.until('Z I')).toEqual(['T', 'D 1', 'C SELECT 1', 'Z I']);
});

describe('a reader', () => {
  let reader: TestClient;
  beforeEach(async () => (reader = await TestClient.connect(embedded.readerUrl)));
  afterEach(() => reader.end());

  test('can prepare in one cycle and execute in another', async () => {
    reader.send(parse('p', 'SELECT current_user'), sync());
    expect(await reader.until('Z I')).toEqual(['1', 'Z I']);
    reader.send(bind('p'), describePortal(), execute(), sync());
    expect(await reader.until('Z I')).toEqual(['2', 'T', 'D llmcost_reader', 'C SELECT 1', 'Z I']);
  });

  test('can’t execute two statements in one cycle', async () => {
    const one = [parse('', 'SELECT 1'), bind(), execute()];
    reader.send(...one, ...one, sync());
    expect(await reader.until('Z I')).toEqual(['E 0A000', 'Z I']);
  });

  test('can’t bind a statement of the owner', async () => {
    a.send(parse('owned', 'SELECT 1'), sync());
    await a.until('Z I');
    reader.send(bind('owned'), execute(), sync());
    expect(await reader.until('Z I')).toEqual(['E 26000', 'Z I']);
  });

  test('with Flush: an error is answered once, then Sync', async () => {
    reader.send(parse('', 'RESET ROLE'), flush(), bind(), execute(), sync());
    expect(await reader.until('Z I')).toEqual(['E 42501', 'Z I']);
  });
});

describe('messages that make no sense', () => {
  /** Deterministic, so that a failure can be repeated. */
  function* random(seed: number): Generator<number, never> {
    for (let state = seed; ;) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      yield state >>> 8;
    }
  }

  test.each([
    ['a Bind that ends too early', Buffer.from([0x42, 0, 0, 0, 6, 0, 0])],
    ['a Bind whose counts are wrong', message('B', '', '', Buffer.from([0xff, 0xff, 0, 1]))],
    ['a Parse without an end', message('P', Buffer.from('x'))],
    ['an Execute without a count', message('E', Buffer.from([0]))],
    ['a Describe of nothing', message('D')],
  ])('%s is an error, and the connection or at least the server goes on', async (_what, bytes) => {
    for (const url of [embedded.ownerUrl, embedded.readerUrl]) {
      const client = await TestClient.connect(url);
      const ended = new Promise<string[]>((resolve) => client.socket.once('close', () => resolve(['closed'])));
      client.send(bytes, sync());
      const seen = await Promise.race([client.until('Z I'), ended]);
      expect(seen.some((text) => text.startsWith('E ') || text === 'closed')).toBe(true);
      client.end();
    }
    b.send(query('SELECT 1'));
    expect(await b.until('Z I')).toEqual(['T', 'D 1', 'C SELECT 1', 'Z I']);
  });

  test('noise', async () => {
    const next = random(20260101);
    const letters = 'PBDECSH';
    for (let round = 0; round < 40; round++) {
      const client = await TestClient.connect(round % 2 ? embedded.ownerUrl : embedded.readerUrl);
      const noise = Array.from({ length: 6 }, () => {
        const body = Buffer.from(Array.from({ length: next.next().value % 12 }, () => next.next().value % 256));
        return message(letters[next.next().value % letters.length] ?? 'S', body);
      });
      client.send(...noise, sync());
      await new Promise((resolve) => setTimeout(resolve, 5));
      client.end();
    }
    b.send(query('SELECT 1'));
    expect(await b.until('Z I')).toEqual(['T', 'D 1', 'C SELECT 1', 'Z I']);
  });
});

test('text that is not UTF-8 is refused for a reader too, not changed', async () => {
  const reader = await TestClient.connect(embedded.readerUrl);
  reader.send(message('Q', Buffer.from("SELECT '"), Buffer.from([0xff]), Buffer.from("'\0")));
  expect(await reader.until('Z I')).toEqual(['E 22021', 'Z I']);
  reader.end();
});
