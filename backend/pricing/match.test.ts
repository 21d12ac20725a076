import { canonicalModel, nameCandidates, withoutDate } from './match';
import { canonicalProvider, homeProvider } from './providers';

const names = (provider: string | null, model: string) => nameCandidates(provider, model).map(({ name }) => name);

describe('dated snapshots', () => {
  test.each([
    ['gpt-4o-mini-2024-07-18', 'gpt-4o-mini'],
    ['claude-sonnet-4-5-20250929', 'claude-sonnet-4-5'],
    ['claude-sonnet-4-5@20250929', 'claude-sonnet-4-5'],
    ['gpt-4-0613', 'gpt-4'],
    ['grok-2-1212', 'grok-2'],
  ])('%s is %s', (dated, model) => {
    expect(withoutDate(dated)).toBe(model);
  });

  test.each([
    'gpt-4o',
    'gpt-5.1-codex',
    'mistral-large-2411', // a year and a month
    'gpt-4-9999',
    'model-20251301',
    'model-2025-02-30',
    'command-r-08-2024',
    'gemini-2.5-pro-preview-05-06',
    'claude-3-5-sonnet-latest',
    '20250929',
  ])('%s is no dated snapshot', (model) => {
    expect(withoutDate(model)).toBeUndefined();
  });
});

describe('wrapped ids', () => {
  test.each([
    ['google', 'models/gemini-2.5-pro', 'gemini-2.5-pro'],
    ['google', 'projects/p/locations/us-east5/publishers/google/models/gemini-2.5-pro', 'gemini-2.5-pro'],
    ['anthropic', 'anthropic/claude-sonnet-4-5', 'claude-sonnet-4-5'],
    ['openai', 'openai:gpt-4o', 'gpt-4o'],
    ['mistral', 'mistralai/mistral-large', 'mistral-large'],
    ['aws', 'bedrock/anthropic.claude-3-haiku', 'anthropic.claude-3-haiku'],
  ])('%s: %s is %s', (provider, model, id) => {
    expect(canonicalModel(provider, model)).toBe(id);
  });

  test("another provider's prefix is part of the id", () => {
    expect(canonicalModel('openrouter', 'openai/gpt-4o')).toBe('openai/gpt-4o');
    expect(canonicalModel('groq', 'openai/gpt-oss-120b')).toBe('openai/gpt-oss-120b');
    expect(canonicalModel('together', 'meta-llama/Llama-3.3-70B')).toBe('meta-llama/llama-3.3-70b');
  });

  test('without a provider the prefix says it', () => {
    expect(nameCandidates(null, 'openrouter/anthropic/claude-sonnet-4.5')).toContainEqual({
      provider: 'openrouter',
      name: 'anthropic/claude-sonnet-4.5',
      kind: 'id',
    });
  });

  test('a fine-tune is looked for by its base, marked as one', () => {
    expect(names('openai', 'ft:gpt-4o-mini-2024-07-18:acme::abc')).toEqual([
      'ft:gpt-4o-mini-2024-07-18:acme::abc',
      'ft:gpt-4o-mini-2024-07-18',
      'ft:gpt-4o-mini',
    ]);
  });
});

describe('Bedrock', () => {
  it.each([
    ['nova-lite-v1:0', 'amazon.nova-lite'],
    ['titan-embed-text-v2:0', 'amazon.titan-embed-text'],
    ['llama3-8b-instruct-v1:0', 'meta.llama3-8b-instruct'],
    ['claude-sonnet-4-5-20250929-v1:0', 'anthropic.claude-sonnet-4-5-20250929'],
  ])('ids without their vendor: %s is %s', (id, model) => {
    expect(nameCandidates('aws', id)).toContainEqual({ provider: 'aws', name: model, kind: 'id' });
    expect(nameCandidates('openai', id)).not.toContainEqual(expect.objectContaining({ name: model }));
  });

  test('the region comes first, then the id without it', () => {
    const found = names('aws', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0');
    const order = [
      'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
      'us.anthropic.claude-sonnet-4-5-20250929',
      'us.anthropic.claude-sonnet-4-5',
      'anthropic.claude-sonnet-4-5-20250929-v1:0',
      'anthropic.claude-sonnet-4-5',
      'claude-sonnet-4-5',
    ];
    expect(order.map((name) => found.indexOf(name))).toEqual(
      order.map((name) => found.indexOf(name)).toSorted((a, b) => a - b)
    );
    expect(order.every((name) => found.includes(name))).toBe(true);
  });

  test('an inference profile is its id', () => {
    expect(
      names('aws', 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/eu.anthropic.claude-haiku-4-5')
    ).toContain('eu.anthropic.claude-haiku-4-5');
  });

  test("called anthropic's, it is looked for at Bedrock and then at Anthropic", () => {
    const found = nameCandidates('anthropic', 'eu.anthropic.claude-haiku-4-5-20251001-v1:0').map(
      ({ provider }) => provider
    );
    expect(found.indexOf('aws')).toBeLessThan(found.lastIndexOf('anthropic'));
  });

  test('another provider does not get it', () => {
    expect(nameCandidates('groq', 'us.anthropic.claude-haiku-4-5').map(({ provider }) => provider)).toEqual(['groq']);
  });
});

describe('providers', () => {
  test.each([
    ['openai.chat', 'openai'],
    ['OpenAI', 'openai'],
    ['openai.responses', 'openai'],
    ['anthropic.messages', 'anthropic'],
    ['azure.ai.openai', 'azure'],
    ['az.ai.openai', 'azure'],
    ['azure.ai.inference', 'azure'],
    ['azure_ai', 'azure'],
    ['aws.bedrock', 'aws'],
    ['bedrock_converse', 'aws'],
    ['amazon-bedrock', 'aws'],
    ['gcp.gemini', 'google'],
    ['gcp.gen_ai', 'google'],
    ['google.generative-ai', 'google'],
    ['gemini', 'google'],
    ['gcp.vertex_ai', 'google-vertex'],
    ['google.vertex.chat', 'google-vertex'],
    ['vertex_ai', 'google-vertex'],
    ['x_ai', 'x-ai'],
    ['mistral_ai', 'mistral'],
    ['ibm.watsonx.ai', 'watsonx'],
    ['fireworks_ai', 'fireworks'],
    ['self-hosted', 'self-hosted'],
    ['my-azure-proxy', 'my-azure-proxy'],
  ])('%s is %s', (spelling, canonical) => {
    expect(canonicalProvider(spelling)).toBe(canonical);
  });

  test.each([null, '', 'unknown', 'litellm', 'strands-agents', 'langchain', '_OTHER'])('%s names none', (spelling) => {
    expect(canonicalProvider(spelling)).toBeNull();
  });

  test.each([
    ['gpt-4o', 'openai'],
    ['o3', 'openai'],
    ['claude-sonnet-4-5', 'anthropic'],
    ['gemini-2.5-pro', 'google'],
    ['deepseek-r1', 'deepseek'],
    ['sonar', 'perplexity'],
    ['llama-3.3-70b', undefined],
    ['ollama', undefined],
    ['sonarqube', undefined],
  ])('%s comes from %s', (model, provider) => {
    expect(homeProvider(model)).toBe(provider);
  });
});
