import type { Pool, PoolClient } from 'pg';
import { type BatcherOptions, EventBatcher } from './batcher';
import { Overloaded, StorageUnavailable } from './errors';

type Options = Omit<BatcherOptions<string, string>, 'pool'>;

/** A pool whose clients only remember what they were asked; `onQuery` may fail a statement. */
function fakePool(onQuery: (sql: string) => void = () => undefined) {
  const client = {
    query: (sql: string) => Promise.resolve().then(() => onQuery(sql)),
    on: () => client,
    off: () => client,
    release: () => undefined,
  };
  return { connect: () => Promise.resolve(client) } as unknown as Pool;
}

const batcher = (options: Options, pool = fakePool()) =>
  new EventBatcher<string, string>({ pool, lingerMs: 1, ...options });

const store = (_: PoolClient, items: readonly string[]) => Promise.resolve(items.map((item) => `stored ${item}`));
const failure = (message: string, code?: string) => Object.assign(new Error(message), code ? { code } : {});
const values = (results: ReadonlyArray<PromiseSettledResult<string>>) =>
  results.map((result) => (result.status === 'fulfilled' ? result.value : (result.reason as Error).message));

/** Stores all but the items that are called `bad`. */
function storeGood(batches: string[][] = []) {
  return (_: PoolClient, items: readonly string[]): Promise<string[]> => {
    batches.push([...items]);
    return items.includes('bad') ? Promise.reject(failure('not storable', '22021')) : store(_, items);
  };
}

test('requests that come together share a transaction, and each gets its own answers in its order', async () => {
  const sizes: number[] = [];
  const queue = batcher({ process: store, onCommit: (rows) => sizes.push(rows) });
  const answers = await Promise.all([queue.submit(['a', 'b']), queue.submit(['c'])]);
  expect(answers.map(values)).toEqual([['stored a', 'stored b'], ['stored c']]);
  expect(sizes).toEqual([3]);
});

test('a large request is split into transactions', async () => {
  const sizes: number[] = [];
  const queue = batcher({ process: store, maxRows: 2, onCommit: (rows) => sizes.push(rows) });
  expect(values(await queue.submit(['a', 'b', 'c', 'd', 'e']))).toEqual(
    ['a', 'b', 'c', 'd', 'e'].map((x) => `stored ${x}`)
  );
  expect(sizes).toEqual([2, 2, 1]);
});

test('an answer comes after the commit', async () => {
  const seen: string[] = [];
  const queue = batcher(
    { process: store },
    fakePool((sql) => void seen.push(sql))
  );
  await queue.submit(['a']);
  expect(seen).toEqual(['BEGIN', 'COMMIT']);
});

test('what a single statement can store needs no transaction; the rest does', async () => {
  const seen: string[] = [];
  const before = (items: readonly string[]) =>
    Promise.resolve(items.includes('c') ? null : items.map((item) => `stored ${item} at once`));
  const queue = batcher(
    { process: store, before },
    fakePool((sql) => void seen.push(sql))
  );
  expect(values(await queue.submit(['a', 'b']))).toEqual(['stored a at once', 'stored b at once']);
  expect(seen).toEqual([]);
  expect(values(await queue.submit(['b', 'c']))).toEqual(['stored b', 'stored c']);
  expect(seen).toEqual(['BEGIN', 'COMMIT']);
});

test('a row that cannot be stored fails alone; its neighbours are stored', async () => {
  const queue = batcher({ process: storeGood() });
  const [good, bad] = await Promise.all([queue.submit(['a', 'b', 'c']), queue.submit(['d', 'bad', 'e'])]);
  expect(values(good)).toEqual(['stored a', 'stored b', 'stored c']);
  expect(values(bad)).toEqual(['stored d', 'not storable', 'stored e']);
});

test('finding one bad row among many takes few transactions', async () => {
  const batches: string[][] = [];
  const queue = batcher({ process: storeGood(batches) });
  await queue.submit(Array.from({ length: 1_000 }, (_, index) => (index === 700 ? 'bad' : `${index}`)));
  expect(batches.length).toBeLessThan(25);
});

test('a deadlock is tried again', async () => {
  let failures = 2;
  const queue = batcher({
    process: (client, items) => (failures-- > 0 ? Promise.reject(failure('deadlock', '40P01')) : store(client, items)),
  });
  expect(values(await queue.submit(['a']))).toEqual(['stored a']);
});

test.each([
  ['refused', failure('connect ECONNREFUSED', 'ECONNREFUSED')],
  ['shutting down', failure('terminating connection', '57P01')],
  ['cut', failure('Connection terminated unexpectedly')],
  ['full', failure('could not extend file', '53100')],
])('a database whose connection is %s fails the request, not its rows', async (_, error) => {
  let calls = 0;
  const queue = batcher({ process: () => (calls++, Promise.reject(error)) });
  await expect(queue.submit(['a', 'b'])).rejects.toThrow(StorageUnavailable);
  expect(calls).toBe(1);
});

test('a fault of the schema is not searched for in the rows', async () => {
  let calls = 0;
  const queue = batcher({ process: () => (calls++, Promise.reject(failure('no such column', '42703'))) });
  expect(values(await queue.submit(['a', 'b']))).toEqual(['no such column', 'no such column']);
  expect(calls).toBe(1);
});

test('a failing commit answers nobody with success', async () => {
  const pool = fakePool((sql) => {
    if (sql === 'COMMIT') {
      throw failure('server closed the connection', '08006');
    }
  });
  await expect(batcher({ process: store }, pool).submit(['a'])).rejects.toThrow(StorageUnavailable);
});

describe('with a database that does not answer', () => {
  /** A process that waits until it is let go. */
  function held() {
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    return { go, process: (client: PoolClient, items: readonly string[]) => gate.then(() => store(client, items)) };
  }

  test('too many waiting items are refused at once, with a time to come back', async () => {
    const { go, process } = held();
    const queue = batcher({ process, writers: 1, maxRows: 1, maxWaiting: 3 });
    const first = queue.submit(['a']);
    const second = queue.submit(['b', 'c', 'd']);
    const error = await queue.submit(['e']).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Overloaded);
    expect((error as Overloaded).retryAfterSeconds).toBeGreaterThanOrEqual(1);
    go();
    expect([...values(await first), ...values(await second)]).toEqual(['a', 'b', 'c', 'd'].map((x) => `stored ${x}`));
    expect(values(await queue.submit(['f']))).toEqual(['stored f']);
  });

  test('never more transactions at a time than there are writers', async () => {
    let open = 0;
    let most = 0;
    const queue = batcher({
      writers: 2,
      maxRows: 1,
      process: async (client, items) => {
        most = Math.max(most, ++open);
        await new Promise((resolve) => setTimeout(resolve, 5));
        open--;
        return store(client, items);
      },
    });
    await queue.submit(['a', 'b', 'c', 'd', 'e']);
    expect(most).toBe(2);
  });

  test('closing stores what waits and takes nothing more', async () => {
    const { go, process } = held();
    const queue = batcher({ process, writers: 1, maxRows: 1, lingerMs: 10_000 });
    const waiting = queue.submit(['a', 'b']);
    const closed = queue.close();
    await expect(queue.submit(['c'])).rejects.toThrow(Overloaded);
    go();
    await closed;
    expect(values(await waiting)).toEqual(['stored a', 'stored b']);
  });
});

test('closing an idle queue ends at once', async () => {
  await expect(batcher({ process: store }).close()).resolves.toBeUndefined();
});
