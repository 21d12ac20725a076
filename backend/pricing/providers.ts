/**
 * One provider, many spellings: OpenTelemetry's `gen_ai.provider.name` and its deprecated `gen_ai.system` values,
 * LiteLLM's `custom_llm_provider`, the AI SDK's `openai.chat`, OpenInference's `llm.system`. Whole words only, never a
 * substring: `azure.ai.openai` is Azure, not OpenAI.
 */
const SPELLINGS: Readonly<Record<string, readonly string[]>> = {
  openai: ['open-ai', 'text-completion-openai'],
  azure: [
    'azure.ai.openai',
    'az.ai.openai',
    'azure.ai.inference',
    'az.ai.inference',
    'azure-openai',
    'azure-ai',
    'azure.openai',
    'azure-ai-inference',
    'azure-foundry',
    'microsoft.foundry',
    'microsoft-foundry',
    'azure-cognitive-services',
  ],
  anthropic: ['claude'],
  google: [
    'gcp.gemini',
    'gemini',
    'gcp.gen-ai',
    'google-genai',
    'google-generative-ai',
    'google.generative-ai',
    'google-ai-studio',
    'google-gla',
    'google-ai',
    'googleai',
  ],
  'google-vertex': [
    'gcp.vertex-ai',
    'gcp.vertex.agent',
    'vertex-ai',
    'vertex',
    'vertexai',
    'google.vertex',
    'google-vertexai',
    'vertex-ai-beta',
    'vertex-ai-anthropic-models',
    'google-vertex-anthropic',
    'google.vertex.anthropic',
    'vertex.anthropic',
    'gcp',
    'google-cloud',
  ],
  aws: [
    'aws.bedrock',
    'bedrock',
    'amazon-bedrock',
    'aws-bedrock',
    'amazon.bedrock',
    'bedrock-converse',
    'amazon',
    'bedrock.anthropic',
    'bedrock-runtime',
    'bedrock-mantle',
  ],
  mistral: ['mistral-ai', 'mistralai'],
  'x-ai': ['xai', 'x.ai', 'grok'],
  together: ['together-ai', 'togetherai', 'together.ai'],
  fireworks: ['fireworks-ai', 'fireworks.ai'],
  perplexity: ['perplexity-ai', 'perplexityai'],
  cohere: ['cohere-chat', 'cohereai'],
  deepseek: ['deepseek-ai', 'deep-seek'],
  groq: ['groqcloud', 'groq-cloud'],
  moonshotai: ['moonshot', 'moonshot-ai', 'kimi'],
  cerebras: ['cerebras-ai'],
  openrouter: ['open-router', 'openrouter-ai'],
  voyageai: ['voyage', 'voyage-ai'],
  zhipuai: ['zhipu', 'zhipu-ai', 'bigmodel'],
  zai: ['z-ai', 'z.ai'],
  watsonx: ['ibm.watsonx.ai', 'ibm-watsonx', 'watsonx.ai', 'ibm', 'ibm.watsonx-ai'],
  ovhcloud: ['ovh', 'ovh-ai-endpoints'],
  cloudflare: ['cloudflare-workers-ai', 'workers-ai', 'workersai'],
  'github-copilot': ['copilot'],
};

/** Frameworks and gateways that put their own name where the provider belongs: they say nothing about who is paid. */
const NOT_A_PROVIDER = new Set([
  '',
  'unknown',
  'none',
  'null',
  'other',
  'litellm',
  'litellm-proxy',
  'langchain',
  'llamaindex',
  'llama-index',
  'strands-agents',
  'strands',
  'openai-compatible',
  'openai-like',
  'custom-openai',
  'custom',
  'gateway',
  'vercel',
  'vercel-ai-gateway',
  'ai-gateway',
  'portkey',
  'helicone',
  'pydantic-ai',
  'crewai',
  'autogen',
  'haystack',
  'dspy',
  'langgraph',
  'semantic-kernel',
  'eino',
  'spring-ai',
  '-other', // OpenTelemetry's `_OTHER`
]);

/** What the AI SDK and others append: `openai.chat`, `anthropic.messages`, `google.vertex.chat`. */
const API_SUFFIX =
  /\.(chat|responses|messages|completion|completions|embedding|embeddings|image|speech|transcription|rerank|reranking|language-model)$/;

const CANONICAL = new Map<string, string>(
  Object.entries(SPELLINGS).flatMap(([canonical, others]) =>
    [canonical, ...others].map((spelling) => [spelling, canonical] as const)
  )
);

/**
 * Gemini's two doors have one price list, and clients mix up their names; Claude is sold at Vertex only. A row for the
 * door that was named comes first.
 */
const SAME_PRICES_AS: Readonly<Record<string, string>> = { 'google-vertex': 'google', google: 'google-vertex' };

const spell = (text: string): string =>
  text
    .trim()
    .toLowerCase()
    .replace(/[_\s]+/g, '-')
    .replace(API_SUFFIX, '');

/**
 * The one name of a provider, e.g. `azure` for `azure.ai.openai` and `aws` for `aws.bedrock`; one that isn't known here
 * keeps its own (a self-hosted one, say); null for a missing one or for a framework's name.
 */
export function canonicalProvider(provider: string | null): string | null {
  const spelled = spell(provider ?? '');
  return NOT_A_PROVIDER.has(spelled) ? null : (CANONICAL.get(spelled) ?? spelled);
}

/** True for a name that is known to be a provider's. */
export const isKnownProvider = (provider: string): boolean => CANONICAL.has(spell(provider));

/** Providers whose rows price this provider's calls, its own first. */
export function pricedLike(canonical: string): readonly string[] {
  const other = SAME_PRICES_AS[canonical];
  return other === undefined ? [canonical] : [canonical, other];
}

/** Whose model an id is, where the id alone says so; the price of a call whose provider nobody named. */
const HOMES: ReadonlyArray<readonly [RegExp, string]> = [
  [
    /^(ft:)?(gpt-|chatgpt-|o[1-9](-|$)|text-embedding-(3|ada)|dall-e|whisper-|tts-|davinci-|babbage-|codex-|omni-moderation)/,
    'openai',
  ],
  [/^claude-/, 'anthropic'],
  [/^(gemini-|text-embedding-00|imagen-|veo-)/, 'google'],
  [/^deepseek-/, 'deepseek'],
  [/^(mistral-|ministral-|codestral-|magistral-|devstral-|pixtral-|open-mi[sx]tral-|voxtral-)/, 'mistral'],
  [/^grok-/, 'x-ai'],
  [/^(command-|embed-(english|multilingual|v\d)|rerank-)/, 'cohere'],
  [/^sonar(-|$)/, 'perplexity'],
  [/^(kimi-|moonshot-)/, 'moonshotai'],
  [/^voyage-/, 'voyageai'],
];

/** The provider that made the model of this id; undefined where the id doesn't say. */
export const homeProvider = (model: string): string | undefined => HOMES.find(([pattern]) => pattern.test(model))?.[1];
