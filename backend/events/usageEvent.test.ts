import { pricedEvent, usageEvent } from './usageEvent';

it('a priced event has every field of the event, in the same order, and its pricing', () => {
  const blank = usageEvent({ event_id: '', time: 0, source: '' });
  const names = Object.keys(blank);
  const event = Object.fromEntries(names.map((name, i) => [name, `value ${i}`])) as unknown as typeof blank;
  const pricing = { priced: false, unpriced_reason: 'no_usage' } as const;
  const priced = pricedEvent(event, pricing);
  expect(priced).toEqual({ ...event, pricing });
  expect(Object.keys(priced)).toEqual([...names, 'pricing']);
});
