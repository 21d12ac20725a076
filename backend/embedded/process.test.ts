/** The process of the embedded database: its lock, its end, and what it keeps when it is killed. */
import { fork, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';
import { startEmbedded, type Embedded } from './index';
import { freshDataDir, removeDataDir, startTestServer } from '../../tests/integration/embeddedServer';

// Most of these start the database several times.
jest.setTimeout(180_000);

let dataDir: string;
beforeEach(() => (dataDir = freshDataDir()));
afterEach(() => removeDataDir(dataDir));

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const exit = (embedded: Embedded): Promise<number | null> => new Promise((resolve) => embedded.onExit(resolve));
const lives = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

async function untilDead(pid: number): Promise<void> {
  for (let i = 0; lives(pid); i++) {
    if (i > 300) {
      throw new Error(`process ${pid} still lives`);
    }
    await wait(50);
  }
}

async function withClient<T>(embedded: Embedded, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: embedded.ownerUrl });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

test('kill -9 in the middle of inserts: every acknowledged row is there, once', async () => {
  const acknowledged: number[] = [];
  let embedded = await startTestServer(dataDir);
  await withClient(embedded, (client) => client.query('CREATE TABLE events (id int PRIMARY KEY, filler text)'));
  let next = 0;
  for (let round = 0; round < 3; round++) {
    const writer = async (): Promise<void> => {
      await withClient(embedded, async (client) => {
        for (;;) {
          const id = next++;
          await client.query('INSERT INTO events VALUES ($1, repeat($2, 100))', [id, 'x']);
          acknowledged.push(id);
        }
      }).catch(() => undefined);
    };
    const before = acknowledged.length;
    const writers = Promise.all([writer(), writer(), writer()]);
    while (acknowledged.length < before + 30 + round * 20) {
      await wait(5);
    }
    process.kill(embedded.pid, 'SIGKILL');
    await Promise.all([writers, exit(embedded)]);
    embedded = await startTestServer(dataDir);
    const stored = await withClient(embedded, async (client) => {
      const { rows } = await client.query<{ id: number }>('SELECT id FROM events');
      return rows.map(({ id }) => id);
    });
    const present = new Set(stored);
    expect(stored.length).toBe(present.size);
    expect(acknowledged.filter((id) => !present.has(id))).toEqual([]);
    expect(stored.every((id) => id < next)).toBe(true);
  }
  await embedded.close();
});

test('a second process is told who has the directory; after the first has closed it gets it', async () => {
  const first = await startTestServer(dataDir);
  await expect(startTestServer(dataDir)).rejects.toThrow(
    `the data directory ${dataDir} is in use by process ${first.pid}`
  );
  const ended = exit(first);
  const closing = first.close();
  const second = await startTestServer(dataDir);
  await closing;
  expect(await ended).toBe(0);
  await second.close();
  expect(fs.readdirSync(dataDir)).toEqual(['pgdata']);
});

test('a port that is taken is named, and the directory is free again', async () => {
  const first = await startTestServer(dataDir);
  const port = Number(new URL(first.ownerUrl).port);
  const other = freshDataDir();
  await expect(startTestServer(other, { port })).rejects.toThrow(`address already in use 127.0.0.1:${port}`);
  expect(fs.existsSync(path.join(other, 'embedded.lock'))).toBe(false);
  await first.close();
  removeDataDir(other);
});

test('SIGTERM ends it cleanly', async () => {
  const embedded = await startTestServer(dataDir);
  const ended = exit(embedded);
  process.kill(embedded.pid, 'SIGTERM');
  expect(await ended).toBe(0);
  expect(fs.readdirSync(dataDir)).toEqual(['pgdata']);
});

/** A parent of its own that can be killed. */
function forkParent(): ChildProcess {
  return fork(path.join(__dirname, '../../tests/integration/embeddedParent.ts'), [dataDir], {
    execArgv: ['--require', require.resolve('tsx/cjs')],
  });
}

test('when its parent is killed it ends by itself, and a successor waits for that', async () => {
  const parent = forkParent();
  const pid = await new Promise<number>((resolve) => parent.once('message', (message) => resolve(Number(message))));
  parent.kill('SIGKILL');
  const successor = await startEmbedded({
    dataDir,
    host: '127.0.0.1',
    port: 0,
    ownerPassword: 'owner',
    readerPassword: 'reader',
  });
  await untilDead(pid);
  const { rows } = await withClient(successor, (client) => client.query('SELECT v FROM of_the_parent'));
  expect(rows).toEqual([{ v: 1 }]);
  await successor.close();
});
