import type { UsageEvent } from '../events/usageEvent';
import { overlaps, type PriceBook } from './book';
import { at, bookOf, call, MINI, stored, type TestRow } from './testing';

/** The id of the row that prices a call, or the reason why none does. */
function priceIdOf(book: PriceBook, known: Partial<UsageEvent>): string {
  const found = book.find(call(known));
  return typeof found === 'string' ? found : found.row.price_id;
}

describe('precedence', () => {
  const levels: readonly TestRow[] = [
    { ...MINI, price_id: 'catalogue', origin: 'catalogue' },
    { ...MINI, price_id: 'override' },
    { ...MINI, price_id: 'deployment', deployment: 'prod' },
    { ...MINI, price_id: 'tenant', tenant: 'acme' },
    { ...MINI, price_id: 'tenant and deployment', tenant: 'acme', deployment: 'prod' },
  ];
  const strongestOf = (...ids: string[]) =>
    priceIdOf(bookOf(...levels.filter(({ price_id }) => ids.includes(price_id!))), { deployment: 'prod' });

  test('tenant and deployment, tenant, deployment, override, catalogue', () => {
    expect(strongestOf('catalogue', 'override', 'deployment', 'tenant', 'tenant and deployment')).toBe(
      'tenant and deployment'
    );
    expect(strongestOf('catalogue', 'override', 'deployment', 'tenant')).toBe('tenant');
    expect(strongestOf('catalogue', 'override', 'deployment')).toBe('deployment');
    expect(strongestOf('catalogue', 'override')).toBe('override');
    expect(strongestOf('catalogue')).toBe('catalogue');
  });

  test('a row of another tenant or deployment is nobody else’s', () => {
    const book = bookOf(...levels);
    expect(priceIdOf(book, { tenant: 'globex', deployment: 'prod' })).toBe('deployment');
    expect(priceIdOf(book, { tenant: 'globex', deployment: 'test' })).toBe('override');
    expect(priceIdOf(book, { tenant: 'acme', deployment: null })).toBe('tenant');
    expect(priceIdOf(bookOf({ ...MINI, tenant: 'acme' }), { tenant: 'globex' })).toBe('unknown_model');
  });

  test('a contract that has ended leaves the next level in force', () => {
    const book = bookOf(
      { ...MINI, price_id: 'list', origin: 'catalogue' },
      { ...MINI, price_id: 'contract', tenant: 'acme', effective_to: '2026-01-01' }
    );
    expect(priceIdOf(book, { time: at('2025-12-31T23:59:59.999999Z') })).toBe('contract');
    expect(priceIdOf(book, { time: at('2026-01-01T00:00:00Z') })).toBe('list');
  });

  test('a contract for the model beats the exact snapshot of the catalogue', () => {
    const book = bookOf(
      { ...MINI, price_id: 'list', origin: 'catalogue', model: 'gpt-4o-mini-2024-07-18' },
      { ...MINI, price_id: 'contract', tenant: 'acme' }
    );
    expect(priceIdOf(book, { model: 'gpt-4o-mini-2024-07-18' })).toBe('contract');
  });

  test('within a level the exact id beats the snapshot rule', () => {
    const book = bookOf(
      { ...MINI, price_id: 'family', model: 'gpt-4o' },
      { ...MINI, price_id: 'snapshot', model: 'gpt-4o-2024-05-13' }
    );
    expect(priceIdOf(book, { model: 'gpt-4o-2024-05-13' })).toBe('snapshot');
    expect(priceIdOf(book, { model: 'gpt-4o-2024-08-06' })).toBe('family');
  });
});

describe('dates', () => {
  const book = bookOf(
    { ...MINI, price_id: 'old', effective_from: '2025-01-01', effective_to: '2026-01-15T10:00:00Z' },
    { ...MINI, price_id: 'new', effective_from: '2026-01-15T10:00:00Z', effective_to: '2026-06-01' }
  );

  test.each([
    ['2024-12-31T23:59:59.999999Z', 'no_price_at_time'],
    ['2025-01-01T00:00:00Z', 'old'],
    ['2026-01-15T09:59:59.999999Z', 'old'],
    ['2026-01-15T10:00:00Z', 'new'],
    ['2026-06-01T00:00:00Z', 'no_price_at_time'],
  ])('at %s: %s', (time, expected) => {
    expect(priceIdOf(book, { time: at(time) })).toBe(expected);
  });

  test('should rows overlap after all, the one that began last holds', () => {
    const overlapping = bookOf({ ...MINI, price_id: 'a' }, { ...MINI, price_id: 'b', effective_from: '2026-01-01' });
    expect(priceIdOf(overlapping, {})).toBe('b');
  });
});

