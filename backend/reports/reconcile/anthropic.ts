import { z } from 'zod';
import { serviceTierOf } from '../../normalize/serviceTier';
import { providerAmount } from './amount';
import { fetchPages } from './fetchPages';
import { bucketDay, type Days, type ProviderAccess, type ProviderReport, requireUsd } from './providerReport';

const tokens = z.int().min(0).nullish();
const bucketOf = <T extends z.ZodType>(result: T) =>
  z.object({
    data: z.array(z.object({ starting_at: z.string(), results: z.array(result) })),
    has_more: z.boolean().nullish(),
    next_page: z.string().nullish(),
  });

const costs = bucketOf(
  z.object({
    /** Cents, as text. */
    amount: z.string(),
    currency: z.string(),
    description: z.string().nullish(),
    cost_type: z.string().nullish(),
    model: z.string().nullish(),
    service_tier: z.string().nullish(),
  })
);
const usage = bucketOf(
  z.object({
    uncached_input_tokens: tokens,
    cache_read_input_tokens: tokens,
    cache_creation: z.object({ ephemeral_5m_input_tokens: tokens, ephemeral_1h_input_tokens: tokens }).nullish(),
    output_tokens: tokens,
    model: z.string().nullish(),
    service_tier: z.string().nullish(),
  })
);

const MOST_DAYS = '31';
const VERSION = '2023-06-01';

/** Anthropic's cost report and messages usage report (design/ingest.md §4). @throws ProviderError */
export async function pullAnthropic({ baseUrl, key, signal }: ProviderAccess, days: Days): Promise<ProviderReport> {
  const request = (endpoint: string, ...groups: readonly string[]) => {
    const query = new URLSearchParams([
      ['starting_at', `${days.from}T00:00:00Z`],
      ['ending_at', `${days.to}T00:00:00Z`],
      ['bucket_width', '1d'],
      ['limit', MOST_DAYS],
      ...groups.map((group): [string, string] => ['group_by[]', group]),
    ]);
    return {
      provider: 'anthropic',
      url: `${baseUrl}/v1/organizations/${endpoint}?${query.toString()}`,
      headers: { 'x-api-key': key, 'anthropic-version': VERSION },
      signal,
    };
  };
  const day = (startingAt: string) => bucketDay(Date.parse(startingAt), 'anthropic');
  const tier = (said: string | null | undefined) => serviceTierOf(said ?? undefined);
  const billed = await fetchPages({ ...request('cost_report', 'description'), schema: costs });
  const used = await fetchPages({ ...request('usage_report/messages', 'model', 'service_tier'), schema: usage });
  return {
    costs: billed.flatMap(({ starting_at, results }) =>
      results.map(({ amount, currency, description, cost_type, model, service_tier }) => {
        requireUsd(currency, 'anthropic');
        return {
          day: day(starting_at),
          model: model ?? null,
          service_tier: tier(service_tier),
          line_item: description ?? cost_type ?? 'all',
          amount: providerAmount(amount, 100),
        };
      })
    ),
    usage: used.flatMap(({ starting_at, results }) =>
      results.map((result) => {
        const cached = result.cache_read_input_tokens ?? 0;
        const { ephemeral_5m_input_tokens: short, ephemeral_1h_input_tokens: long } = result.cache_creation ?? {};
        return {
          day: day(starting_at),
          model: result.model ?? null,
          service_tier: tier(result.service_tier),
          input_tokens: (result.uncached_input_tokens ?? 0) + cached + (short ?? 0) + (long ?? 0),
          cache_read_tokens: cached,
          output_tokens: result.output_tokens ?? 0,
          requests: null,
        };
      })
    ),
  };
}
