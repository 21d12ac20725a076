import type { QueryFilter } from '../../datasource/types';
import { filterWords, readFilters, wholeFilters, writeFilters } from './filters';

const read = (address: string) => readFilters(new URLSearchParams(address));

it('are read as they were written, dividers and several values included', () => {
  const filters: QueryFilter[] = [
    { dimension: 'tenant', operator: '=', values: ['acme', 'a|b & c'] },
    { dimension: 'tags.ticket', operator: '!~', values: ['^X-[0-9]+$'] },
  ];
  const written = writeFilters(new URLSearchParams('from=now-7d&var-model=gpt-4.1&var-filters=team|=|core'), filters);
  expect(written.get('from')).toBe('now-7d');
  expect(readFilters(new URLSearchParams(written.toString()))).toEqual(filters);
});

it('of a dashboard come with its link: the filter bar, and filters by other dimensions', () => {
  const address =
    'var-ds=cost&var-tenant=acme&var-tenant=globex&var-project=$__all&var-model=&var-split=model&var-filters=team|=|core&var-filters=agent|%3D__gfp__|a|b';
  expect(read(address)).toEqual([
    { dimension: 'team', operator: '=', values: ['core'] },
    { dimension: 'agent', operator: '=', values: ['a', 'b'] },
    { dimension: 'tenant', operator: '=', values: ['acme', 'globex'] },
  ]);
});

it('that make no sense are left out', () => {
  expect(read('filter=nonsense|=|x&filter=tenant|<|x&filter=&var-nonsense=x')).toEqual([]);
});

it('that are only begun are kept for the form and asked for by nobody', () => {
  const begun: QueryFilter = { dimension: '', operator: '=', values: [] };
  const tenant: QueryFilter = { dimension: 'tenant', operator: '=', values: [] };
  const filters = readFilters(writeFilters(new URLSearchParams(), [begun, tenant]));
  expect(filters).toEqual([begun, tenant]);
  expect(wholeFilters(filters)).toEqual([]);
});

it('are told in words', () => {
  expect(filterWords({ dimension: 'tenant', operator: '!=', values: ['acme', 'globex'] })).toBe(
    'Tenant is not acme or globex'
  );
});