describe('matching', () => {
  test.each([
    ['gpt-5.1-codex', 'gpt-5.1'],
    ['gpt-5.10', 'gpt-5.1'],
    ['gpt-4o-mini-audio-preview', 'gpt-4o-mini'],
    ['my-gpt-4o-mini', 'gpt-4o-mini'],
    ['gpt-4o', 'gpt-4o-mini'],
  ])('%s is not %s', (model, known) => {
    expect(priceIdOf(bookOf({ ...MINI, model: known }), { model })).toBe('unknown_model');
  });

  test('an exact row does not price snapshots, its prefixed id it does', () => {
    const book = bookOf({ ...MINI, match: 'exact' });
    expect(priceIdOf(book, { model: 'gpt-4o-mini-2024-07-18' })).toBe('unknown_model');
    expect(priceIdOf(book, { model: 'openai/GPT-4o-mini' })).toBe('p0');
  });

  test('an alias is a name, dated too', () => {
    const book = bookOf({ ...MINI, aliases: ['our-small-model', 'azure-mini'] });
    expect(priceIdOf(book, { model: 'Our-Small-Model' })).toBe('p0');
    expect(priceIdOf(book, { model: 'azure-mini-2024-07-18' })).toBe('p0');
    expect(priceIdOf(book, { model: 'our-small-model-2' })).toBe('unknown_model');
  });

  test('a row may be written with the prefix', () => {
    const book = bookOf({ ...MINI, provider: 'gcp.gemini', model: 'models/gemini-2.5-pro' });
    expect(priceIdOf(book, { provider: 'google', model: 'gemini-2.5-pro' })).toBe('p0');
  });

  test('the requested model counts where the response names none', () => {
    expect(priceIdOf(bookOf(MINI), { model: null, request_model: 'gpt-4o-mini' })).toBe('p0');
    expect(priceIdOf(bookOf(MINI), { model: 'gpt-9', request_model: 'gpt-4o-mini' })).toBe('unknown_model');
    expect(priceIdOf(bookOf(MINI), { model: null })).toBe('unknown_model');
  });

  test('regional Bedrock ids have the regional price, where there is one', () => {
    const bedrock: TestRow = { ...MINI, provider: 'aws.bedrock' };
    const book = bookOf(
      { ...bedrock, price_id: 'global', model: 'global.anthropic.claude-sonnet-4-5' },
      { ...bedrock, price_id: 'us', model: 'us.anthropic.claude-sonnet-4-5' },
      { ...bedrock, price_id: 'elsewhere', model: 'anthropic.claude-sonnet-4-5' }
    );
    const reported = (region: string) => ({
      provider: 'bedrock',
      model: `${region}anthropic.claude-sonnet-4-5-20250929-v1:0`,
    });
    expect(priceIdOf(book, reported('global.'))).toBe('global');
    expect(priceIdOf(book, reported('us.'))).toBe('us');
    expect(priceIdOf(book, reported('eu.'))).toBe('elsewhere');
    expect(priceIdOf(book, reported(''))).toBe('elsewhere');
    expect(priceIdOf(book, { provider: 'aws.bedrock', model: 'us.anthropic.claude-sonnet-4' })).toBe('unknown_model');
  });
});

describe('providers', () => {
  const openai: TestRow = { ...MINI, price_id: 'openai' };
  const azure: TestRow = { ...MINI, price_id: 'azure', provider: 'azure' };

  test('Azure is not OpenAI', () => {
    expect(priceIdOf(bookOf(openai), { provider: 'azure.ai.openai' })).toBe('unknown_model');
    expect(priceIdOf(bookOf(openai, azure), { provider: 'azure.ai.openai' })).toBe('azure');
    expect(priceIdOf(bookOf(openai, azure), { provider: 'openai.chat' })).toBe('openai');
  });

  test.each([null, '', 'litellm', 'strands-agents'])(
    '%j: the only one that has the model, else the one that made it',
    (provider) => {
      expect(priceIdOf(bookOf(azure), { provider })).toBe('azure');
      expect(priceIdOf(bookOf(openai, azure), { provider })).toBe('openai');
      const others = bookOf(
        { ...MINI, provider: 'groq', model: 'llama' },
        { ...MINI, provider: 'together', model: 'llama' }
      );
      expect(priceIdOf(others, { provider, model: 'llama' })).toBe('unknown_model');
    }
  );

  test('a row for a gateway itself prices what the gateway calls itself', () => {
    const book = bookOf(openai, { ...MINI, price_id: 'gateway', provider: 'litellm' });
    expect(priceIdOf(book, { provider: 'litellm' })).toBe('gateway');
    expect(priceIdOf(book, { provider: null })).toBe('openai');
  });

  test('Gemini has one price list behind two doors', () => {
    const gemini: TestRow = { ...MINI, price_id: 'gemini', provider: 'google', model: 'gemini-2.5-pro' };
    const vertex: TestRow = { ...gemini, price_id: 'vertex', provider: 'vertex_ai' };
    const reported = { provider: 'gcp.vertex_ai', model: 'gemini-2.5-pro' };
    expect(priceIdOf(bookOf(gemini), reported)).toBe('gemini');
    expect(priceIdOf(bookOf(gemini, vertex), reported)).toBe('vertex');
    expect(priceIdOf(bookOf(gemini, vertex), { ...reported, provider: 'gemini' })).toBe('gemini');
  });

  test('another tenant’s row does not decide whose model it is', () => {
    const book = bookOf(azure, { ...openai, tenant: 'globex' });
    expect(priceIdOf(book, { provider: null })).toBe('azure');
    expect(priceIdOf(book, { provider: null, tenant: 'globex' })).toBe('openai');
  });
});

