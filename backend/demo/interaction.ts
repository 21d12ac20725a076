import type { Status, UsageField } from '../events/usageEvent';
import { day, promptFactor, rateLimitProbability, releaseCount } from './incidents';
import { MODELS, type DemoModel } from './models';
import { pickPerson } from './people';
import type { Random } from './random';
import type { WireEvent } from './wireEvent';
import type { Size, Step, Workload } from './workloads';

const MAX_ATTEMPTS = 3;
const TIMEOUT_MS = 60_000;
const SESSION_MS = 2 * 3_600_000;
/** Caches hold whole blocks of tokens (OpenAI's documented granularity). */
const CACHE_BLOCK = 128;
const CACHE_HIT = 0.78;
const ENVIRONMENTS = [
  [88, 'production'],
  [9, 'staging'],
  [3, 'development'],
] as const;

export interface Interaction {
  readonly workload: Workload;
  /** Start of it, ms since 1970. */
  readonly at: number;
  /** Start of the demo world, ms since 1970. */
  readonly worldStart: number;
  /** Prefix of the ids of its calls. */
  readonly id: string;
}

/** The calls of one interaction in the order of their ends: one for a plain call, several for a run, more with retries. */
export function interactionCalls(interaction: Interaction, random: Random): WireEvent[] {
  const { workload, at, worldStart, id } = interaction;
  const today = day(worldStart, at);
  const person = pickPerson(workload.tenant, random);
  const shared = {
    tenant: workload.tenant,
    project: workload.project,
    team: workload.team,
    cost_center: workload.costCenter,
    environment: random.pick(ENVIRONMENTS),
    service: workload.service,
    feature: random.pick(workload.features),
    release: workload.release.name(releaseCount(workload, today)),
    user_id: person.id,
    user_segment: person.segment,
    session_id: `${person.id}-${Math.floor(at / SESSION_MS).toString(36)}`,
    ...(workload.pipeline ? { pipeline: workload.pipeline, run_id: `run-${id}` } : {}),
  };
  const calls: WireEvent[] = [];
  let clock = at;
  for (const step of stepsTaken(workload, random)) {
    const model: DemoModel = MODELS[random.pick(step.models)];
    const wanted = wantedUsage(step, model, promptFactor(workload, step.agent, today), random);
    for (let attempt = 1, done = false; attempt <= MAX_ATTEMPTS && !done; attempt++) {
      const outcome = drawOutcome(model.provider, today, random);
      const result = attemptCall(step, model, wanted, outcome, random);
      clock += result.duration_ms;
      calls.push({
        id: `${id}-${calls.length}`,
        time: new Date(clock).toISOString(),
        ...shared,
        ...callDimensions(step, model),
        ...result,
        attempt,
      });
      done = outcome === 'ok' || outcome === 'cancelled';
      clock += done ? random.logNormal(120, 0.6) : random.logNormal(900 * attempt, 0.4);
    }
  }
  return calls;
}

function* stepsTaken(workload: Workload, random: Random): Generator<Step> {
  for (const step of workload.steps) {
    if (random.chance(step.probability ?? 1)) {
      const times = 1 + Math.floor(random.next() * (step.repeats ?? 1));
      for (let i = 0; i < times; i++) {
        yield step;
      }
    }
  }
}

const callDimensions = (step: Step, model: DemoModel) => ({
  provider: model.provider,
  model: model.model,
  request_model: model.requested ?? model.model,
  deployment: model.deployment ?? model.requested ?? model.model,
  endpoint: model.endpoint,
  operation: step.operation,
  service_tier: step.serviceTier ?? 'standard',
  ...(step.agent ? { agent: step.agent } : {}),
  ...(step.tool ? { tool: step.tool } : {}),
});

type TokenCounts = Partial<Record<UsageField, number>> & { input_tokens: number };

const draw = (size: Size, random: Random, factor = 1): number =>
  Math.max(1, Math.round(random.logNormal(size.median, size.spread) * factor));

