import { createHash } from 'node:crypto';
import { pricedEvent, usageEvent, type PricedEvent, type Pricing } from '../../backend/events/usageEvent';

/**
 * Believable usage: a few large tenants and many small ones; each feature with its team, endpoint, few models, users and
 * agents with runs; a release a week; cached input, some errors and retries, 1 % unpriced. So many hundred combinations
 * of dimensions are active in an hour, not one per call. The same seed gives the same events.
 */
export function* events(count: number, from: number, to: number, seed = 1): Generator<PricedEvent> {
  const random = randomNumbers(seed);
  const tenants = world(random);
  const step = (to - from) / count;
  for (let index = 0; index < count; index++) {
    yield event(random, tenants, from + Math.floor((index + random()) * step), `${seed}/${index}`);
  }
}

/** Numbers in [0, 1), by xorshift32: the same seed gives the same ones. */
export function randomNumbers(seed: number): () => number {
  let state = (seed * 2_654_435_761 + 1) | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4_294_967_296;
  };
}

const WEEK_US = 7 * 86_400_000_000;

type Random = () => number;

const below = (random: Random, count: number): number => Math.floor(random() * count);
/** The smaller the index, the more often. */
const skewed = (random: Random, count: number, power = 2): number => Math.floor(count * random() ** power);
const pick = <T>(random: Random, list: readonly T[], power = 2): T => list[skewed(random, list.length, power)]!;

/** Provider, model, input and output price in pico-USD per token. */
const MODELS = [
  ['openai', 'gpt-5', 1_250_000n, 10_000_000n],
  ['openai', 'gpt-5-mini', 250_000n, 2_000_000n],
  ['anthropic', 'claude-sonnet-4-5', 3_000_000n, 15_000_000n],
  ['anthropic', 'claude-haiku-4-5', 1_000_000n, 5_000_000n],
  ['anthropic', 'claude-opus-4-5', 5_000_000n, 25_000_000n],
  ['google', 'gemini-2.5-pro', 1_250_000n, 10_000_000n],
  ['google', 'gemini-2.5-flash', 300_000n, 2_500_000n],
  ['azure', 'gpt-4o', 2_500_000n, 10_000_000n],
  ['aws.bedrock', 'nova-pro', 800_000n, 3_200_000n],
  ['mistral', 'mistral-large', 2_000_000n, 6_000_000n],
  ['groq', 'llama-3.3-70b', 590_000n, 790_000n],
] as const;

const ENDPOINTS = ['/v1/chat/completions', '/v1/messages', '/v1/responses', '/v1/embeddings', '/v1/rerank'];

interface Feature {
  readonly tenant: string;
  readonly project: string;
  readonly team: string;
  readonly name: string;
  readonly environment: string;
  readonly endpoint: string;
  readonly users: number;
  readonly models: ReadonlyArray<(typeof MODELS)[number]>;
  readonly agents: readonly string[];
  readonly runs: string[];
}

const world = (random: Random): Feature[][] =>
  Array.from({ length: 20 }, (_, tenant) =>
    Array.from({ length: 2 + below(random, 12) }, (__, feature) => ({
      tenant: `tenant-${tenant}`,
      project: `project-${tenant}-${feature >> 1}`,
      team: `team-${below(random, 30)}`,
      name: `feature-${feature}`,
      environment: pick(random, ['production', 'staging', 'dev'], 3),
      endpoint: pick(random, ENDPOINTS, 3),
      users: 50 + skewed(random, 3_000),
      models: Array.from({ length: 1 + below(random, 3) }, () => pick(random, MODELS, 1)),
      agents:
        random() < 0.5 ? [] : Array.from({ length: 1 + below(random, 3) }, (___, agent) => `agent-${feature}-${agent}`),
      runs: [],
    }))
  );

const uuid = (text: string): string =>
  createHash('md5')
    .update(text)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

function event(random: Random, tenants: readonly Feature[][], time: number, id: string): PricedEvent {
  const feature = pick(random, pick(random, tenants));
  const [provider, model, inputPrice, outputPrice] = pick(random, feature.models);
  const failed = random() < 0.03;
  const input = Math.floor(50 + random() * random() * 20_000);
  const output = failed ? 0 : Math.floor(10 + random() * random() * 3_000);
  const cached = random() < 0.4 ? Math.floor(input * 0.6) : 0;
  const agent = feature.agents.length > 0 ? pick(random, feature.agents) : null;
  const event_id = uuid(id);
  const call = usageEvent({
    event_id,
    time,
    source: 'otlp:@opentelemetry/instrumentation-openai',
    tenant: feature.tenant,
    project: feature.project,
    team: feature.team,
    environment: feature.environment,
    provider,
    model,
    request_model: model,
    deployment: model,
    endpoint: feature.endpoint,
    operation: 'chat',
    service_tier: 'standard',
    user_id: `user-${feature.tenant}-${skewed(random, feature.users, 2.5)}`,
    session_id: `session-${below(random, 100_000)}`,
    service: `service-${feature.name}`,
    agent,
    run_id: agent === null ? null : run(random, feature),
    feature: feature.name,
    release: `1.${Math.floor(time / WEEK_US)}.0`,
    status: failed ? 'error' : 'ok',
    error_type: failed ? 'RateLimitError' : null,
    finish_reason: failed ? null : 'stop',
    attempt: random() < 0.02 ? 2 : 1,
    duration_ms: Math.floor(200 + random() * random() * 20_000_000) / 1000,
    time_to_first_token_ms: Math.floor(100 + random() * 900_000) / 1000,
    input_tokens: input,
    cache_read_tokens: cached,
    output_tokens: output,
    reasoning_tokens: random() < 0.3 ? Math.floor(output * 0.4) : null,
    trace_id: event_id.replace(/-/g, ''),
    span_id: event_id.slice(0, 8) + event_id.slice(24, 32),
    tags: random() < 0.5 ? null : { version: `1.${skewed(random, 20)}.0` },
  });
  return pricedEvent(call, random() < 0.01 ? { priced: false, unpriced_reason: 'unknown_model' } : cost());

  function cost(): Pricing {
    const cachePrice = inputPrice / 10n;
    const input_cost = BigInt(input - cached) * inputPrice;
    const cache_read_cost = BigInt(cached) * cachePrice;
    const output_cost = BigInt(output) * outputPrice;
    return {
      priced: true,
      price_id: `catalogue/${provider}/${model}`,
      price_version: 1,
      input_cost,
      cache_read_cost,
      cache_write_cost: 0n,
      output_cost,
      reasoning_cost: 0n,
      other_cost: 0n,
      total_cost: input_cost + cache_read_cost + output_cost,
      cache_savings: BigInt(cached) * (inputPrice - cachePrice),
    };
  }
}

/** Mostly one of a few open runs, now and then a new one. */
function run(random: Random, { runs }: Feature): string {
  const slot = below(random, 8);
  if (runs[slot] === undefined || random() < 0.06) {
    runs[slot] = `run-${below(random, 2 ** 31).toString(36)}`;
  }
  return runs[slot];
}
