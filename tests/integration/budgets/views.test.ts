import { Client, type FieldDef } from 'pg';
import { type BudgetView, BUDGET_VIEWS, budgetViewSql } from '../../../src/query';
import { readBudgetView } from '../../../backend/budgets/views';
import { projectBudgets } from '../../../backend/forecast/budgets';
import { storeEvents } from '../../../backend/storage/writer';
import { openStorage, type Storage } from '../storage/support';
import { call, make } from './support';

let storage: Storage;
const ALL = { tenants: null, projects: null };

beforeAll(async () => {
  storage = await openStorage();
  const { pool } = storage;
  await make(pool, { name: 'acme chat', scope: { project: ['chat'] }, thresholds: [0.4, 1] });
  await make(pool, { name: "glo'bex $1", tenant: 'globex', period: 'day', hard: true });
  await make(pool, { name: 'runs', tenant: 'acme', period: 'run' });
  await make(pool, { name: 'everybody', tenant: null, period: 'year' });
  const day = 86_400_000_000;
  const earlier = Array.from({ length: 8 }, (_, back) => call(1.25, { time: Date.now() * 1000 - back * day }));
  await storeEvents(pool, [
    ...earlier,
    call(5, { project: 'chat', run_id: 'run-1' }),
    call(12, { tenant: 'globex', project: 'search' }),
  ]);
  await projectBudgets(pool);
});
afterAll(() => storage.close());

const nameOf = async (view: BudgetView, choice: Parameters<typeof readBudgetView>[2]): Promise<string[]> => {
  const { columns, rows } = await readBudgetView(storage.pool, view, choice);
  const at = columns.findIndex(({ name }) => name.toLowerCase() === 'budget');
  return [...new Set(rows.map((row) => String(row[at])))].sort();
};

/** As Grafana's PostgreSQL source reads it, by the login that may only read. */
async function asReader(view: BudgetView): Promise<{ fields: FieldDef[]; rows: unknown[][] }> {
  const client = new Client({ connectionString: storage.readerUrl });
  await client.connect();
  try {
    return await client.query<unknown[]>({ text: budgetViewSql(view, ALL), rowMode: 'array' });
  } finally {
    await client.end();
  }
}

test.each(BUDGET_VIEWS)('%s: the collector gives the rows that the read-only login reads', async (view) => {
  const before = Date.now();
  const [{ columns, rows }, read] = [await readBudgetView(storage.pool, view, ALL), await asReader(view)];
  expect(rows.length).toBeGreaterThan(0);
  expect(columns.map(({ name }) => name)).toEqual(read.fields.map(({ name }) => name));
  // The line has a point at the moment of asking.
  const plain = (table: ReadonlyArray<readonly unknown[]>) =>
    table.map((row) =>
      row.map((value, at) => {
        const text = value instanceof Date ? value.toISOString() : value;
        const asked = columns[at]!.name === 'time' && Math.abs(Date.parse(String(text)) - before) < 600_000;
        return asked ? 'now' : text;
      })
    );
  expect(plain(rows)).toEqual(plain(read.rows));
});

test('only budgets of the tenants and projects that are chosen are in it', async () => {
  const everything = ['acme chat', 'everybody', "glo'bex $1", 'runs'];
  expect(await nameOf('status', ALL)).toEqual(everything);
  expect(await nameOf('states', { tenants: ['acme'], projects: null })).toEqual(['acme chat', 'runs']);
  expect(await nameOf('status', { tenants: ['globex', 'acme'], projects: ['chat'] })).toEqual(['acme chat']);
  expect(await nameOf('burn_down', { tenants: ['globex'], projects: null })).toEqual(["glo'bex $1"]);
  expect(await nameOf('status', { tenants: [], projects: null })).toEqual([]);
  expect(await nameOf('status', { tenants: ["x') OR true --"], projects: null })).toEqual([]);
});

test('amounts are USD, states are numbered from the best to the worst', async () => {
  const { columns, rows } = await readBudgetView(storage.pool, 'status', { tenants: ['globex'], projects: null });
  const row = Object.fromEntries(columns.map(({ name }, at) => [name, rows[0]![at]]));
  expect(row).toMatchObject({ State: 'blocked', Spent: 12, Limit: 10, Left: 0, Used: 1.2, Period: 'day' });
  const { rows: states } = await readBudgetView(storage.pool, 'states', { tenants: ['globex'], projects: null });
  expect(states[0]![2]).toBe(4);
});