function wantedUsage(step: Step, model: DemoModel, factor: number, random: Random): TokenCounts {
  const input_tokens = draw(step.input, random, factor);
  const reasoning_tokens = step.reasoning && draw(step.reasoning, random);
  return {
    input_tokens,
    ...cachedPart(step, model, input_tokens, random),
    ...(step.output ? { output_tokens: draw(step.output, random) + (reasoning_tokens ?? 0) } : {}),
    ...(reasoning_tokens === undefined ? {} : { reasoning_tokens }),
  };
}

function cachedPart(step: Step, model: DemoModel, input: number, random: Random): Partial<TokenCounts> {
  if (!step.cacheable || !model.cache) {
    return {};
  }
  const tokens = Math.floor((input * step.cacheable) / CACHE_BLOCK) * CACHE_BLOCK;
  if (random.chance(CACHE_HIT)) {
    return { cache_read_tokens: tokens };
  }
  const write = step.longCache ? 'cache_write_1h_tokens' : 'cache_write_5m_tokens';
  return { cache_read_tokens: 0, ...(model.cache === 'write' ? { [write]: tokens } : {}) };
}

function drawOutcome(provider: string, today: number, random: Random): Status {
  const limited = rateLimitProbability(provider, today);
  return random.pick<Status>([
    [limited, 'rate_limited'],
    [0.005, 'error'],
    [0.003, 'timeout'],
    [0.002, 'cancelled'],
    [1 - limited - 0.01, 'ok'],
  ]);
}

type Result = Pick<
  WireEvent,
  'status' | 'error_type' | 'finish_reason' | 'usage' | 'duration_ms' | 'time_to_first_token_ms'
>;

/** What a call that ended this way took and used. A refusal costs nothing; a call that broke off is billed so far. */
function attemptCall(step: Step, model: DemoModel, wanted: TokenCounts, status: Status, random: Random): Result {
  const firstToken = Math.round(random.logNormal(model.firstTokenMs, 0.3));
  switch (status) {
    case 'rate_limited':
      return { status, error_type: 'RateLimitError', usage: none(wanted), duration_ms: Math.round(firstToken / 3) };
    case 'error':
      return { status, error_type: 'InternalServerError', usage: none(wanted), duration_ms: firstToken };
    case 'timeout':
      return { status, error_type: 'APITimeoutError', usage: wanted, duration_ms: TIMEOUT_MS };
    case 'cancelled':
      return { status, ...timings(step, model, firstToken, cutShort(wanted, random.next())) };
    case 'ok': {
      const { usage, ...took } = timings(step, model, firstToken, wanted);
      const unseen = random.chance(step.streamsWithoutUsage ?? 0);
      const finish = step.operation === 'chat' ? { finish_reason: finishReason(step, random) } : {};
      return { status, ...finish, ...took, ...(unseen ? {} : { usage }) };
    }
  }
}

function timings(step: Step, model: DemoModel, firstToken: number, usage: TokenCounts) {
  const writing = Math.round(((usage.output_tokens ?? 0) / model.tokensPerSecond) * 1000);
  return {
    usage,
    duration_ms: firstToken + writing,
    ...(step.operation === 'chat' ? { time_to_first_token_ms: firstToken } : {}),
  };
}

const none = (wanted: TokenCounts): TokenCounts => ({
  input_tokens: 0,
  ...(wanted.output_tokens === undefined ? {} : { output_tokens: 0 }),
});

/** The reader went away after this share of the output. */
function cutShort(wanted: TokenCounts, share: number): TokenCounts {
  const output_tokens = Math.floor((wanted.output_tokens ?? 0) * share);
  const reasoning = wanted.reasoning_tokens;
  return {
    ...wanted,
    output_tokens,
    ...(reasoning === undefined ? {} : { reasoning_tokens: Math.min(reasoning, output_tokens) }),
  };
}

function finishReason(step: Step, random: Random): string {
  if (step.tool && random.chance(0.6)) {
    return 'tool_calls';
  }
  return random.chance(0.02) ? 'length' : 'stop';
}
