import type { Pool, PoolClient } from 'pg';
import { OnceJournal } from '../../../backend/pipeline/once/journal';
import { OnceMemory } from '../../../backend/pipeline/once/onceMemory';
import { Signal } from '../../../backend/pipeline/once/signal';
import { createPool } from '../../../backend/storage/pool';
import { inTransaction } from '../../../backend/storage/transaction';
import { openStorage, type Storage } from './support';

/** What collectors on one database remember, while their transactions overlap, fail and break. */
let storage: Storage;
let pool: Pool;
beforeAll(async () => {
  storage = await openStorage();
  pool = createPool({ url: storage.url, name: 'journal', pipeline: true });
});
afterAll(async () => {
  await pool.end();
  await storage.close();
});
beforeEach(() => storage.pool.query('TRUNCATE public.once_journal'));

const newJournal = () => new OnceJournal(new OnceMemory());

const total = ({ memory }: OnceJournal): number => memory.counter('sum')?.value ?? 0;

interface Step {
  /** How often it decided, and on what. */
  readonly found: number[];
  /** It has decided and sent all but the COMMIT. */
  readonly sent: Signal;
  /** Lets it commit. */
  readonly go: Signal;
  readonly done: Promise<unknown>;
}

/** A transaction that adds an amount to what the memory has. */
function add(
  journal: OnceJournal,
  amount: number,
  end: () => Promise<unknown> = () => Promise.resolve(),
  first: (client: PoolClient) => Promise<unknown> = () => Promise.resolve()
): Step {
  const step = { found: [] as number[], sent: new Signal(), go: new Signal() };
  const work = async (client: PoolClient) => {
    await first(client);
    const turn = journal.begin(client);
    await turn.decide(() => {
      const value = total(journal);
      step.found.push(value);
      journal.memory.setCounter('sum', { start: 0, time: 0, value: value + amount, calls: null });
    });
    turn.sent();
    step.sent.tell();
    await step.go.told;
    await end();
  };
  const done = inTransaction(pool, work, (client) => journal.enter(client));
  done.catch(() => undefined);
  return { ...step, done };
}

const fails = () => Promise.reject(new Error('as if the database had refused it'));

async function expectEverywhere(journal: OnceJournal, value: number): Promise<void> {
  const restarted = newJournal();
  for (const each of [journal, restarted]) {
    const look = add(each, 0);
    look.go.tell();
    await look.done;
    expect(total(each)).toBe(value);
  }
}

/** Resolves once a transaction has decided so often. */
async function decided({ found }: Step, times = 1): Promise<void> {
  while (found.length < times) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

it('the next transaction decides on what the one before has sent, before that is committed', async () => {
  const journal = newJournal();
  const first = add(journal, 1);
  await first.sent.told;
  const second = add(journal, 10);
  await decided(second);
  expect(second.found).toEqual([1]);
  first.go.tell();
  second.go.tell();
  await Promise.all([first.done, second.done]);
  expect(second.found).toEqual([1]);
  await expectEverywhere(journal, 11);
});

it('what was decided ahead of a transaction that fails is decided again without it', async () => {
  const journal = newJournal();
  const first = add(journal, 1, fails);
  await first.sent.told;
  const second = add(journal, 10);
  await decided(second);
  first.go.tell();
  await expect(first.done).rejects.toThrow('refused');
  second.go.tell();
  await second.done;
  expect(second.found).toEqual([1, 0]);
  await expectEverywhere(journal, 10);
});

it('a transaction that is committed after the next one has failed is not forgotten', async () => {
  const journal = newJournal();
  const first = add(journal, 1);
  await first.sent.told;
  const breaks = async (client: PoolClient) => {
    const turn = journal.begin(client);
    await turn.decide(() => {
      journal.memory.setCounter('sum', { start: 0, time: 0, value: 1_000, calls: null });
      throw new Error('a fault');
    });
  };
  const broken = inTransaction(pool, breaks, (client) => journal.enter(client));
  broken.catch(() => undefined);
  while (total(journal) !== 0) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  first.go.tell();
  await first.done;
  await expect(broken).rejects.toThrow('a fault');
  await expectEverywhere(journal, 1);
});

it('two collectors take turns, each on what the other has committed', async () => {
  const journals = [newJournal(), newJournal()];
  const steps = Array.from({ length: 12 }, (_, i) => add(journals[i % 2]!, 2 ** i));
  steps.forEach(({ go }) => go.tell());
  await Promise.all(steps.map(({ done }) => done));
  await expectEverywhere(journals[0]!, 2 ** 12 - 1);
  await expectEverywhere(journals[1]!, 2 ** 12 - 1);
});

// The embedded engine serves only one transaction at a time: a later one that had begun would keep it from the earlier one.
it('one that has to read before it asks for the lock holds up nobody but itself', async () => {
  const journal = newJournal();
  const reads = (client: PoolClient) => client.query('SELECT pg_sleep(0.3)');
  const steps = [
    add(journal, 1, undefined, reads),
    add(journal, 10),
    add(journal, 100, undefined, reads),
    add(journal, 1000),
  ];
  steps.forEach(({ go }) => go.tell());
  await Promise.all(steps.map(({ done }) => done));
  await expectEverywhere(journal, 1111);
});

it('one that fails in the middle of many leaves the others as they are', async () => {
  const journal = newJournal();
  const steps: Step[] = [];
  for (let i = 0; i < 6; i++) {
    const end = i === 2 ? fails : undefined;
    steps.push(add(journal, 2 ** i, end));
  }
  steps.forEach(({ go }) => go.tell());
  const results = await Promise.allSettled(steps.map(({ done }) => done));
  expect(results.map(({ status }) => status === 'fulfilled')).toEqual([true, true, false, true, true, true]);
  await expectEverywhere(journal, 63 - 4);
});
