import { itReads, usageDetails } from '../testing/clientCases';

describe('calls as langfuse reads them', () => {
  itReads([
    {
      client: 'Langfuse: the raw object of the chat API',
      span: {
        scope: 'langfuse-sdk',
        attributes: usageDetails({
          prompt_tokens: 1037,
          completion_tokens: 307,
          total_tokens: 1344,
          prompt_tokens_details: { cached_tokens: 653 },
          completion_tokens_details: { reasoning_tokens: 131 },
        }),
      },
      event: {
        input_tokens: 1037,
        cache_read_tokens: 653,
        output_tokens: 307,
        reasoning_tokens: 131,
        operation: 'chat',
      },
    },
    {
      client: 'Langfuse: flat parts, whose total is not a part',
      span: {
        scope: 'langfuse-sdk',
        attributes: {
          ...usageDetails({
            input: 360,
            input_cached_tokens: 640,
            output: 172,
            output_reasoning_tokens: 128,
            total: 1300,
          }),
          'langfuse.trace.metadata.team': '"research"',
          'langfuse.trace.metadata.plan': '"gold"',
          'langfuse.trace.tags': ['prod'],
        },
      },
      event: {
        input_tokens: 1000,
        cache_read_tokens: 640,
        output_tokens: 300,
        reasoning_tokens: 128,
        team: 'research',
        tags: { prod: 'true', plan: 'gold' },
      },
    },
    {
      client: "Langfuse: Anthropic's parts by hand; the caller's own cost is only reported",
      span: {
        scope: 'langfuse-sdk',
        attributes: {
          ...usageDetails({
            input: 125,
            output: 264,
            cache_read_input_tokens: 5322,
            cache_creation_input_tokens: 2224,
          }),
          'langfuse.observation.cost_details': '{"input": 0.01, "output": 0.003, "total": 0.013}',
          'langfuse.observation.completion_start_time': '"2026-11-01T12:00:00.400Z"',
        },
      },
      event: {
        input_tokens: 7671,
        cache_read_tokens: 5322,
        cache_write_5m_tokens: 2224,
        reported_cost: 13_000_000_000n,
        time_to_first_token_ms: 400,
      },
    },
    {
      client: 'Langfuse: a bridge that flattens inclusive counts, as the total shows',
      span: { attributes: usageDetails({ input: 1000, output: 300, cache_read_input_tokens: 640, total: 1300 }) },
      event: { input_tokens: 1000, cache_read_tokens: 640 },
    },
    {
      client: 'Langfuse: an error has no status code but a level',
      span: {
        scope: 'langfuse-sdk',
        attributes: {
          'langfuse.observation.type': 'generation',
          'langfuse.observation.level': 'ERROR',
          'langfuse.observation.status_message': 'Error code: 429 - slow down',
        },
      },
      event: { status: 'rate_limited', quality: 'no_usage' },
    },
    {
      client: "Langfuse JavaScript 4: OpenAI's inclusive counts with their parts, flattened",
      span: {
        scope: 'langfuse-sdk',
        attributes: usageDetails({
          input: 1000,
          output: 300,
          total: 1300,
          input_cached_tokens: 640,
          input_audio_tokens: 0,
          output_reasoning_tokens: 128,
          output_accepted_prediction_tokens: 0,
        }),
      },
      event: { input_tokens: 1000, cache_read_tokens: 640, output_tokens: 300, reasoning_tokens: 128 },
    },
    {
      client: "Langfuse JavaScript 4: Anthropic's caches taken away from an input without them",
      span: {
        scope: 'langfuse-sdk',
        attributes: usageDetails({
          input: 0,
          output: 30,
          total: 130,
          input_cache_creation: 500,
          input_cache_read: 2000,
        }),
      },
      event: { input_tokens: 2600, cache_read_tokens: 2000, cache_write_5m_tokens: 500, output_tokens: 30 },
    },
    {
      client: "Langfuse 3: Anthropic's lifetimes in an object among flat parts",
      span: {
        scope: 'langfuse-sdk',
        attributes: usageDetails({
          input: 100,
          output: 30,
          cache_read_input_tokens: 2000,
          cache_creation_input_tokens: 500,
          cache_creation: { ephemeral_5m_input_tokens: 300, ephemeral_1h_input_tokens: 200 },
        }),
      },
      event: { input_tokens: 2600, cache_write_5m_tokens: 300, cache_write_1h_tokens: 200 },
    },
    {
      client: 'Langfuse 3: an input that lost its cached parts twice, beside a total',
      span: {
        scope: 'langfuse-sdk',
        attributes: {
          ...usageDetails({
            input: 0,
            output: 30,
            total: 2630,
            input_cache_read: 2000,
            input_cache_creation: 500,
            input_ephemeral_5m_input_tokens: 300,
            input_ephemeral_1h_input_tokens: 200,
          }),
          'langfuse.observation.metadata.ls_provider': 'anthropic',
        },
      },
      event: { input_tokens: 2600, cache_read_tokens: 2000, source: 'otlp:langfuse-sdk/langchain' },
    },
  ]);
});
