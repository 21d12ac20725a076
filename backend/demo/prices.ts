import type { PriceRowInput } from '../pricing/priceRow';

const SINCE = '2025-01-01T00:00:00Z';
const SOURCE = 'demo';

/** What the demo adds to the price book: a deployment of one's own, a batch discount and a negotiated price. */
export const DEMO_PRICES: readonly PriceRowInput[] = [
  {
    provider: 'self-hosted',
    model: 'qwen3-8b',
    deployment: 'qwen-cpu-deployment',
    effective_from: SINCE,
    input: '2.00',
    output: '4.00',
    source: SOURCE,
    note: 'What an hour of the machine costs, spread over the tokens it makes',
  },
  {
    provider: 'openai',
    model: 'gpt-4.1-mini',
    tenant: 'initech',
    effective_from: SINCE,
    input: '0.40',
    cache_read: '0.10',
    output: '1.60',
    service_tiers: { batch: { multiplier: '0.5' } },
    source: SOURCE,
    note: 'List price; calls that were served as a batch at half of it',
  },
  {
    provider: 'openai',
    model: 'gpt-5.1',
    tenant: 'globex',
    effective_from: SINCE,
    input: '1.125',
    cache_read: '0.1125',
    output: '9.00',
    source: SOURCE,
    note: 'Negotiated: 10% below list',
  },
  {
    provider: 'deepseek',
    model: 'deepseek-chat',
    effective_from: SINCE,
    input: '0.27',
    cache_read: '0.07',
    output: '1.10',
    source: SOURCE,
    note: 'DeepSeek-V3 at its price of January 2026, all day; the catalogue knows no price for it at later times',
  },
  {
    provider: 'deepseek',
    model: 'deepseek-reasoner',
    effective_from: SINCE,
    input: '0.55',
    cache_read: '0.14',
    output: '2.19',
    source: SOURCE,
    note: 'DeepSeek-R1 at its price of January 2026, all day; the catalogue knows no price for it at later times',
  },
];
