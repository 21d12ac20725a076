import { NOVEMBER, tableFrame } from '../../testing/sources';
import { valuesQuery } from '../suggestions';
import type { QueryFilter } from '../types';
import { listStatements } from './lists';

const NOW = Date.parse('2026-11-07T12:30:00Z');
const ACME: QueryFilter[] = [{ dimension: 'tenant', operator: '=', values: ['acme'] }];

const question = (dimension: string, filters: readonly QueryFilter[] = []) => ({
  refId: `values-${dimension}`,
  query: valuesQuery(dimension, filters, NOVEMBER),
});
const statements = (...questions: Array<ReturnType<typeof question>>) => listStatements(questions, NOW);

it('ask once for the lists of what dashboards filter by', () => {
  const [both, ...others] = statements(question('model'), question('team'));
  expect(others).toEqual([]);
  expect(both.questions.map(({ refId }) => refId)).toEqual(['values-model', 'values-team']);
  expect(both.read(tableFrame({ list: [0, 0, 1], value: ['gpt-4.1', '(not set)', 'search'] }))).toEqual([
    ['gpt-4.1', '(not set)'],
    ['search'],
  ]);
  expect(both.read(tableFrame({ list: [1], value: ['search'] }))).toEqual([[], ['search']]);
  expect(both.read(undefined)).toEqual([[], []]);
  const error = new Error('too slow');
  expect(both.read(error)).toEqual([error, error]);
});

it('ask apart for lists that are narrowed by others, or of many values', () => {
  const asked = statements(
    question('tenant', ACME),
    question('model', ACME),
    question('user_id'),
    question('team', ACME)
  );
  expect(asked.map(({ questions }) => questions.map(({ refId }) => refId))).toEqual([
    ['values-tenant'],
    ['values-model', 'values-team'],
    ['values-user_id'],
  ]);
  const [tenants, narrowed] = asked;
  expect(tenants.sql).not.toContain('acme');
  expect(narrowed.sql).toContain("tenant IN ('acme')");
  expect(tenants.read(tableFrame({ tenant: ['acme', 'globex'], calls: [2, 1] }))).toEqual([['acme', 'globex']]);
});

it('read what rollups can’t have yet from the calls: their views would sum every dimension of it first', () => {
  for (const { sql } of [...statements(question('model')), ...statements(question('model'), question('team'))]) {
    expect(sql).toContain(
      "_1d_rollup WHERE bucket >= '2026-11-01T00:00:00.000Z'::timestamptz AND bucket < '2026-11-07T00"
    );
    expect(sql).toContain("public.usage_events WHERE time >= '2026-11-07T10:00:00.000Z'");
  }
});
