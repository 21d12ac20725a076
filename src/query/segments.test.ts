import fc from 'fast-check';
import { ROLLUPS, type Rollup } from './rollups';
import { cover } from './segments';

const day = ROLLUPS.find(({ grain }) => grain === 'day')!;
const hour = ROLLUPS.find(({ grain }) => grain === 'hour')!;
const at = (text: string) => Date.parse(text);
const told = (segments: ReturnType<typeof cover>) =>
  segments.map(({ source, from, to }) => [
    source === 'usage_events' ? source : source.name,
    new Date(from).toISOString(),
    new Date(to).toISOString(),
  ]);

it('takes whole days and hours from rollups and the edges from raw events', () => {
  expect(told(cover(at('2026-01-01T22:17:00Z'), at('2026-01-04T01:30:00Z'), [day, hour]))).toEqual([
    ['usage_events', '2026-01-01T22:17:00.000Z', '2026-01-01T23:00:00.000Z'],
    ['usage_model_1h', '2026-01-01T23:00:00.000Z', '2026-01-02T00:00:00.000Z'],
    ['usage_model_1d', '2026-01-02T00:00:00.000Z', '2026-01-04T00:00:00.000Z'],
    ['usage_model_1h', '2026-01-04T00:00:00.000Z', '2026-01-04T01:00:00.000Z'],
    ['usage_events', '2026-01-04T01:00:00.000Z', '2026-01-04T01:30:00.000Z'],
  ]);
});

it('takes raw events alone within one hour', () => {
  expect(told(cover(at('2026-01-01T22:17:00Z'), at('2026-01-01T22:30:00Z'), [day, hour]))).toEqual([
    ['usage_events', '2026-01-01T22:17:00.000Z', '2026-01-01T22:30:00.000Z'],
  ]);
});

it('takes from raw events what is too new for rollups', () => {
  const now = at('2026-01-04T01:30:00Z');
  expect(told(cover(at('2026-01-02T00:00:00Z'), now, [day, hour], now))).toEqual([
    ['usage_model_1d', '2026-01-02T00:00:00.000Z', '2026-01-03T00:00:00.000Z'],
    ['usage_model_1h', '2026-01-03T00:00:00.000Z', '2026-01-03T23:00:00.000Z'],
    ['usage_events', '2026-01-03T23:00:00.000Z', '2026-01-04T01:30:00.000Z'],
  ]);
  expect(told(cover(at('2026-01-02T00:00:00Z'), now, [day], now))).toEqual([
    ['usage_model_1d', '2026-01-02T00:00:00.000Z', '2026-01-03T00:00:00.000Z'],
    ['usage_events', '2026-01-03T00:00:00.000Z', '2026-01-04T01:30:00.000Z'],
  ]);
});

it('covers every range without gap or overlap, rollups only by whole grains', () => {
  const start = fc.integer({ min: 0, max: 4e12 });
  const length = fc.integer({ min: 1, max: 1e10 });
  const ages = fc.oneof(fc.constant(Infinity), fc.integer({ min: -1e9, max: 1e9 }));
  const levels = fc.constantFrom<Rollup[]>([], [day], [hour], [day, hour]);
  fc.assert(
    fc.property(start, length, levels, ages, (from, length, list, age) => {
      const segments = cover(from, from + length, list, from + length + age);
      expect(segments[0]!.from).toBe(from);
      expect(segments.at(-1)!.to).toBe(from + length);
      segments.forEach((segment, i) => {
        expect(segment.to).toBeGreaterThan(segment.from);
        expect(segments[i + 1]?.from ?? segment.to).toBe(segment.to);
        if (segment.source !== 'usage_events') {
          const grain = segment.source.grain === 'day' ? 86_400_000 : 3_600_000;
          expect([segment.from % grain, segment.to % grain]).toEqual([0, 0]);
        }
      });
    })
  );
});