describe('deployments', () => {
  const own: TestRow = { ...MINI, provider: 'self-hosted', model: 'qwen3-8b', deployment: 'qwen-cpu-deployment' };
  const reported = { provider: 'self-hosted', deployment: 'qwen-cpu-deployment' };

  test.each(['qwen3-8b', 'qwen-cpu-deployment', null])('its own model %s is at its price', (model) => {
    expect(priceIdOf(bookOf(own), { ...reported, model })).toBe('p0');
  });

  test('another model is not, unless the row is for all', () => {
    expect(priceIdOf(bookOf(own), { ...reported, model: 'Qwen/Qwen3-32B' })).toBe('unknown_model');
    expect(priceIdOf(bookOf({ ...own, model: '*' }), { ...reported, model: 'Qwen/Qwen3-32B' })).toBe('p0');
  });

  test('a client that calls every server openai still finds a self-hosted one', () => {
    expect(priceIdOf(bookOf(own), { ...reported, provider: 'openai', model: 'qwen3-8b' })).toBe('p0');
  });

  test('a provider that is known is checked', () => {
    const book = bookOf({ ...MINI, provider: 'azure', deployment: 'gpt-4o-mini' });
    expect(priceIdOf(book, { provider: 'openai', deployment: 'gpt-4o-mini' })).toBe('unknown_model');
    expect(priceIdOf(book, { provider: 'azure', deployment: 'gpt-4o-mini', model: 'gpt-4o-mini-2024-07-18' })).toBe(
      'p0'
    );
  });

  test('"*" is no name of a model', () => {
    expect(priceIdOf(bookOf({ ...own, model: '*' }), { provider: 'self-hosted', model: '*' })).toBe('unknown_model');
  });
});

describe('overlapping rows', () => {
  const existing = [
    stored({ ...MINI, price_id: 'first half', effective_from: '2026-01-01', effective_to: '2026-07-01' }),
    stored({ ...MINI, price_id: 'contract', tenant: 'acme' }),
    stored({ ...MINI, price_id: 'list', origin: 'catalogue' }),
  ];
  const conflict = (row: TestRow) => overlaps(existing, stored({ price_id: 'new', ...row }))?.price_id;

  test.each([
    ['the same dates', { effective_from: '2026-01-01', effective_to: '2026-07-01' }],
    ['one microsecond', { effective_from: '2026-06-30T23:59:59.999999Z' }],
    ['all times', {}],
    ['a spelling of the provider', { provider: 'openai.chat' }],
    ['the prefixed id', { model: 'openai/GPT-4o-mini' }],
    ['an alias', { model: 'small', aliases: ['gpt-4o-mini'] }],
  ])('%s', (_what, change) => {
    expect(conflict({ ...MINI, ...change })).toBe('first half');
  });

  test.each([
    ['half-open dates that touch', { effective_from: '2026-07-01' }],
    ['earlier', { effective_to: '2026-01-01' }],
    ['another model', { model: 'gpt-4o' }],
    ['another provider', { provider: 'azure' }],
    ['another tenant', { tenant: 'globex' }],
    ['a deployment', { deployment: 'prod' }],
    ['itself, changed', { price_id: 'first half' }],
  ])('%s: none', (_what, change) => {
    expect(conflict({ ...MINI, ...change })).toBeUndefined();
  });

  test('within the tenant and within the catalogue', () => {
    expect(conflict({ ...MINI, tenant: 'acme' })).toBe('contract');
    expect(conflict({ ...MINI, origin: 'catalogue' })).toBe('list');
  });
});

test('made-up model names do not fill the memory for ever, and are answered right', () => {
  const book = bookOf(MINI);
  for (let i = 0; i < 50_010; i++) {
    book.find(call({ model: `made-up-${i}` }));
  }
  expect(priceIdOf(book, {})).toBe('p0');
  expect(priceIdOf(book, { model: 'made-up-1' })).toBe('unknown_model');
});

test('a book grows without changing', () => {
  const book = bookOf(MINI);
  const larger = book.with([stored({ ...MINI, tenant: 'acme', price_id: 'contract' })]);
  expect(priceIdOf(book, {})).toBe('p0');
  expect(priceIdOf(larger, {})).toBe('contract');
  expect(larger.get('contract')?.row.tenant).toBe('acme');
});
