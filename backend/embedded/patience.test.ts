/** A client that holds the database and does nothing is sent away, so that the others can go on. */
import { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Embedded } from './index';
import { query, TestClient } from './wire/testClient';
import { freshDataDir, removeDataDir, startTestServer } from '../../tests/integration/embeddedServer';

let dataDir: string;
let embedded: Embedded;
let other: Client;

beforeAll(async () => {
  dataDir = freshDataDir();
  embedded = await startTestServer(dataDir, { clientPatienceMs: 500 });
  other = new Client({ connectionString: embedded.ownerUrl });
  await other.connect();
  await other.query('CREATE TABLE held (a int)');
});
afterAll(async () => {
  await other.end();
  await embedded.close();
  removeDataDir(dataDir);
});

async function idleClient(): Promise<{ client: Client; ended: Promise<Error> }> {
  const client = new Client({ connectionString: embedded.ownerUrl });
  const ended = new Promise<Error>((resolve) => client.on('error', resolve));
  await client.connect();
  return { client, ended };
}

test('with an open transaction, which is rolled back', async () => {
  const { client, ended } = await idleClient();
  await client.query('BEGIN');
  await client.query('INSERT INTO held VALUES (1)');
  expect((await other.query('SELECT count(*)::int AS n FROM held')).rows).toEqual([{ n: 0 }]);
  expect(await ended).toMatchObject({ code: '25P03' });
});

test('in the middle of a COPY, of which nothing stays', async () => {
  const { client, ended } = await idleClient();
  const copy = client.query(copyFrom('COPY held FROM STDIN'));
  copy.on('error', () => undefined);
  copy.write('1\n');
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect((await other.query('SELECT count(*)::int AS n FROM held')).rows).toEqual([{ n: 0 }]);
  expect((await ended).message).toMatch(/terminat/i);
});

test('that takes nothing of a long answer', async () => {
  const client = await TestClient.connect(embedded.ownerUrl);
  client.socket.pause();
  client.send(query("SELECT repeat('x', 1000000) FROM generate_series(1, 100)"));
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect((await other.query('SELECT 1 AS v')).rows).toEqual([{ v: 1 }]);
  client.end();
});

test('a client that is only slow keeps its connection', async () => {
  const client = await TestClient.connect(embedded.ownerUrl);
  client.send(query("SELECT repeat('x', 100000) FROM generate_series(1, 400)"));
  for (let i = 0; i < 10; i++) {
    client.socket.pause();
    await new Promise((resolve) => setTimeout(resolve, 100));
    client.socket.resume();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const seen = await client.until('Z I');
  expect(seen.slice(-2)).toEqual(['C SELECT 400', 'Z I']);
  client.end();
});
