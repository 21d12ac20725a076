import { z } from 'zod';
import { serviceTierOf } from '../../normalize/serviceTier';
import { providerAmount } from './amount';
import { fetchPages } from './fetchPages';
import {
  bucketDay,
  type Days,
  type ProviderAccess,
  type ProviderCost,
  type ProviderReport,
  type ProviderUsage,
  requireUsd,
} from './providerReport';

const tokens = z.int().min(0).nullish();
const bucketOf = <T extends z.ZodType>(result: T) =>
  z.object({
    data: z.array(z.object({ start_time: z.int(), results: z.array(result) })),
    has_more: z.boolean().nullish(),
    next_page: z.string().nullish(),
  });

const costs = bucketOf(
  z.object({
    // A credit or a day without use may have no amount.
    amount: z.object({ value: z.string(), currency: z.string() }).nullish(),
    line_item: z.string().nullish(),
  })
);
const usage = bucketOf(
  z.object({
    input_tokens: tokens,
    input_cached_tokens: tokens,
    output_tokens: tokens,
    num_model_requests: tokens,
    model: z.string().nullish(),
    service_tier: z.string().nullish(),
    batch: z.boolean().nullish(),
  })
);

/** Of the usage endpoints those that count tokens; the others' costs are lines of the bill too. */
const USAGE_ENDPOINTS = ['completions', 'embeddings'] as const;
const MOST_DAYS = { costs: '180', usage: '31' };
const seconds = (day: string): string => String(Date.parse(day) / 1000);

/** OpenAI's organization costs and usage (design/ingest.md §4). @throws ProviderError */
export async function pullOpenAi({ baseUrl, key, signal }: ProviderAccess, days: Days): Promise<ProviderReport> {
  const request = (endpoint: string, more: ReadonlyArray<readonly [string, string]>) => {
    const query = new URLSearchParams([
      ['start_time', seconds(days.from)],
      ['end_time', seconds(days.to)],
      ['bucket_width', '1d'],
      ...more.map(([name, value]): [string, string] => [name, value]),
    ]);
    return {
      provider: 'openai',
      url: `${baseUrl}/v1/organization/${endpoint}?${query.toString()}`,
      headers: { authorization: `Bearer ${key}` },
      signal,
    };
  };
  const byLine = [
    ['limit', MOST_DAYS.costs],
    ['group_by[]', 'line_item'],
  ] as const;
  const byModel = (endpoint: string) =>
    ['model', ...(endpoint === 'completions' ? ['batch', 'service_tier'] : [])].map(
      (name) => ['group_by[]', name] as const
    );
  const buckets = await fetchPages({ ...request('costs', byLine), schema: costs });
  const used: ProviderUsage[] = [];
  for (const endpoint of USAGE_ENDPOINTS) {
    const more = [['limit', MOST_DAYS.usage] as const, ...byModel(endpoint)];
    const found = await fetchPages({ ...request(`usage/${endpoint}`, more), schema: usage });
    used.push(
      ...found.flatMap(({ start_time, results }) =>
        results.map((result): ProviderUsage => ({
          day: bucketDay(start_time * 1000, 'openai'),
          model: result.model ?? null,
          service_tier: result.batch ? 'batch' : serviceTierOf(result.service_tier ?? undefined),
          input_tokens: result.input_tokens ?? 0,
          cache_read_tokens: result.input_cached_tokens ?? 0,
          output_tokens: result.output_tokens ?? 0,
          requests: result.num_model_requests ?? null,
        }))
      )
    );
  }
  return {
    costs: buckets.flatMap(({ start_time, results }) =>
      results.flatMap(({ amount, line_item }) => {
        if (!amount) {
          return [];
        }
        requireUsd(amount.currency, 'openai');
        const line = line_item ?? 'all';
        const pico = providerAmount(amount.value, 1);
        const cost: ProviderCost = {
          day: bucketDay(start_time * 1000, 'openai'),
          model: modelOfLine(line),
          service_tier: null,
          line_item: line,
          amount: pico,
        };
        return [cost];
      })
    ),
    usage: used,
  };
}

/** `gpt-4o-mini-2024-07-18, cached input` is of a model, `web search tool calls` isn't. */
export const modelOfLine = (line: string): string | null => /^([^\s,]+), /.exec(line)?.[1] ?? null;
