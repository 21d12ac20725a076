import { Client } from 'pg';
import { readViewTable } from '../../../backend/query/viewTable';
import { storeEvents } from '../../../backend/storage/writer';
import { ANNOTATIONS, type AnnotationName, annotationSql, type Filter } from '../../../src/query';
import { call, make } from '../budgets/support';
import { now, openStorage, type Storage } from './support';

let storage: Storage;
let reader: Client;
beforeAll(async () => {
  storage = await openStorage();
  reader = new Client(storage.readerUrl);
  await reader.connect();
});
afterAll(async () => {
  await reader.end();
  await storage.close();
});

const range = { from: "now() - INTERVAL '20 days'", to: "now() + INTERVAL '1 minute'" };
const ofAcme: Filter[] = [{ dimension: 'tenant', operator: '=', values: ['acme'] }];

/** Titles and texts of the marks, as Grafana's reader sees them. */
async function marks(name: AnnotationName, filters: readonly Filter[] = []) {
  const { rows } = await reader.query<{ time: Date; title: string; text: string; tags: string }>(
    annotationSql(name, filters, range)
  );
  rows.forEach(({ time }) => expect(time).toBeInstanceOf(Date));
  return rows.map(({ title, text }) => `${title}: ${text}`);
}

test('a release is marked when it was posted or first seen; the first version of all is where the data begins', async () => {
  await storage.pool.query(
    `INSERT INTO public.releases (tenant, service, version, time, description, origin, created_by) VALUES
     ('acme', 'checkout', 'v1', now() - INTERVAL '15 days', NULL, 'seen', 'collector'),
     ('acme', 'checkout', 'v2', now() - INTERVAL '8 days', NULL, 'seen', 'collector'),
     ('acme', 'search', '7', now() - INTERVAL '7 days', 'Longer prompts', 'api', 'ci'),
     ('globex', 'checkout', 'v3', now() - INTERVAL '3 days', NULL, 'api', 'ci')`
  );
  const ofAll = ['checkout v2: First call of this version', 'search 7: Longer prompts', 'checkout v3: Deployed'];
  expect(await marks('releases')).toEqual(ofAll);
  expect(await marks('releases', ofAcme)).toEqual(ofAll.slice(0, 2));
  const ofSearch: Filter = { dimension: 'service', operator: '=', values: ['search'] };
  expect(await marks('releases', [...ofAcme, ofSearch])).toEqual(ofAll.slice(1, 2));
});

test('a budget’s crossings are marked; those of other tenants are filtered out', async () => {
  await make(storage.pool, { name: 'Acme', thresholds: [0.8, 1], amount: '10', period: 'day' });
  await make(storage.pool, { name: 'Globex', tenant: 'globex', thresholds: [0.5], amount: '10', period: 'day' });
  await storeEvents(storage.pool, [call(9, { time: now() }), call(6, { time: now(), tenant: 'globex' })]);
  expect((await marks('budget_crossings')).sort()).toEqual([
    'Acme: 80% of the limit reached, tenant acme',
    'Globex: 50% of the limit reached, tenant globex',
  ]);
  expect(await marks('budget_crossings', ofAcme)).toEqual(['Acme: 80% of the limit reached, tenant acme']);
});

test('pricing past calls again is marked with who did it and why', async () => {
  await storage.pool.query(
    `INSERT INTO public.price_audit (by, action, why, version, details)
     VALUES ('jane', 'reprice', 'contract 2026', 1, '{}'), ('jane', 'add', NULL, 2, '{}')`
  );
  expect(await marks('repricings', ofAcme)).toEqual(['Past calls priced again: jane: contract 2026']);
});

test('who sees some tenants sees their marks only, and of repricings only that there was one', async () => {
  await make(storage.pool, { name: 'Everybody', tenant: null, thresholds: [0.01], amount: '10', period: 'day' });
  await storeEvents(storage.pool, [call(1, { time: now() })]);
  expect((await marks('budget_crossings')).join()).toContain('Everybody');
  const seen = async (name: AnnotationName, tenants: string[], filters: readonly Filter[] = []) => {
    const { rows } = await readViewTable(storage.pool, annotationSql(name, filters, range, tenants));
    return rows.map(([, title, text]) => `${title}: ${text}`);
  };
  expect(await seen('releases', ['globex'])).toEqual(['checkout v3: Deployed']);
  expect(await seen('releases', ['globex'], ofAcme)).toEqual([]);
  expect(await seen('budget_crossings', ['globex'])).toEqual(['Globex: 50% of the limit reached, tenant globex']);
  expect(await seen('budget_crossings', [''])).toEqual([]);
  expect(await seen('repricings', ['acme'])).toEqual([
    'Past calls priced again: Costs of earlier calls may have changed',
  ]);
  expect(await seen('releases', [])).toEqual([]);
  expect(await seen('budget_crossings', ["x']) OR (1=1"])).toEqual([]);
});

test.each(ANNOTATIONS.map(({ name }) => name))(
  '%s: the collector gives the rows of the read-only login',
  async (name) => {
    const sql = annotationSql(name, [], range);
    const { columns, rows } = await readViewTable(storage.pool, sql);
    const read = await reader.query<unknown[]>({ text: sql, rowMode: 'array' });
    expect(columns).toEqual(
      ['time', 'title', 'text', 'tags'].map((column) => ({ name: column, type: column === 'time' ? 'time' : 'text' }))
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(rows).toEqual(
      read.rows.map((row) => row.map((value) => (value instanceof Date ? value.toISOString() : value)))
    );
  }
);

test('with nothing to mark there are no rows', async () => {
  const nobody: Filter[] = [{ dimension: 'tenant', operator: '=', values: ['nobody'] }];
  await storage.pool.query('TRUNCATE public.price_audit, public.repriced_events');
  await storage.pool.query('UPDATE public.budgets SET deleted_at = now() WHERE tenant IS NULL');
  for (const { name } of ANNOTATIONS) {
    expect(await marks(name, nobody)).toEqual([]);
  }
});
