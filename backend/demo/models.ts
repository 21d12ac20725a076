/** A model of the demo world: how it is addressed, and how it behaves. Prices are the price book's. */
export interface DemoModel {
  readonly provider: string;
  /** As the response names it. */
  readonly model: string;
  /** As it was asked for, where that differs. */
  readonly requested?: string;
  readonly deployment?: string;
  readonly endpoint: string;
  /** Median time to the first token, ms. */
  readonly firstTokenMs: number;
  /** Output tokens per second after the first. */
  readonly tokensPerSecond: number;
  /** `write`: what is put into the cache is billed apart (Anthropic); `read`: only reads are. */
  readonly cache?: 'read' | 'write';
}

const CHAT = '/v1/chat/completions';
const MESSAGES = '/v1/messages';

export const MODELS = {
  'gpt-5.1': {
    provider: 'openai',
    model: 'gpt-5.1',
    endpoint: '/v1/responses',
    firstTokenMs: 900,
    tokensPerSecond: 75,
    cache: 'read',
  },
  'gpt-4.1': {
    provider: 'openai',
    model: 'gpt-4.1',
    endpoint: CHAT,
    firstTokenMs: 520,
    tokensPerSecond: 90,
    cache: 'read',
  },
  'gpt-4.1-mini': {
    provider: 'openai',
    model: 'gpt-4.1-mini',
    endpoint: CHAT,
    firstTokenMs: 380,
    tokensPerSecond: 120,
    cache: 'read',
  },
  embedding: {
    provider: 'openai',
    model: 'text-embedding-3-small',
    endpoint: '/v1/embeddings',
    firstTokenMs: 90,
    tokensPerSecond: 1000,
  },
  sonnet: {
    provider: 'anthropic',
    model: 'claude-sonnet-4-20250514',
    requested: 'claude-sonnet-4-0',
    endpoint: MESSAGES,
    firstTokenMs: 1100,
    tokensPerSecond: 70,
    cache: 'write',
  },
  haiku: {
    provider: 'anthropic',
    model: 'claude-3-5-haiku-20241022',
    requested: 'claude-3-5-haiku-latest',
    endpoint: MESSAGES,
    firstTokenMs: 480,
    tokensPerSecond: 110,
    cache: 'write',
  },
  'gemini-pro': {
    provider: 'google',
    model: 'gemini-2.5-pro',
    endpoint: '/v1beta/models/gemini-2.5-pro:generateContent',
    firstTokenMs: 1500,
    tokensPerSecond: 85,
    cache: 'read',
  },
  'gemini-flash': {
    provider: 'google',
    model: 'gemini-2.5-flash',
    endpoint: '/v1beta/models/gemini-2.5-flash:generateContent',
    firstTokenMs: 420,
    tokensPerSecond: 180,
    cache: 'read',
  },
  'deepseek-chat': {
    provider: 'deepseek',
    model: 'deepseek-chat',
    endpoint: CHAT,
    firstTokenMs: 800,
    tokensPerSecond: 45,
    cache: 'read',
  },
  'deepseek-reasoner': {
    provider: 'deepseek',
    model: 'deepseek-reasoner',
    endpoint: CHAT,
    firstTokenMs: 1200,
    tokensPerSecond: 35,
    cache: 'read',
  },
  /** Self-hosted; it has the price of its deployment (prices.ts). */
  qwen: {
    provider: 'self-hosted',
    model: 'qwen3-8b',
    deployment: 'qwen-cpu-deployment',
    endpoint: CHAT,
    firstTokenMs: 1900,
    tokensPerSecond: 14,
  },
  /** A fine-tune that nobody has entered into the price book: stays unpriced, visibly. */
  'intent-finetune': {
    provider: 'self-hosted',
    model: 'acme-intent-v2',
    deployment: 'intent-canary',
    endpoint: CHAT,
    firstTokenMs: 150,
    tokensPerSecond: 60,
  },
} as const satisfies Record<string, DemoModel>;

export type ModelKey = keyof typeof MODELS;
