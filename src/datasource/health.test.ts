import { costSource, tableFrame, TestPostgres } from '../testing/sources';
import { COUNTS_SQL, TABLES_SQL } from './health';

/** A database with tables and counts. */
function database(
  there: boolean,
  counts: Partial<Record<'calls' | 'unpriced' | 'tenants' | 'models' | 'latest', number | null>> = {}
) {
  const postgres = new TestPostgres();
  const columns = { calls: 0, unpriced: 0, tenants: 0, models: 0, latest: null, ...counts };
  postgres.answer = ({ rawSql }) =>
    rawSql === TABLES_SQL
      ? { ...tableFrame({ there: [1] }), fields: [{ ...tableFrame({ there: [1] }).fields[0], values: [there] }] }
      : tableFrame(Object.fromEntries(Object.entries(columns).map(([name, value]) => [name, [value]])));
  return postgres;
}

it('says that no PostgreSQL data source is chosen', async () => {
  const { source } = costSource(new TestPostgres(), {});
  expect(await source.testDatasource()).toEqual({
    status: 'error',
    message: expect.stringMatching(/^No PostgreSQL data source is chosen\./),
  });
});

it('says that the chosen one is gone', async () => {
  const { source } = costSource(new TestPostgres(), { postgresUid: 'gone' });
  expect((await source.testDatasource()).message).toMatch(/"gone" does not exist/);
});

it('says that the chosen one is of another type', async () => {
  const postgres = new TestPostgres();
  postgres.type = 'mysql';
  const { source } = costSource(postgres);
  expect((await source.testDatasource()).message).toMatch(/is a mysql data source/);
});

it('says that the database does not answer, and asks no more of it', async () => {
  const postgres = new TestPostgres();
  postgres.health = { status: 'error', message: 'dial tcp 127.0.0.1:5432: connect: connection refused' };
  const { source } = costSource(postgres);
  expect(await source.testDatasource()).toEqual({
    status: 'error',
    message: expect.stringMatching(/can’t be reached.*connection refused/),
  });
  expect(postgres.asked).toEqual([]);
});

it('says that the collector never ran', async () => {
  const { source } = costSource(database(false));
  expect(await source.testDatasource()).toEqual({
    status: 'error',
    message: expect.stringMatching(/no usage tables\. Start the collector once/),
  });
});

it('says that nothing arrived yet, and how to send something', async () => {
  const { source } = costSource(database(true));
  expect(await source.testDatasource()).toEqual({
    status: 'warning',
    message: expect.stringMatching(/no calls have arrived yet.*4318.*\/v1\/events/),
  });
});

it('says how much is there', async () => {
  const latest = Date.now() - 120_000;
  const { source } = costSource(database(true, { calls: 122_363, unpriced: 1, tenants: 4, models: 1, latest }));
  expect(await source.testDatasource()).toEqual({
    status: 'success',
    message:
      '122,363 calls of 4 tenants and 1 model in the last 90 days, the last one 2 minutes ago; 1 call without a price.',
  });
});

it('explains an error of the database', async () => {
  const postgres = database(true);
  const answer = postgres.answer;
  postgres.answer = (target) =>
    target.rawSql === COUNTS_SQL ? new Error('pq: permission denied for view usage_1d') : answer(target);
  const { source } = costSource(postgres);
  expect((await source.testDatasource()).message).toMatch(/may not read the usage tables.*permission denied/);
});
