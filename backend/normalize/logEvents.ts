import type { Attributes } from '../receivers/otlp/attributes';
import type { DecodedLog, Origin } from '../receivers/otlp/decoded';
import { GEMINI_CLI } from './clients/geminiCli';
import { conventionOf, OPENLIT } from './conventions';
import type { DimensionValues } from './dimensions';
import { looksEstimated } from './estimates';
import { callOperation, roleOfOperation } from './operations';
import { emptyReading, type CallReading } from './reading';
import { hasSemconvUsage, semconvFacts } from './semconv';
import { noUsage } from './usage';
import { firstCount, firstText, numberOf, reportedPico, textOf } from './values';

/** What a log event says about a call, and how long the call took. */
export interface LogReading {
  call: CallReading;
  durationMs: number | undefined;
  dimensions?: DimensionValues;
}

/** How the events of one emitter are read; undefined for events that report no call. */
type Reader = (log: DecodedLog, origin: Origin) => LogReading | undefined;

/**
 * The event's name: an attribute, its own field, or (as Claude Code does) the body. The attribute comes first: in the
 * field of its own, Rust's exporter (Codex) puts the line of code that logged.
 */
export function eventName(log: DecodedLog): string {
  return (
    firstText(log.attributes, ['event.name', 'event_name']) ??
    textOf(log.eventName) ??
    textOf(log.attributes.get('name')) ??
    (typeof log.body === 'string' && log.body.length < 100 ? log.body.trim() : '')
  );
}

/** A log event as a call, or undefined when it reports none. */
export function readLogEvent(log: DecodedLog, origin: Origin): LogReading | undefined {
  const names = [eventName(log), textOf(log.eventName) ?? '', typeof log.body === 'string' ? log.body : ''];
  return READERS.find((reader) => names.some((name) => reader.names.test(name)))?.read(log, origin);
}

/** The part of a failed request that coding agents' error events share. */
function failed(log: DecodedLog, call: CallReading): CallReading {
  const { attributes } = log;
  const httpStatus = numberOf(firstText(attributes, ['status_code', 'http.response.status_code']));
  const message = firstText(attributes, ['error', 'error.message', 'error_message']);
  return {
    ...call,
    attempt: numberOf(attributes.get('attempt')) ?? 1,
    outcome: { failed: true, errorType: firstText(attributes, ['error_type', 'error.type']), message, httpStatus },
  };
}

const durationOf = (log: DecodedLog): number | undefined =>
  numberOf(firstText(log.attributes, ['duration_ms', 'latency_ms']));

const chat = (provider: string | undefined, log: DecodedLog): CallReading => ({
  ...emptyReading(),
  operation: 'chat',
  explicit: true,
  provider,
  requestModel: textOf(log.attributes.get('model')),
});

/** Counts are the Anthropic API's: cached tokens beside the input. `cost_usd` is an estimate at list price. */
const claudeCode: Reader = (log) => {
  const { attributes } = log;
  const call = chat('anthropic', log);
  if (/api_error/.test(eventName(log) + textOf(log.body))) {
    return { call: failed(log, call), durationMs: durationOf(log) };
  }
  return {
    durationMs: durationOf(log),
    call: {
      ...call,
      convention: { input: 'exclusive', output: 'inclusive' },
      usage: {
        ...noUsage(),
        input: firstCount(attributes, ['input_tokens']),
        output: firstCount(attributes, ['output_tokens']),
        cacheRead: firstCount(attributes, ['cache_read_tokens', 'cache_read_input_tokens']),
        cacheWrite: firstCount(attributes, ['cache_creation_tokens', 'cache_creation_input_tokens']),
        cacheWrite5m: firstCount(attributes, ['cache_creation_5m_tokens']),
        cacheWrite1h: firstCount(attributes, ['cache_creation_1h_tokens']),
      },
      serviceTier: speedTier(attributes),
      timeToFirstTokenMs: numberOf(attributes.get('ttft_ms')),
      responseId: firstText(attributes, ['message_id', 'response_id']),
      callIds: requestIds(log),
      reportedCost: reportedPico(attributes.get('cost_usd')),
      attempt: numberOf(attributes.get('attempt')) ?? 1,
    },
  };
};

/** Anthropic's fast mode has prices of its own; its normal speed says nothing of the tier. */
export function speedTier(attributes: Attributes): string | undefined {
  const speed = textOf(attributes.get('speed'));
  return speed === 'normal' || speed === 'standard' ? undefined : speed;
}

const requestIds = (log: DecodedLog): string[] => {
  const id = textOf(log.attributes.get('request_id'));
  return id === undefined ? [] : [`request:${id}`];
};

