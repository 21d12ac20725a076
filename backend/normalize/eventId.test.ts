import { eventId, isSpanEventId, spanEventId } from './eventId';

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

  it('of spans are known from any other id', () => {
    const [trace, span] = ['5b8efff798038103d269b633813fc60c', 'eee19b7ec3c1b174'];
    const id = spanEventId(trace, span);
    expect(isSpanEventId(id, trace, span)).toBe(true);
    for (let i = 0; i < id.length; i++) {
      const other = `${id.slice(0, i)}${id[i] === '0' ? '1' : '0'}${id.slice(i + 1)}`;
      expect([other, isSpanEventId(other, trace, span)]).toEqual([other, false]);
    }
    expect(isSpanEventId(id.slice(1), trace, span)).toBe(false);
    expect(isSpanEventId(id, trace.slice(1), span)).toBe(false);
    expect(isSpanEventId(id, trace, `${span}0`)).toBe(false);
  });
});
