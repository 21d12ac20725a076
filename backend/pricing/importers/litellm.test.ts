import { rowsFromLiteLlm } from './litellm';

const FILE = `{
  "sample_spec": { "input_cost_per_token": 0.0, "litellm_provider": "one of …" },
  "gpt-4o-mini": {
    "litellm_provider": "openai", "mode": "chat", "max_tokens": 16384,
    "input_cost_per_token": 1.5e-07, "output_cost_per_token": 6e-07, "cache_read_input_token_cost": 7.5e-08,
    "input_cost_per_token_batches": 7.5e-08, "output_cost_per_token_batches": 3e-07,
    "input_cost_per_token_priority": 2.5e-07, "output_cost_per_token_priority": 1e-06, "cache_read_input_token_cost_priority": 1.25e-07,
    "search_context_cost_per_query": { "search_context_size_low": 0.025, "search_context_size_medium": 0.0275, "search_context_size_high": 0.03 }
  },
  "anthropic/claude-sonnet-4-5": {
    "litellm_provider": "anthropic", "mode": "chat",
    "input_cost_per_token": 3e-06, "input_cost_per_token_above_200k_tokens": 6e-06,
    "output_cost_per_token": 0.000015, "output_cost_per_token_above_200k_tokens": 2.25e-05,
    "cache_creation_input_token_cost": 3.75e-06, "cache_creation_input_token_cost_above_1hr": 6e-06,
    "cache_creation_input_token_cost_above_200k_tokens": 7.5e-06
  },
  "azure/gpt-4o-mini": { "litellm_provider": "azure", "mode": "chat", "input_cost_per_token": 1.65e-07, "output_cost_per_token": 6.6e-07 },
  "azure/GPT-4o-mini": { "litellm_provider": "azure", "mode": "chat", "input_cost_per_token": 1 },
  "gemini-2.5-pro": { "litellm_provider": "vertex_ai-language-models", "mode": "chat", "input_cost_per_token": 1.25e-06, "output_cost_per_token": 1e-05 },
  "gemini/gemini-2.5-pro": { "litellm_provider": "gemini", "mode": "chat", "input_cost_per_token": 1.25e-06, "output_cost_per_token": 1e-05 },
  "us.anthropic.claude-haiku-4-5-20251001-v1:0": { "litellm_provider": "bedrock_converse", "input_cost_per_token": 1.1e-06 },
  "rerank-v3.5": { "litellm_provider": "cohere", "mode": "rerank", "input_cost_per_query": 0.002, "input_cost_per_token": 0.0, "output_cost_per_token": 0.0 },
  "dall-e-3": { "litellm_provider": "openai", "mode": "image_generation", "input_cost_per_pixel": 1.9e-08 },
  "odd \\"1.5e-07\\"": { "mode": "chat" },
  "negative": { "litellm_provider": "openai", "input_cost_per_token": -1e-06 }
}`;

const { rows, left_out } = rowsFromLiteLlm(FILE);
const row = (provider: string, model: string) =>
  rows.find((each) => each.provider === provider && each.model === model);

test('floats per token are exact decimals per 1M', () => {
  expect(row('openai', 'gpt-4o-mini')).toMatchObject({
    input: '0.15',
    output: '0.6',
    cache_read: '0.075',
    web_search_per_1k: '27.5',
    source: 'LiteLLM',
  });
});

test('batch and priority have the rates that are named for them, and searches', () => {
  expect(row('openai', 'gpt-4o-mini')?.service_tiers).toMatchObject({
    batch: { input: '0.075', output: '0.3', cache_read: null, web_search_per_1k: '27.5' },
    priority: { input: '0.25', output: '1', cache_read: '0.125' },
  });
});

test('long-context tiers and 1-hour writes', () => {
  expect(row('anthropic', 'claude-sonnet-4-5')).toMatchObject({
    input: '3',
    output: '15',
    cache_write_5m: '3.75',
    cache_write_1h: '6',
    tiers: [{ above_input_tokens: 200000, input: '6', output: '22.5', cache_write_5m: '7.5', cache_write_1h: null }],
  });
});

test('sellers by their one name, ids without its prefix', () => {
  expect(rows.map(({ provider, model }) => `${provider}: ${model}`)).toEqual([
    'openai: gpt-4o-mini',
    'anthropic: claude-sonnet-4-5',
    'azure: gpt-4o-mini',
    'google-vertex: gemini-2.5-pro',
    'google: gemini-2.5-pro',
    'aws: us.anthropic.claude-haiku-4-5-20251001-v1:0',
    'cohere: rerank-v3.5',
  ]);
  expect(row('cohere', 'rerank-v3.5')).toMatchObject({ per_request: '0.002', input: '0' });
});

test('what is left out says why', () => {
  expect(left_out).toEqual([
    { model: 'azure/GPT-4o-mini', why: 'azure gpt-4o-mini is in the file already' },
    { model: 'dall-e-3', why: 'no price by tokens, requests or searches (image_generation)' },
    { model: 'odd "1.5e-07"', why: 'it names no litellm_provider' },
    { model: 'negative', why: 'input_cost_per_token is -1e-06, which is no price' },
  ]);
});

test('another file is refused', () => {
  expect(() => rowsFromLiteLlm('[]')).toThrow("is not LiteLLM's price file");
  expect(() => rowsFromLiteLlm('{')).toThrow(SyntaxError);
});
