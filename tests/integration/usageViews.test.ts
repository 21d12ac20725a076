import { Client, type FieldDef } from 'pg';
import { readViewTable } from '../../backend/query/viewTable';
import { refreshReleases } from '../../backend/releases/releases';
import { storeEvents } from '../../backend/storage/writer';
import { USAGE_VIEWS, type UsageChoice, type UsageView, usageViewSql } from '../../src/query';
import { call } from './budgets/support';
import { openStorage, type Storage } from './storage/support';

const HOUR = 3_600_000;
const TODAY = Math.floor(Date.now() / (24 * HOUR)) * 24 * HOUR;
const ALL: UsageChoice = { from: TODAY - 20 * 24 * HOUR, to: TODAY, tenants: null, services: null };
let storage: Storage;

beforeAll(async () => {
  storage = await openStorage();
  // Four calls an hour over 18 days; the second release, three days ago, has prompts that are half as long again.
  const events = ['acme', "glo'bex"].flatMap((tenant) =>
    Array.from({ length: 18 * 24 * 4 }, (_, i) => {
      const time = TODAY - 18 * 24 * HOUR + i * (HOUR / 4);
      const late = time >= TODAY - 3 * 24 * HOUR;
      return call(late ? 0.015 : 0.01, {
        time: time * 1000,
        tenant,
        service: tenant === 'acme' ? 'api' : 'bot',
        feature: 'chat',
        model: 'm',
        release: late ? '2' : '1',
        input_tokens: (late ? 1_500 : 1_000) + (i % 7),
        output_tokens: 100 + (i % 3),
      });
    })
  );
  await storeEvents(storage.pool, events);
  await refreshReleases(storage.pool);
});
afterAll(() => storage.close());

/** As Grafana's PostgreSQL source reads it, by the login that may only read. */
async function asReader(view: UsageView): Promise<{ fields: FieldDef[]; rows: unknown[][] }> {
  const client = new Client({ connectionString: storage.readerUrl });
  await client.connect();
  try {
    return await client.query<unknown[]>({ text: usageViewSql(view, ALL), rowMode: 'array' });
  } finally {
    await client.end();
  }
}

const valuesOf = async (view: UsageView, column: string, choice: Partial<UsageChoice>): Promise<string[]> => {
  const { columns, rows } = await readViewTable(storage.pool, usageViewSql(view, { ...ALL, ...choice }));
  const at = columns.findIndex(({ name }) => name === column);
  return [...new Set(rows.map((row) => String(row[at])))].sort();
};

test.each(USAGE_VIEWS)('%s: the collector gives the rows that the read-only login reads', async (view) => {
  const [{ columns, rows }, read] = [await readViewTable(storage.pool, usageViewSql(view, ALL)), await asReader(view)];
  expect(rows.length).toBeGreaterThan(0);
  expect(columns.map(({ name }) => name)).toEqual(read.fields.map(({ name }) => name));
  const plain = read.rows.map((row) => row.map((value) => (value instanceof Date ? value.toISOString() : value)));
  expect(rows).toEqual(plain);
});

test('only the tenants and services that are chosen are in it', async () => {
  expect(await valuesOf('releases', 'Service', {})).toEqual(['api', 'bot']);
  expect(await valuesOf('releases', 'Service', { tenants: ["glo'bex"] })).toEqual(['bot']);
  expect(await valuesOf('releases_by_model', 'Service', { services: ['api'] })).toEqual(['api']);
  expect(await valuesOf('releases', 'Service', { tenants: ['acme'], services: ['bot'] })).toEqual([]);
  expect(await valuesOf('token_inflation', 'Tenant', { tenants: ['acme'] })).toEqual(['acme']);
  for (const view of USAGE_VIEWS) {
    const { rows } = await readViewTable(storage.pool, usageViewSql(view, { ...ALL, tenants: [] }));
    // Days are there whoever is asked about; they have nothing to say.
    expect(rows.flatMap((row) => row.slice(1)).filter((value) => value !== null)).toEqual([]);
    await readViewTable(storage.pool, usageViewSql(view, { ...ALL, tenants: ["x']) --"], services: ['$1'] }));
  }
});

test('says what the second release did, in its range only', async () => {
  const { columns, rows } = await readViewTable(storage.pool, usageViewSql('releases', { ...ALL, tenants: ['acme'] }));
  const second = rows
    .map((row) => Object.fromEntries(columns.map(({ name }, at) => [name, row[at]])))
    .find(({ Release }) => Release === '2');
  expect(second).toMatchObject({ 'Cost before': 0.01, 'Cost after': 0.015, Cost: 0.5 });
  expect(String(second?.['In words'])).toMatch(/\+50% cost per request/);
  expect(await valuesOf('releases', 'Release', { to: TODAY - 4 * 24 * HOUR })).not.toContain('2');
});
