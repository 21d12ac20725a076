import fc from 'fast-check';
import type { Costs, Pricing, Usage, UsageEvent } from '../events/usageEvent';
import { charge, chargeInNumbers, price } from './calculate';
import { CompiledPrice } from './compiledPrice';
import { explainRow } from './explainRow';
import { quantities, wholeInput } from './quantities';
import { RATE_NAMES } from './rates';
import { bookOf, call, MINI, stored, type TestRow } from './testing';

/** A price with up to 9 decimals per 1M tokens: about a third of them gives fractions of a pico-USD. */
const rate = fc
  .tuple(fc.nat(200), fc.nat(9), fc.nat(999_999_999))
  .map(([whole, digits, fraction]) =>
    digits === 0 ? `${whole}` : `${whole}.${String(fraction).padStart(9, '0').slice(0, digits)}`
  );

const row: fc.Arbitrary<TestRow> = fc
  .record({
    rates: fc.array(rate, { minLength: RATE_NAMES.length, maxLength: RATE_NAMES.length }),
    ownReasoning: fc.boolean(),
  })
  .map(({ rates, ownReasoning }) => ({
    ...MINI,
    ...Object.fromEntries(RATE_NAMES.map((name, index) => [name, rates[index]!])),
    ...(!ownReasoning && { reasoning: null }),
  }));

const tokensUpTo = (most: number) => fc.oneof(fc.nat(3), fc.nat(300_000), fc.nat(most));
const tokens = tokensUpTo(2_000_000_000);

/** Consistent usage: parts that fit into their wholes, each of `most` tokens at most. */
function usageUpTo(most: number): fc.Arbitrary<Partial<UsageEvent>> {
  const part = tokensUpTo(most);
  return fc
    .tuple(part, part, part, part, part, part, part, part, fc.nat(5), fc.nat(50))
    .map(([text, read, short, long, audio, written, thought, spoken, requests, searches]) => ({
      input_tokens: text + read + short + long + audio,
      cache_read_tokens: read,
      cache_write_5m_tokens: short,
      cache_write_1h_tokens: long,
      audio_input_tokens: audio,
      output_tokens: written + thought + spoken,
      reasoning_tokens: thought,
      audio_output_tokens: spoken,
      requests,
      web_searches: searches,
    }));
}

/** At the dearest rates about a third of the largest amount that one call may cost. */
const usage = usageUpTo(2_000_000_000);
/** Stays below the largest amount when it costs nine times as much. */
const usageToMultiply = usageUpTo(400_000_000);

function priced(known: TestRow, event: Partial<UsageEvent>): Pricing & { priced: true } {
  const pricing = price(call(event), bookOf(known));
  if (!pricing.priced) {
    throw new Error(pricing.unpriced_reason);
  }
  return pricing;
}

test('the components add up to the total, and every amount is a bigint ≥ 0', () => {
  fc.assert(
    fc.property(row, usage, (known, event) => {
      const { input_cost, cache_read_cost, cache_write_cost, output_cost, other_cost, total_cost, ...rest } = priced(
        known,
        event
      );
      expect(total_cost).toBe(input_cost + cache_read_cost + cache_write_cost + output_cost + other_cost);
      const all = [input_cost, cache_read_cost, cache_write_cost, output_cost, other_cost, rest.reasoning_cost];
      expect(all.every((pico) => typeof pico === 'bigint' && pico >= 0n)).toBe(true);
      // A part of output; where it is rounded by itself, half a pico-USD may be between.
      expect(rest.reasoning_cost <= output_cost + 1n).toBe(true);
    })
  );
});

test('plain numbers give what bigints give, or leave it to them', () => {
  fc.assert(
    fc.property(row, usage, (known, event) => {
      const compiled = CompiledPrice.of(stored(known));
      const counted: Usage = call(event);
      const { rates } = compiled.planFor(wholeInput(counted), null, 0)!;
      const units = quantities(counted, compiled, rates);
      const fast = chargeInNumbers(units, rates, counted.reasoning_tokens ?? 0);
      fc.pre(fast !== null);
      expect(fast).toEqual(charge(units, rates, counted.reasoning_tokens ?? 0));
    })
  );
});

