import { eventId, spanEventId } from './eventId';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/;

describe('event ids', () => {
  it('are UUIDs of version 8 that depend on every part and on where parts end', () => {
    const ids = [eventId('ab', 'c'), eventId('a', 'bc'), eventId('abc'), eventId('abc', '')];
    expect(new Set(ids).size).toBe(4);
    for (const id of ids) {
      expect(id).toMatch(UUID);
    }
    expect(eventId('ab', 'c')).toBe(ids[0]);
  });

  it('of spans show the span id and differ when any digit of it does', () => {
    const trace = '5b8efff798038103d269b633813fc60c';
    expect(spanEventId(trace, 'eee19b7ec3c1b174')).toBe('69b63381-3fc6-80ce-8ee1-9b7ec3c1b174');
    expect(spanEventId(trace, '0ee19b7ec3c1b174')).not.toBe(spanEventId(trace, '4ee19b7ec3c1b174'));
  });
});