/** OpenAI's counts: the input includes what was cached. Tokens come with the event that ends a stream. */
const codex: Reader = (log) => {
  const { attributes } = log;
  const call = { ...chat('openai', log), requestModel: firstText(attributes, ['model', 'slug']) };
  const input = firstCount(attributes, ['input_token_count']);
  if (input === null) {
    const broken = textOf(attributes.get('error.message')) ?? textOf(attributes.get('error'));
    const status = numberOf(firstText(attributes, ['http.response.status_code', 'status_code']));
    const isRequest = /api_request$|websocket_request$/.test(eventName(log));
    return isRequest && (broken !== undefined || (status ?? 200) >= 400)
      ? { call: failed(log, call), durationMs: durationOf(log) }
      : undefined;
  }
  return {
    durationMs: durationOf(log),
    call: {
      ...call,
      convention: { input: 'inclusive', output: 'inclusive' },
      usage: {
        ...noUsage(),
        input,
        output: firstCount(attributes, ['output_token_count']),
        cacheRead: firstCount(attributes, ['cached_token_count']),
        cacheWrite: firstCount(attributes, ['cache_write_token_count']),
        reasoning: firstCount(attributes, ['reasoning_token_count']),
      },
      timeToFirstTokenMs: numberOf(attributes.get('ttft_ms')),
    },
  };
};

/**
 * Gemini's counts: the prompt includes the cache and leaves tools out, the output leaves thoughts out. Qwen Code, made of
 * Gemini CLI, passes on other providers' counts by these names: the sum tells an output that holds its thoughts.
 */
const geminiCli: Reader = (log) => {
  const { attributes } = log;
  const call = chat(providerOf(log), log);
  if (/api_error/.test(eventName(log))) {
    return { call: failed(log, call), durationMs: durationOf(log) };
  }
  const input = firstCount(attributes, ['input_token_count']);
  const tool = firstCount(attributes, ['tool_token_count']);
  const output = firstCount(attributes, ['output_token_count']);
  const total = firstCount(attributes, ['total_token_count']);
  const holdsThoughts = total !== null && total === (input ?? 0) + (tool ?? 0) + (output ?? 0);
  return {
    durationMs: durationOf(log),
    call: {
      ...call,
      convention: { input: 'inclusive', output: holdsThoughts ? 'inclusive' : 'exclusive' },
      usage: {
        ...noUsage(),
        input: input === null ? null : input + (tool ?? 0),
        output,
        cacheRead: firstCount(attributes, ['cached_content_token_count']),
        reasoning: firstCount(attributes, ['thoughts_token_count']),
      },
      responseId: textOf(attributes.get('response_id')),
      finishReason: textOf(attributes.get('finish_reasons')),
    },
  };
};

/** Whose API it spoke to, which Qwen Code doesn't tell of those that copy OpenAI's. */
const providerOf = (log: DecodedLog): string | undefined =>
  eventName(log).startsWith('qwen-code') ? QWEN_AUTH[textOf(log.attributes.get('auth_type')) ?? ''] : 'google';

const QWEN_AUTH: Readonly<Record<string, string>> = { anthropic: 'anthropic', gemini: 'google', 'vertex-ai': 'google' };

/** The conventions' event. JavaScript's carries messages only, which is no report of a call. */
const semconv: Reader = ({ attributes }, { scopeName }) => {
  if (GEMINI_CLI.test(scopeName)) {
    return undefined;
  }
  const facts = semconvFacts(attributes);
  const named = facts.requestModel !== undefined || facts.responseModel !== undefined;
  if (!named || !(hasSemconvUsage(attributes) || facts.outcome.errorType !== undefined)) {
    return undefined;
  }
  const operation = textOf(attributes.get('gen_ai.operation.name'));
  const role = operation === undefined ? 'call' : roleOfOperation(operation);
  if (role !== undefined && role !== 'call') {
    return undefined;
  }
  facts.explicit = true;
  facts.operation = (operation === undefined ? undefined : callOperation(operation)) ?? 'chat';
  facts.convention = conventionOf(scopeName, facts.provider);
  if (OPENLIT.test(scopeName)) {
    // The event does not say whether its call was a stream, which OpenLIT may have counted itself: its span knows.
    facts.estimated = looksEstimated(facts) || (facts.usage.cacheRead === 0 && facts.usage.cacheWrite === 0);
  }
  return { call: facts, durationMs: undefined };
};

const READERS: ReadonlyArray<{ names: RegExp; read: Reader }> = [
  { names: /^gen_ai\.client\.inference\.operation\.details$/, read: semconv },
  { names: /^claude_code\.api_(request|error)$/, read: claudeCode },
  { names: /^codex\.(sse_event|api_request|websocket_event|websocket_request)$/, read: codex },
  { names: /^(gemini_cli|qwen-code)\.api_(response|error)$/, read: geminiCli },
];
