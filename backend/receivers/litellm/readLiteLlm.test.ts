import { readCaptures } from '../../../tests/captures/captures';
import { FormatError } from '../otlp/formatError';
import { readLiteLlm } from './readLiteLlm';

const NOW = Date.UTC(2026, 11, 1) * 1000;
const START = Date.UTC(2026, 10, 1) / 1000;

const payload = (more: object = {}): Record<string, unknown> => ({
  id: 'chatcmpl-1',
  litellm_call_id: 'call-1',
  trace_id: 'sess-1',
  call_type: 'acompletion',
  status: 'success',
  custom_llm_provider: 'openai',
  model: 'openai/gpt-4o-mini',
  model_group: 'fast',
  prompt_tokens: 1000,
  completion_tokens: 300,
  startTime: START,
  endTime: START + 0.292124,
  response_cost: 0.00029077499999999995,
  ...more,
});

const only = (more: object = {}) => readLiteLlm(JSON.stringify([payload(more)]), NOW).candidates[0]!.event;

describe("LiteLLM's callback", () => {
  const bodies = readCaptures().flatMap(({ requests }) => requests.filter(({ signal }) => signal === 'litellm'));

  it('of a stream that ended as iterators do is no failed call', () => {
    const ended = payload({ status: 'failure', error_information: { error_class: 'StopAsyncIteration' } });
    const failed = payload({ status: 'failure', error_information: { error_class: 'RateLimitError' } });
    const { candidates, rejected } = readLiteLlm(JSON.stringify([ended, failed]), NOW);
    expect(candidates.map(({ event }) => event.error_type)).toEqual(['RateLimitError']);
    expect(rejected).toEqual([]);
  });

  it.each(bodies.map(({ name, body }) => [name, body.toString('utf8')] as const))(
    '%s reads the same in all three formats',
    (_name, body) => {
      const list = JSON.parse(body) as object[];
      const calls = list.filter((item) => !JSON.stringify(item).includes('"error_class":"StopAsyncIteration"'));
      const whole = readLiteLlm(body, NOW).candidates;
      expect(whole).toHaveLength(calls.length);
      expect(readLiteLlm(list.map((item) => JSON.stringify(item)).join('\n'), NOW).candidates).toEqual(whole);
      expect(list.flatMap((item) => readLiteLlm(JSON.stringify(item), NOW).candidates)).toEqual(whole);
    }
  );

  it('says who called, and what', () => {
    const metadata = {
      user_api_key_org_alias: 'acme',
      user_api_key_project_alias: 'web',
      user_api_key_team_alias: 'search',
      user_api_key_request_route: '/v1/chat/completions',
      requester_metadata: { session_id: 's-1', feature: 'find' },
    };
    expect(only({ metadata, end_user: 'u-1', request_tags: ['prod', 'tier:gold', 'User-Agent: x'] })).toMatchObject({
      tenant: 'acme',
      project: 'web',
      team: 'search',
      user_id: 'u-1',
      session_id: 's-1',
      feature: 'find',
      endpoint: '/v1/chat/completions',
      deployment: 'fast',
      provider: 'openai',
      model: 'gpt-4o-mini',
      operation: 'chat',
      duration_ms: 292.124,
      reported_cost: 290_775_000n,
      tags: { prod: 'true', tier: 'gold' },
      trace_id: null,
    });
  });

  it('an answer from its own cache costs nothing', () => {
    expect(only({ cache_hit: true })).toMatchObject({
      input_tokens: 0,
      output_tokens: 0,
      tags: { gateway_cache_hit: 'true' },
    });
  });

  it('0 and 0 is unknown, and its cost of 0 too', () => {
    expect(only({ prompt_tokens: 0, completion_tokens: 0, response_cost: 0 })).toMatchObject({
      input_tokens: null,
      quality: 'no_usage',
      reported_cost: null,
    });
  });

  it('a failed attempt and its paid retry share the call id and are two events', () => {
    const failure = {
      id: 'call-1',
      status: 'failure',
      prompt_tokens: 0,
      completion_tokens: 0,
      error_information: { error_code: '429', error_class: 'RateLimitError' },
    };
    const { candidates } = readLiteLlm(JSON.stringify([payload(failure), payload()]), NOW);
    expect(candidates.map(({ event }) => event.status)).toEqual(['rate_limited', 'ok']);
    expect(new Set(candidates.map(({ event }) => event.event_id)).size).toBe(2);
    expect(candidates[0]?.callIds).not.toEqual(candidates[1]?.callIds);
  });

  it.each([
    ['its newest releases include cache writes in the prompt', 7431, 119],
    ['older ones left them out', 5303, 119],
    ['older ones, without the text tokens', 5303, undefined],
  ])('%s', (_what, prompt_tokens, text_tokens) => {
    const usage_object = {
      prompt_tokens,
      completion_tokens: 246,
      prompt_tokens_details: { cached_tokens: 5184, cache_creation_tokens: 2128, text_tokens },
    };
    expect(only({ metadata: { usage_object } })).toMatchObject({
      input_tokens: 7431,
      cache_read_tokens: 5184,
      cache_write_5m_tokens: 2128,
      output_tokens: 246,
    });
  });

  it('refuses one payload, not its neighbours, and says how to mend it', () => {
    const items = [
      payload({ endTime: '2026-11-01 12:00:00' }),
      payload({ endTime: 5 }),
      payload({ prompt_tokens: -1 }),
      payload(),
    ];
    const { candidates, rejected } = readLiteLlm(JSON.stringify(items), NOW);
    expect(candidates).toHaveLength(1);
    expect(rejected.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('set generic_api_use_v1 to false'),
      expect.stringContaining('is not between 2015 and tomorrow'),
      expect.stringContaining('prompt_tokens must be a whole number'),
    ]);
  });

  it("takes Python's NaN for nothing known, and the other payloads as they are", () => {
    const text = JSON.stringify([payload({ response_cost: 'COST' }), payload({ id: 'chatcmpl-2' })]);
    const { candidates, rejected } = readLiteLlm(text.replace('"COST"', 'NaN'), NOW);
    expect(rejected).toEqual([]);
    expect(candidates.map(({ event }) => event.reported_cost)).toEqual([null, 290775000n]);
  });

  it.each([
    ['in a list', `[1,${JSON.stringify(payload())},null]`, 2],
    ['in lines', `{"a":\n${JSON.stringify(payload())}\n[]`, 2],
  ])('refuses what is no payload %s, and takes the others', (_where, body, wrong) => {
    const { candidates, rejected } = readLiteLlm(body, NOW);
    expect(candidates).toHaveLength(1);
    expect(rejected).toHaveLength(wrong);
  });

  it.each([['5'], ['{'], ['"x"']])('refuses %s as a whole', (body) => {
    expect(() => readLiteLlm(body, NOW)).toThrow(FormatError);
  });
});
