import { receivedLogs, semconv, type TestLog } from './testing/spans';

const eventOf = (log: TestLog) => receivedLogs([log]).candidates[0]?.event;

const CLAUDE = {
  name: 'api_request',
  body: 'claude_code.api_request',
  scope: 'com.anthropic.claude_code.events',
  resource: { 'service.name': 'claude-code' },
} as const;

describe('log events that report calls', () => {
  it('Claude Code: cached tokens beside the input, the list price as reported cost', () => {
    const attributes = {
      model: 'claude-sonnet-4-5',
      cost_usd: 0.0125,
      duration_ms: 2500,
      input_tokens: 3,
      output_tokens: 120,
      cache_read_tokens: 9000,
      cache_creation_tokens: 400,
      'session.id': 'sess-1',
      'user.account_uuid': 'u-1',
      'organization.id': 'acme',
    };
    expect(eventOf({ ...CLAUDE, attributes })).toMatchObject({
      provider: 'anthropic',
      model: 'claude-sonnet-4-5',
      input_tokens: 9403,
      cache_read_tokens: 9000,
      cache_write_5m_tokens: 400,
      output_tokens: 120,
      reported_cost: 12_500_000_000n,
      duration_ms: 2500,
      session_id: 'sess-1',
      user_id: 'u-1',
      tenant: 'acme',
      service: 'claude-code',
    });
  });

  it('Claude Code: counts that arrive as texts, and errors', () => {
    expect(eventOf({ ...CLAUDE, attributes: { model: 'm', input_tokens: '3', output_tokens: '4' } })).toMatchObject({
      input_tokens: 3,
    });
    const failed = { ...CLAUDE, name: 'api_error', body: 'claude_code.api_error' };
    expect(
      eventOf({ ...failed, attributes: { model: 'm', error: 'slow down', status_code: '429', attempt: 2 } })
    ).toMatchObject({
      status: 'rate_limited',
      attempt: 2,
      quality: 'no_usage',
    });
  });

  it('Claude Code: both lifetimes of cache writes; fast mode has prices of its own', () => {
    const attributes = {
      model: 'claude-sonnet-4-5',
      input_tokens: 111,
      output_tokens: 227,
      cache_read_tokens: 5017,
      cache_creation_tokens: 2004,
      cache_creation_5m_tokens: 1503,
      cache_creation_1h_tokens: 501,
      ttft_ms: 424,
      speed: 'normal',
    };
    expect(eventOf({ ...CLAUDE, attributes })).toMatchObject({
      input_tokens: 7132,
      cache_write_5m_tokens: 1503,
      cache_write_1h_tokens: 501,
      time_to_first_token_ms: 424,
      service_tier: null,
    });
    expect(eventOf({ ...CLAUDE, attributes: { ...attributes, speed: 'fast' } })?.service_tier).toBe('fast');
  });

  it("Codex CLI 0.169: the record's own name is a line of code", () => {
    const attributes = {
      'event.name': 'codex.sse_event',
      'event.kind': 'response.completed',
      model: 'gpt-5',
      input_token_count: 1037,
      output_token_count: 307,
      cached_token_count: 653,
      cache_write_token_count: 0,
      reasoning_token_count: 131,
      tool_token_count: 1344,
      ttft_ms: 16,
      'user.account_id': 'acc-1',
    };
    const name = 'event otel/src/events/session_telemetry.rs:1153';
    expect(eventOf({ name, scope: 'codex_otel.log_only', attributes })).toMatchObject({
      input_tokens: 1037,
      cache_read_tokens: 653,
      cache_write_5m_tokens: 0,
      output_tokens: 307,
      reasoning_tokens: 131,
      user_id: 'acc-1',
      source: 'otlp:codex_otel.log_only/codex.sse_event',
    });
  });

  it('Codex CLI: the input includes what was cached; other stream events are no calls', () => {
    const attributes = {
      'event.name': 'codex.sse_event',
      'event.kind': 'response.completed',
      model: 'gpt-5-codex',
      input_token_count: 1000,
      output_token_count: 300,
      cached_token_count: 640,
      reasoning_token_count: 128,
      'conversation.id': 'c-1',
    };
    expect(eventOf({ name: '', attributes })).toMatchObject({
      provider: 'openai',
      model: 'gpt-5-codex',
      input_tokens: 1000,
      cache_read_tokens: 640,
      output_tokens: 300,
      reasoning_tokens: 128,
      session_id: 'c-1',
    });
    const other = { 'event.name': 'codex.sse_event', 'event.kind': 'response.created', model: 'gpt-5-codex' };
    expect(eventOf({ name: '', attributes: other })).toBeUndefined();
  });

  it('Gemini CLI: tools beside the prompt, thoughts beside the output; its second event repeats', () => {
    const attributes = {
      'event.name': 'gemini_cli.api_response',
      model: 'gemini-2.5-pro',
      duration_ms: 900,
      input_token_count: 1000,
      output_token_count: 300,
      cached_content_token_count: 640,
      thoughts_token_count: 65,
      tool_token_count: 50,
    };
    expect(eventOf({ name: '', scope: 'gemini-cli', attributes })).toMatchObject({
      provider: 'google',
      input_tokens: 1050,
      cache_read_tokens: 640,
      output_tokens: 365,
      reasoning_tokens: 65,
    });
    const repeated = { name: 'gen_ai.client.inference.operation.details', attributes: semconv(1000, 300) };
    expect(eventOf({ ...repeated, scope: 'gemini-cli' })).toBeUndefined();
    expect(eventOf(repeated)).toMatchObject({ input_tokens: 1000 });
    const cached = { 'gen_ai.usage.cache_read.input_tokens': 0, 'gen_ai.usage.cache_creation.input_tokens': 0 };
    expect(
      eventOf({ ...repeated, scope: 'openlit.instrumentation.openai', attributes: semconv(13, 6, cached) })?.quality
    ).toBe('estimated_tokens');
  });

  it('Qwen Code: the sum tells whether the output holds its thoughts; an API that copies OpenAI is nobody known', () => {
    const attributes = {
      'event.name': 'qwen-code.api_response',
      model: 'qwen3-coder-plus',
      auth_type: 'openai',
      response_id: 'chatcmpl-1',
      input_token_count: 1000,
      output_token_count: 300,
      cached_content_token_count: 640,
      thoughts_token_count: 65,
      total_token_count: 1300,
    };
    expect(eventOf({ name: '', scope: 'qwen-code', attributes })).toMatchObject({
      provider: null,
      response_id: 'chatcmpl-1',
      input_tokens: 1000,
      output_tokens: 300,
      reasoning_tokens: 65,
    });
    const gemini = { ...attributes, auth_type: 'gemini', total_token_count: 1365 };
    expect(eventOf({ name: '', scope: 'qwen-code', attributes: gemini })).toMatchObject({
      provider: 'google',
      output_tokens: 365,
    });
  });

  it('the conventions: not without a model, not of an agent, but of a failure', () => {
    const name = 'gen_ai.client.inference.operation.details';
    expect(
      eventOf({ name, attributes: { 'gen_ai.provider.name': 'openai', 'gen_ai.usage.input_tokens': 5 } })
    ).toBeUndefined();
    expect(
      eventOf({ name, attributes: { ...semconv(5, 5), 'gen_ai.operation.name': 'invoke_agent' } })
    ).toBeUndefined();
    expect(eventOf({ name, attributes: semconv(undefined, undefined, { 'error.type': '400' }) })).toMatchObject({
      status: 'error',
    });
  });

  it('no others', () => {
    expect(eventOf({ name: 'gen_ai.choice', attributes: semconv(5, 5) })).toBeUndefined();
    expect(eventOf({ name: '', body: 'a line of text', attributes: {} })).toBeUndefined();
  });

  it('have their content as id', () => {
    const log = { ...CLAUDE, attributes: { model: 'm', input_tokens: 3, output_tokens: 4 } };
    expect(eventOf(log)?.event_id).toBe(eventOf(log)?.event_id);
    expect(eventOf({ ...log, at: 2 })?.event_id).not.toBe(eventOf(log)?.event_id);
    const numbered = { ...log, attributes: { ...log.attributes, 'event.sequence': 2 } };
    expect(eventOf(numbered)?.event_id).not.toBe(eventOf(log)?.event_id);
  });

  it('are refused one by one', () => {
    const { candidates, rejected } = receivedLogs([
      { ...CLAUDE, attributes: { model: 'm', input_tokens: -1 } },
      { ...CLAUDE, attributes: { model: 'm', input_tokens: 1 }, at: -4e9 },
      { ...CLAUDE, attributes: { model: 'm', input_tokens: 1 } },
    ]);
    expect(candidates).toHaveLength(1);
    expect(rejected.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('input_tokens must be a whole number'),
      expect.stringContaining('is not between 2015 and tomorrow'),
    ]);
  });
});