test('the explained lines add up to the same columns', () => {
  fc.assert(
    fc.property(row, usage, (known, event) => {
      const compiled = CompiledPrice.of(stored(known));
      const costs = priced(known, event);
      const { components } = explainRow(call(event), compiled);
      const sum = (column: string) =>
        components.filter((line) => line.column === column).reduce((total, line) => total + BigInt(line.amount!), 0n);
      for (const column of [
        'input_cost',
        'cache_read_cost',
        'cache_write_cost',
        'output_cost',
        'other_cost',
      ] as const) {
        expect([column, sum(column)]).toEqual([column, costs[column]]);
      }
    })
  );
});

test('n times the tokens cost n times as much where no fraction is rounded', () => {
  const whole = fc
    .nat(200_000_000)
    .map((micros) => `${Math.floor(micros / 1e6)}.${String(micros % 1e6).padStart(6, '0')}`);
  fc.assert(
    fc.property(
      whole,
      whole,
      fc.nat(1_000_000),
      fc.nat(1_000_000),
      fc.integer({ min: 1, max: 50 }),
      (input, output, inTokens, outTokens, n) => {
        const known = { ...MINI, input, output };
        const one = priced(known, { input_tokens: inTokens, output_tokens: outTokens });
        const many = priced(known, { input_tokens: n * inTokens, output_tokens: n * outTokens });
        expect(many.total_cost).toBe(BigInt(n) * one.total_cost);
      }
    )
  );
});

test('more tokens never cost less', () => {
  const fields = ['input_tokens', 'output_tokens', 'web_searches', 'requests'] as const;
  fc.assert(
    fc.property(row, usage, fc.constantFrom(...fields), fc.nat(1000), (known, event, field, more) => {
      const before = priced(known, event).total_cost;
      const after = priced(known, { ...event, [field]: (event[field] ?? 0) + more }).total_cost;
      expect(after >= before).toBe(true);
    })
  );
});

test('a multiplier m gives m times each component, rounded once', () => {
  fc.assert(
    fc.property(row, usageToMultiply, fc.integer({ min: 1, max: 9 }), (known, event, m) => {
      const standard = priced(known, event);
      const scaled = priced(
        { ...known, service_tiers: { batch: { multiplier: String(m) } } },
        { ...event, service_tier: 'batch' }
      );
      for (const column of ['input_cost', 'cache_read_cost', 'output_cost'] as const satisfies ReadonlyArray<
        keyof Costs
      >) {
        const off = scaled[column] - BigInt(m) * standard[column];
        // Each side is within half a pico-USD of the exact product (output has two rounded parts).
        expect(off <= BigInt(m + 1) && off >= -BigInt(m + 1)).toBe(true);
      }
    })
  );
});

test('contradicting numbers are priced or refused, but never negative', () => {
  const anything = fc.record({
    input_tokens: fc.option(tokens),
    cache_read_tokens: fc.option(tokens),
    cache_write_5m_tokens: fc.option(tokens),
    audio_input_tokens: fc.option(tokens),
    image_input_tokens: fc.option(tokens),
    output_tokens: fc.option(tokens),
    reasoning_tokens: fc.option(tokens),
    audio_output_tokens: fc.option(tokens),
  });
  fc.assert(
    fc.property(row, anything, (known, event) => {
      const pricing = price(call(event), bookOf(known));
      const amounts = pricing.priced ? Object.values(pricing).filter((value) => typeof value === 'bigint') : [];
      const { cache_savings = 0n } = pricing.priced ? pricing : {};
      expect(amounts.every((pico) => pico >= 0n || pico === cache_savings)).toBe(true);
    })
  );
});
