import type { Batch, Caching, Routing, RoutingCandidate } from './savings';
import { together } from './together';

const WORK = { tenant: 'acme', feature: 'chat', operation: 'chat', provider: 'openai', model: 'large' };
const candidate = (saving: string, evidence: RoutingCandidate['evidence'] = 'same_feature') =>
  ({ saving, evidence }) as RoutingCandidate;
const routing = (candidates: RoutingCandidate[], more: Partial<Routing> = {}) =>
  ({ ...WORK, candidates, ...more }) as Routing;
const caching = (possible: string | null, more: Partial<Caching> = {}) =>
  ({ ...WORK, service_tier: 'standard', possible, ...more }) as Caching;
const batch = (saving: string, more: Partial<Batch> = {}) =>
  ({ ...WORK, service_tier: 'batch', saving, ...more }) as Batch;

it('counts each work once, by the way that saves most', () => {
  const nightly = { feature: 'nightly' };
  const found = together({
    routing: [routing([candidate('12.6'), candidate('9')])],
    caching: [caching('4.5'), caching('6', nightly)],
    batch: [batch('7', nightly)],
  });
  expect(found).toEqual({
    saving: '19.6',
    works: [
      { ...WORK, routing: '12.6', caching: '4.5', batch: null, best: 'routing', saving: '12.6' },
      { ...WORK, ...nightly, routing: null, caching: '6', batch: '7', best: 'batch', saving: '7' },
    ],
  });
});

it('adds up to the last digit, and never to more than all ways together or less than the largest', () => {
  const { saving, works } = together({
    routing: [routing([candidate('0.000000000001')])],
    caching: [caching('0.000000000002', { feature: 'b' })],
    batch: [],
  });
  expect([saving, works.map((work) => work.saving)]).toEqual(['0.000000000003', ['0.000000000002', '0.000000000001']]);
});

it('leaves out cheaper models that little is known of, and ways that save nothing', () => {
  const found = together({
    routing: [routing([candidate('13', 'thin')]), routing([candidate('20', 'thin'), candidate('5')], { model: 'b' })],
    caching: [caching(null), caching('-2', { feature: 'dear' }), caching('0', { feature: 'nothing' })],
    batch: [],
  });
  expect(found.works.map(({ model, saving }) => [model, saving])).toEqual([['b', '5']]);
  expect(found.saving).toBe('5');
});

it('work of another served tier is other work', () => {
  const found = together({
    routing: [routing([candidate('3')])],
    caching: [caching('2', { service_tier: null }), caching('1', { service_tier: 'priority' })],
    batch: [],
  });
  expect(found.saving).toBe('4');
  expect(found.works.map(({ best, saving }) => [best, saving])).toEqual([
    ['routing', '3'],
    ['caching', '1'],
  ]);
});

it('with nothing to save it is zero', () => {
  expect(together({ routing: [], caching: [], batch: [] })).toEqual({ saving: '0', works: [] });
});
