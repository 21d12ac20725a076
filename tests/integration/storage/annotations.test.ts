import { Client } from 'pg';
import { storeEvents } from '../../../backend/storage/writer';
import { ANNOTATIONS, type AnnotationName, annotationSql, type Filter } from '../../../src/query';
import { call, make } from '../budgets/support';
import { DAY, now, openStorage, type Storage } from './support';

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

test('a new version is marked once, by its first hour; the first of all is where the data begins', async () => {
  const at = (days: number, release: string, tenant = 'acme') =>
    call(1, { time: now() - days * DAY, service: 'checkout', release, tenant });
  await storeEvents(storage.pool, [
    at(15, 'v1'),
    at(9, 'v1'),
    at(8, 'v2'),
    at(7, 'v2'),
    at(6, 'v1'),
    at(3, 'v3', 'globex'),
  ]);
  const first = 'First call of this version';
  expect(await marks('releases')).toEqual([`checkout v2: ${first}`, `checkout v3: ${first}`]);
  expect(await marks('releases', ofAcme)).toEqual([`checkout v2: ${first}`]);
});

test('a budget’s crossings are marked; those of other tenants are filtered out', async () => {
  await make(storage.pool, { name: 'Acme', thresholds: [0.8, 1], amount: '10', period: 'day' });
  await make(storage.pool, { name: 'Globex', tenant: 'globex', thresholds: [0.5], amount: '10', period: 'day' });
  await storeEvents(storage.pool, [call(9, { time: now() }), call(6, { time: now(), tenant: 'globex' })]);
  expect((await marks('budget_crossings')).sort()).toEqual([
    'Acme: 80 % of the limit reached, tenant acme',
    'Globex: 50 % of the limit reached, tenant globex',
  ]);
  expect(await marks('budget_crossings', ofAcme)).toEqual(['Acme: 80 % of the limit reached, tenant acme']);
});

test('pricing past calls again is marked with who did it and why', async () => {
  await storage.pool.query(
    `INSERT INTO public.price_audit (by, action, why, version, details)
     VALUES ('jane', 'reprice', 'contract 2026', 1, '{}'), ('jane', 'add', NULL, 2, '{}')`
  );
  expect(await marks('repricings', ofAcme)).toEqual(['Past calls priced again: jane: contract 2026']);
});

test('with nothing to mark there are no rows', async () => {
  const nobody: Filter[] = [{ dimension: 'tenant', operator: '=', values: ['nobody'] }];
  await storage.pool.query('TRUNCATE public.price_audit, public.repriced_events');
  for (const { name } of ANNOTATIONS) {
    expect(await marks(name, nobody)).toEqual([]);
  }
});
