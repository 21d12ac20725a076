import { type calcPrice, type Provider } from '@pydantic/genai-prices';
import { usageEvent, type UsageEvent } from '../../backend/events/usageEvent';
import { randomNumbers } from '../../tests/bench/events';
import { exactIds } from '../catalogue/exactIds';
import type { PriceData } from '../catalogue/readPackage';

/** One call as both engines are asked for it. */
export interface Call {
  readonly event: UsageEvent;
  readonly usage: Parameters<typeof calcPrice>[0];
  /** As reported; undefined when nobody says it. */
  readonly providerId: string | undefined;
  readonly model: string;
  readonly time: Date;
}

/** How clients spell providers beside the package's own ids. */
const SPELLINGS: Readonly<Record<string, readonly string[]>> = {
  openai: ['openai', 'openai.chat'],
  anthropic: ['anthropic', 'anthropic.messages'],
  google: ['gcp.gemini', 'gcp.vertex_ai', 'gcp.gen_ai', 'google'],
  aws: ['aws.bedrock', 'bedrock'],
  azure: ['azure.ai.openai', 'azure', 'azure.ai.inference'],
  'x-ai': ['x_ai', 'xai'],
  mistral: ['mistral_ai', 'mistral'],
  fireworks: ['fireworks_ai'],
  deepseek: ['deepseek'],
};

/** The makers whose models most calls go to; the long tail of hosts is drawn less often. */
const OFTEN = ['openai', 'anthropic', 'google', 'aws', 'azure', 'deepseek', 'mistral', 'x-ai'];

/** Random calls; the same seed gives the same ones. Half of them are plain, the others have something special. */
export function* randomCalls({ providers }: PriceData, count: number, seed: number): Generator<Call> {
  const random = randomNumbers(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!;
  const chance = (share: number) => random() < share;
  const often = providers.filter(({ id }) => OFTEN.includes(id));
  const idsOf = new Map<Provider, string[]>();

  const ids = (provider: Provider): string[] => {
    const known =
      idsOf.get(provider) ??
      provider.models.flatMap((model) => {
        const exact = exactIds(provider, model);
        return exact ? [exact.model, ...exact.aliases] : [];
      });
    idsOf.set(provider, known);
    return known;
  };

  const spelledModel = (provider: Provider): string => {
    const id = pick(ids(provider));
    if (chance(0.1)) {
      return `${id}${pick(['-2025-06-01', '-20250601', '@20250601'])}`;
    }
    if (chance(0.05)) {
      return `${provider.id === 'google' ? 'models' : provider.id}/${id}`;
    }
    return chance(0.03) ? `${id}${pick(['-ultra', '-tools', '2'])}` : id;
  };

  for (let index = 0; index < count; index++) {
    const provider = chance(0.8) ? pick(often) : pick(providers);
    const model = spelledModel(provider);
    const providerId = chance(0.05)
      ? undefined
      : chance(0.2)
        ? pick(SPELLINGS[provider.id] ?? [provider.id])
        : provider.id;
    const time = new Date(Date.UTC(2025, 0, 1) + below(700 * 86_400_000));
    const tokens = usage(below, chance, /embed|voyage|rerank/.test(model));
    yield {
      event: usageEvent({
        event_id: String(index),
        source: 'compare',
        time: time.getTime() * 1000,
        provider: providerId ?? null,
        model,
        ...tokens,
      }),
      usage: asTheyCount(tokens),
      providerId,
      model,
      time,
    };
  }
}

type Tokens = Partial<UsageEvent>;

function usage(below: (limit: number) => number, chance: (share: number) => boolean, isEmbedding: boolean): Tokens {
  const part = (share: number, limit: number) => (chance(share) ? 1 + below(limit) : 0);
  const text = 1 + below(chance(0.2) ? 500_000 : 20_000);
  if (isEmbedding) {
    return { input_tokens: text, output_tokens: 0 };
  }
  const read = part(0.4, 50_000);
  const short = part(0.1, 5000);
  const long = part(0.05, 5000);
  const audio = part(0.02, 5000);
  const reasoning = part(0.3, 3000);
  const spoken = part(0.01, 1000);
  return {
    input_tokens: text + read + short + long + audio - (chance(0.01) ? text + 1 : 0),
    cache_read_tokens: read,
    cache_write_5m_tokens: short,
    cache_write_1h_tokens: long,
    audio_input_tokens: audio,
    output_tokens: below(4000) + reasoning + spoken,
    reasoning_tokens: reasoning,
    audio_output_tokens: spoken,
    web_searches: part(0.03, 5),
  };
}

/** The package's names; it takes parts that are missing for 0, so only those that are there are given. */
function asTheyCount(tokens: Tokens): Call['usage'] {
  const writes = (tokens.cache_write_5m_tokens ?? 0) + (tokens.cache_write_1h_tokens ?? 0);
  const all = {
    input_tokens: Math.max(tokens.input_tokens ?? 0, 0),
    cache_read_tokens: tokens.cache_read_tokens ?? 0,
    cache_write_tokens: writes,
    cache_write_1h_tokens: tokens.cache_write_1h_tokens ?? 0,
    input_audio_tokens: tokens.audio_input_tokens ?? 0,
    output_tokens: tokens.output_tokens ?? 0,
    output_reasoning_tokens: tokens.reasoning_tokens ?? 0,
    output_audio_tokens: tokens.audio_output_tokens ?? 0,
    web_searches: tokens.web_searches ?? 0,
  };
  return Object.fromEntries(Object.entries(all).filter(([name, count]) => count > 0 || name.endsWith('put_tokens')));
}
