import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UsageEvent } from '../events/usageEvent';
import { PriceBook } from './book';
import { price } from './calculate';
import { loadCatalogue } from './catalogue';
import { canonicalProvider } from './providers';
import { picoToUsd } from './decimal';
import { at, call } from './testing';

const rows = loadCatalogue();
const book = PriceBook.from(rows);

/** What 100,000 input tokens, half of them cached, and 10,000 output tokens cost on 2026-11-01. */
function usd(provider: string | null, model: string, change: Partial<UsageEvent> = {}): string {
  const usage = { input_tokens: 100_000, cache_read_tokens: 50_000, output_tokens: 10_000 };
  const pricing = price(call({ time: at('2026-11-01T12:00:00Z'), provider, model, ...usage, ...change }), book);
  return pricing.priced ? picoToUsd(pricing.total_cost) : pricing.unpriced_reason;
}

describe('the models that people name', () => {
  test.each([
    ['openai', 'gpt-5.1', '0.16875'],
    ['openai', 'gpt-5.1-codex-unheard-of', 'unknown_model'],
    ['openai', 'gpt-4.1', '0.205'],
    ['openai', 'gpt-4.1-mini-2025-04-14', '0.041'],
    ['openai', 'gpt-4.1-nano', '0.01025'],
    ['openai', 'gpt-4o-mini-2024-07-18', '0.01725'],
    ['anthropic', 'claude-sonnet-4-20250514', '0.315'],
    ['anthropic', 'claude-3-5-haiku-20241022', '0.084'],
    ['anthropic', 'claude-haiku-3.5', '0.084'],
    ['anthropic', 'claude-opus-4-5', '0.525'],
    ['gcp.gemini', 'models/gemini-2.5-pro', '0.16875'],
    ['google', 'gemini-2.5-flash', '0.0415'],
    ['deepseek', 'deepseek-v3', '0.028'],
    ['deepseek', 'deepseek-r1', '0.0564'],
    ['deepseek', 'deepseek-chat', 'no_price_at_time'],
    ['aws.bedrock', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', '0.3465'],
    ['aws.bedrock', 'anthropic.claude-sonnet-4-5-20250929-v1:0', '0.3465'],
    ['aws.bedrock', 'global.anthropic.claude-sonnet-4-5-20250929-v1:0', '0.315'],
    ['azure.ai.openai', 'gpt-4o-mini', '0.01725'],
    ['gcp.vertex_ai', 'claude-haiku-4-5@20251001', '0.105'],
    ['x_ai', 'grok-4-0709', '0.3375'],
    ['openrouter', 'anthropic/claude-sonnet-4.5', '0.315'],
    [null, 'anthropic/claude-sonnet-4-5', '0.315'],
    [null, 'gpt-4.1-nano', '0.01025'],
    ['openai', 'ft:gpt-4o-2024-08-06:acme::xyz', 'no_rate_for_component'],
  ])('%s %s: %s', (provider, model, expected) => {
    expect(usd(provider, model)).toBe(expected);
  });

  test('a long context, a batch, a time before a price cut', () => {
    expect(
      usd('anthropic', 'claude-sonnet-4-5', { input_tokens: 200_001, cache_read_tokens: 0, output_tokens: 0 })
    ).toBe('1.200006');
    expect(usd('anthropic', 'claude-sonnet-4-5', { service_tier: 'batch' })).toBe('0.1575');
    const claude = {
      input_tokens: 1_000_000,
      cache_read_tokens: 0,
      output_tokens: 0,
      time: at('2026-09-01T00:00:00Z'),
    };
    expect(usd('anthropic', 'claude-opus-4-6', { ...claude, service_tier: 'fast' })).toBe('30');
    expect(usd('anthropic', 'claude-opus-5', { ...claude, service_tier: 'fast' })).toBe('10');
    expect(usd('anthropic', 'claude-sonnet-4-5', { ...claude, service_tier: 'fast' })).toBe(
      'no_price_for_service_tier'
    );
    expect(usd('openai', 'gpt-5.1', { service_tier: 'flex' })).toBe('0.084375');
    expect(usd('openai', 'gpt-5.1', { service_tier: 'priority' })).toBe('0.3375');
    expect(usd('openai', 'o3', { time: at('2025-06-09T23:59:59Z'), cache_read_tokens: 0 })).toBe('1.4');
    expect(usd('openai', 'o3', { time: at('2025-06-10T00:00:00Z'), cache_read_tokens: 0 })).toBe('0.28');
  });

  test("DeepSeek's history, day and night", () => {
    const then = (time: string) =>
      usd('deepseek', 'deepseek-chat', { time: at(time), cache_read_tokens: 0, output_tokens: 0 });
    expect(then('2025-08-01T12:00:00Z')).toBe('0.027');
    expect(then('2025-08-01T17:00:00Z')).toBe('0.0135');
    expect(then('2025-09-05T17:00:00Z')).toBe('0.056');
    expect(then('2025-12-01T17:00:00Z')).toBe('0.028');
    expect(then('2026-05-01T17:00:00Z')).toBe('0.014');
    // A peak price that begins with its row, not before (the package has it at all times).
    const flash = (time: string) =>
      usd('deepseek', 'deepseek-v4-flash', { time: at(time), cache_read_tokens: 0, output_tokens: 0 });
    expect(flash('2026-07-01T02:00:00Z')).toBe('0.014');
    expect(flash('2026-08-17T02:00:00Z')).toBe('0.044');
    expect(flash('2026-08-17T05:00:00Z')).toBe('0.022');
  });

  test('audio and images are not cheap text', () => {
    expect(
      usd('openai', 'gpt-4o-audio-preview', { cache_read_tokens: 0, audio_input_tokens: 100_000, output_tokens: 0 })
    ).toBe('4');
    expect(usd('google', 'gemini-2.5-flash-image', { cache_read_tokens: 0 })).toBe('no_rate_for_component');
    expect(
      usd('google', 'gemini-2.5-pro', { cache_read_tokens: 0, audio_input_tokens: 100_000, output_tokens: 0 })
    ).toBe('0.125');
  });
});

describe('the catalogue as a whole', () => {
  test('every row has its own id and is found by its own name', () => {
    expect(new Set(rows.map(({ price_id }) => price_id)).size).toBe(rows.length);
    const lost = rows.filter((row) => {
      const time = row.effective_from === null ? at('2024-01-01T00:00:00Z') : at(row.effective_from);
      const found = book.find(call({ provider: row.provider, model: row.model, time }));
      return typeof found === 'string' || found.row.price_id !== row.price_id;
    });
    expect(lost.map(({ price_id }) => price_id)).toEqual([]);
  });

  test('no two rows overlap', () => {
    const taken = new Map<string, string[]>();
    for (const row of rows) {
      for (const name of [row.model, ...row.aliases]) {
        const key = `${canonicalProvider(row.provider)} ${name}`;
        taken.set(key, [...(taken.get(key) ?? []), `${row.effective_from ?? ''}/${row.effective_to ?? ''}`]);
      }
    }
    const touching = ([, dates]: [string, string[]]) => {
      const [first, ...rest] = dates.toSorted().map((each) => each.split('/') as [string, string]);
      return rest.every(([from, to], index) => from === (index === 0 ? first! : rest[index - 1]!)[1] && from !== to);
    };
    expect([...taken].filter((each) => !touching(each))).toEqual([]);
  });

  test('every price is short: no float has left its noise', () => {
    const texts = JSON.stringify(rows).match(/"\d+\.\d{9,}"/g) ?? [];
    expect([...new Set(texts)]).toEqual(['"0.08333333333333334"']);
  });
});

describe('another catalogue', () => {
  const directory = mkdtempSync(join(tmpdir(), 'llm-cost-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  const file = (content: unknown) => {
    const path = join(directory, 'catalogue.json');
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  };
  const head = { source: 'ours', generated_on: '2026-02-03' };

  test('none', () => {
    expect(loadCatalogue('none')).toEqual([]);
  });

  test('a file', () => {
    const path = file({ ...head, rows: [{ provider: 'a', model: 'b', effective_from: '2026-01-01', input: '1' }] });
    expect(loadCatalogue(path)).toEqual([
      expect.objectContaining({
        price_id: 'catalogue:a/b@2026-01-01',
        version: 20260203,
        origin: 'catalogue',
        source: 'ours',
      }),
    ]);
  });

  test.each([
    ['no JSON', '{', /catalogue\.json: .*JSON/],
    ['no rows', head, /: rows: /],
    ['a wrong row', { ...head, rows: [{ provider: 'a', model: 'b', input: 1 }] }, /: row 1: input must be a string/],
  ])('%s is refused in one line', (_what, content, message) => {
    expect(() => loadCatalogue(file(content))).toThrow(message);
  });

  test('a missing file is named', () => {
    expect(() => loadCatalogue(join(directory, 'nowhere.json'))).toThrow(/nowhere\.json/);
  });
});
