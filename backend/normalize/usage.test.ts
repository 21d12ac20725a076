import fc from 'fast-check';
import { inclusiveUsage, INCLUSIVE, noUsage, qualityOf, UNKNOWN, type Convention, type RawUsage } from './usage';

const inclusive = (raw: Partial<RawUsage>, convention: Convention = UNKNOWN) =>
  inclusiveUsage({ ...noUsage(), ...raw }, convention);

describe('usage in the inclusive convention', () => {
  it('keeps what a source did not say unknown, and what it said 0', () => {
    expect(inclusive({}).usage).toMatchObject({ input_tokens: null, output_tokens: null, cache_read_tokens: null });
    expect(inclusive({ input: 0, output: 0, cacheRead: 0 }).usage).toMatchObject({
      input_tokens: 0,
      output_tokens: 0,
      cache_read_tokens: 0,
    });
  });

  it('adds parts that stand beside the total, as a source is known to send them', () => {
    const { usage, inferred } = inclusive(
      { input: 111, cacheRead: 50, cacheWrite: 20, output: 200, reasoning: 30 },
      { input: 'exclusive', output: 'exclusive' }
    );
    expect(usage).toMatchObject({ input_tokens: 181, output_tokens: 230 });
    expect(inferred).toBe(false);
  });

  it('concludes from arithmetic what nobody said, and says so', () => {
    const { usage, inferred } = inclusive({ input: 111, cacheRead: 5000, cacheWrite: 2000 });
    expect(usage.input_tokens).toBe(7111);
    expect(inferred).toBe(true);
    expect(qualityOf(usage, { inferred, neverCacheDetail: false })).toBe('inferred_convention');
  });

  it("takes a source's own sum as evidence, but not against what is known of it", () => {
    const raw = { input: 800, output: 200, cacheRead: 500, total: 1500 };
    expect(inclusive(raw)).toMatchObject({ usage: { input_tokens: 1300 }, inferred: true });
    expect(inclusive({ ...raw, total: 1000 })).toMatchObject({ usage: { input_tokens: 800 }, inferred: false });
    expect(inclusive(raw, INCLUSIVE)).toMatchObject({ usage: { input_tokens: 800 }, inferred: false });
  });

  it.each([
    ['all of it short-lived, the default', { cacheWrite: 20 }, 20, null],
    ['split', { cacheWrite5m: 15, cacheWrite1h: 5 }, 15, 5],
    ['split, with the sum beside', { cacheWrite: 20, cacheWrite5m: 15, cacheWrite1h: 5 }, 15, 5],
    ['the long-lived part and the sum', { cacheWrite: 20, cacheWrite1h: 5 }, 15, 5],
    ['the long-lived part alone', { cacheWrite1h: 5 }, 0, 5],
  ])('cache writes: %s', (_what, raw, short, long) => {
    expect(inclusive({ input: 100, ...raw }).usage).toMatchObject({
      input_tokens: 100,
      cache_write_5m_tokens: short,
      cache_write_1h_tokens: long,
    });
  });

  it('never gives parts that exceed their total', () => {
    const count = fc.option(fc.nat(10_000), { nil: null });
    const raw = fc.record({
      input: count,
      output: count,
      cacheRead: count,
      cacheWrite: count,
      cacheWrite5m: count,
      cacheWrite1h: count,
      reasoning: count,
      total: count,
    });
    const side = fc.constantFrom('inclusive' as const, 'exclusive' as const, 'unknown' as const);
    fc.assert(
      fc.property(raw, side, side, (counts, input, output) => {
        const { usage } = inclusive(counts, { input, output });
        const parts = [usage.cache_read_tokens, usage.cache_write_5m_tokens, usage.cache_write_1h_tokens];
        const cached = parts.reduce<number>((sum, part) => sum + (part ?? 0), 0);
        expect(usage.input_tokens ?? 0).toBeGreaterThanOrEqual(cached);
        expect(usage.output_tokens ?? 0).toBeGreaterThanOrEqual(usage.reasoning_tokens ?? 0);
      })
    );
  });
});
