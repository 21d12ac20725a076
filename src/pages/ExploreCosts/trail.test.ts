import { backTo, filtersOf, into, nextSplit, readTrail, writeTrail } from './trail';

const read = (search: string) => readTrail(new URLSearchParams(search));

it('begins with everything, by who pays', () => {
  expect(read('')).toEqual({ metric: 'total_cost', split: 'tenant', steps: [] });
});

it('is the same after it went through the address, whatever the values are', () => {
  const trail = {
    metric: 'calls',
    split: 'model',
    steps: [
      { dimension: 'tenant', value: 'a:b & c=d?#"é' },
      { dimension: 'tags.queue', value: '' },
      { dimension: 'project', value: '(not set)' },
    ],
  };
  const address = writeTrail(new URLSearchParams('from=now-7d&in=model:old'), trail).toString();
  expect(read(address)).toEqual(trail);
  expect(address).toContain('from=now-7d');
});

it('leaves out what makes no sense', () => {
  expect(read('metric=colour&split=shape&in=shape:round&in=nothing&in=tenant:acme')).toEqual({
    metric: 'total_cost',
    split: 'project',
    steps: [{ dimension: 'tenant', value: 'acme' }],
  });
});

it('steps in by another dimension each time, and back to where it was split', () => {
  const first = read('');
  const second = into(into(first, 'acme'), 'shop');
  expect(second).toMatchObject({ split: 'model', steps: [{ value: 'acme' }, { dimension: 'project', value: 'shop' }] });
  expect(backTo(second, 1)).toMatchObject({ split: 'project', steps: [{ dimension: 'tenant', value: 'acme' }] });
  expect(backTo(second, 0)).toEqual(first);
  expect(filtersOf(second)[1]).toEqual({ dimension: 'project', operator: '=', values: ['shop'] });
});

it('ends with the cost type', () => {
  const all = ['tenant', 'project', 'model', 'team', 'service', 'agent', 'user_id', 'feature'];
  expect(nextSplit(all.map((dimension) => ({ dimension, value: 'x' })))).toBe('cost_type');
});
