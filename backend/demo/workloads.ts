import type { ModelKey } from './models';
import type { RhythmName } from './rhythm';

/** Tokens as people meet them: half of the calls lie below the median. */
export interface Size {
  readonly median: number;
  /** Standard deviation of the logarithm. */
  readonly spread: number;
}

/** One kind of model call within an interaction. */
export interface Step {
  readonly agent?: string;
  readonly tool?: string;
  readonly operation: 'chat' | 'embeddings';
  readonly models: ReadonlyArray<readonly [weight: number, model: ModelKey]>;
  readonly input: Size;
  /** Visible output; reasoning comes on top. */
  readonly output?: Size;
  readonly reasoning?: Size;
  /** Share of the input that is the same every time (system prompt, documents) and so can come from a cache. */
  readonly cacheable?: number;
  /** Cache writes are kept for an hour instead of five minutes. */
  readonly longCache?: boolean;
  readonly serviceTier?: 'batch';
  /** Probability that an interaction comes to this step. */
  readonly probability?: number;
  /** Upper bound of how often an interaction repeats it. */
  readonly repeats?: number;
  /** Share of its calls that stream without asking for the usage. */
  readonly streamsWithoutUsage?: number;
}

/** A service of a tenant: what it calls, for which feature, and how often. */
export interface Workload {
  readonly name: string;
  readonly tenant: TenantName;
  readonly project: string;
  readonly team: string;
  readonly costCenter: string;
  readonly service: string;
  readonly features: ReadonlyArray<readonly [weight: number, feature: string]>;
  /** With a pipeline every interaction is a run of it. */
  readonly pipeline?: string;
  readonly rhythm: RhythmName;
  /** Interactions on a working day. */
  readonly perDay: number;
  readonly steps: readonly Step[];
  /** Version of the first release, and how they are counted. */
  readonly release: { readonly first: number; readonly name: (count: number) => string };
}

export const TENANTS = {
  acme: { zone: 'Europe/Berlin', users: 230 },
  globex: { zone: 'America/New_York', users: 160 },
  initech: { zone: 'Asia/Singapore', users: 110 },
  northwind: { zone: 'America/Los_Angeles', users: 50 },
} as const;
export type TenantName = keyof typeof TENANTS;

const size = (median: number, spread = 0.5): Size => ({ median, spread });
const numbered = (first: number) => ({ first, name: (count: number) => `#${count}` });
const version = (prefix: string, first: number) => ({ first, name: (count: number) => `${prefix}.${count}` });

export const WORKLOADS: readonly Workload[] = [
  {
    name: 'support',
    tenant: 'acme',
    project: 'support-bot',
    team: 'customer-success',
    costCenter: 'CC-4100',
    service: 'support-api',
    features: [
      [6, 'customer-support'],
      [3, 'ticket-triage'],
      [1, 'email-reply'],
    ],
    pipeline: 'support-answer',
    rhythm: 'consumer',
    perDay: 155,
    release: numbered(396),
    steps: [
      { agent: 'classifier', operation: 'chat', models: [[1, 'haiku']], input: size(900), output: size(25) },
      { agent: 'retriever', operation: 'embeddings', models: [[1, 'embedding']], input: size(60) },
      {
        agent: 'answerer',
        tool: 'search_orders',
        operation: 'chat',
        models: [
          [8, 'sonnet'],
          [2, 'gpt-4.1'],
        ],
        input: size(5200, 0.35),
        output: size(330),
        cacheable: 0.6,
        repeats: 2,
      },
      {
        agent: 'critic',
        operation: 'chat',
        models: [[1, 'deepseek-chat']],
        input: size(2600),
        output: size(180),
        probability: 0.45,
        cacheable: 0.3,
      },
    ],
  },
  {
    name: 'vision',
    tenant: 'acme',
    project: 'image-review',
    team: 'media',
    costCenter: 'CC-4200',
    service: 'vision-worker',
    features: [
      [7, 'image-review'],
      [3, 'brand-check'],
    ],
    pipeline: 'vision-review',
    rhythm: 'office',
    perDay: 47,
    release: version('2', 14),
    steps: [
      {
        agent: 'vision_analysis_v3',
        operation: 'chat',
        models: [[1, 'gemini-pro']],
        input: size(6800, 0.4),
        output: size(420),
        reasoning: size(350, 0.7),
      },
      {
        agent: 'style_analysis',
        operation: 'chat',
        models: [[1, 'gpt-5.1']],
        input: size(3300),
        output: size(500),
        reasoning: size(420, 0.8),
        cacheable: 0.5,
      },
      { agent: 'captioner', operation: 'chat', models: [[1, 'gemini-flash']], input: size(1800), output: size(90) },
      {
        agent: 'critique',
        operation: 'chat',
        models: [[1, 'deepseek-reasoner']],
        input: size(2900),
        output: size(260),
        reasoning: size(900, 0.6),
        probability: 0.7,
      },
      { agent: 'evaluation', operation: 'chat', models: [[1, 'haiku']], input: size(2100), output: size(60) },
    ],
  },
  {
    name: 'internal-chat',
    tenant: 'acme',
    project: 'internal-assistant',
    team: 'platform',
    costCenter: 'CC-9000',
    service: 'assistant',
    features: [[1, 'internal-chat']],
    rhythm: 'office',
    perDay: 205,
    release: version('0.9', 31),
    steps: [
      {
        operation: 'chat',
        models: [
          [94, 'qwen'],
          [6, 'intent-finetune'],
        ],
        input: size(750, 0.8),
        output: size(280, 0.7),
      },
    ],
  },
  {
    name: 'copilot',
    tenant: 'globex',
    project: 'copilot',
    team: 'engineering',
    costCenter: 'ENG-01',
    service: 'copilot-gateway',
    features: [
      [5, 'autocomplete'],
      [3, 'code-review'],
      [2, 'chat'],
    ],
    rhythm: 'office',
    perDay: 560,
    release: version('1.8', 2),
    steps: [
      {
        operation: 'chat',
        models: [
          [6, 'gpt-4.1-mini'],
          [2, 'gpt-5.1'],
          [2, 'sonnet'],
        ],
        input: size(2600, 0.8),
        output: size(160, 0.9),
        cacheable: 0.7,
        streamsWithoutUsage: 0.012,
      },
    ],
  },
  {
    name: 'marketing',
    tenant: 'globex',
    project: 'content-studio',
    team: 'marketing',
    costCenter: 'MKT-07',
    service: 'studio',
    features: [
      [5, 'copywriting'],
      [3, 'seo'],
      [2, 'translation'],
    ],
    rhythm: 'office',
    perDay: 130,
    release: version('5', 3),
    steps: [
      {
        operation: 'chat',
        models: [
          [6, 'gpt-4.1'],
          [3, 'gemini-flash'],
          [1, 'gemini-pro'],
        ],
        input: size(1200, 0.6),
        output: size(750, 0.5),
        cacheable: 0.4,
      },
    ],
  },
  {
    name: 'search',
    tenant: 'initech',
    project: 'document-search',
    team: 'search',
    costCenter: '7710',
    service: 'search-api',
    features: [
      [8, 'document-search'],
      [2, 'related-documents'],
    ],
    pipeline: 'search-answer',
    rhythm: 'office',
    perDay: 205,
    release: version('3.2', 7),
    steps: [
      { agent: 'embedder', operation: 'embeddings', models: [[1, 'embedding']], input: size(45), repeats: 2 },
      {
        agent: 'answer-writer',
        operation: 'chat',
        models: [[1, 'gpt-4.1-mini']],
        input: size(4200, 0.5),
        output: size(220),
        cacheable: 0.25,
      },
    ],
  },
  {
    name: 'digest',
    tenant: 'initech',
    project: 'document-search',
    team: 'search',
    costCenter: '7710',
    service: 'digest-batch',
    features: [[1, 'nightly-digest']],
    rhythm: 'nightly',
    perDay: 160,
    release: version('1.4', 1),
    steps: [
      {
        operation: 'chat',
        models: [[1, 'gpt-4.1-mini']],
        input: size(9500, 0.5),
        output: size(420),
        serviceTier: 'batch',
      },
    ],
  },
  {
    name: 'finance',
    tenant: 'initech',
    project: 'finance-assistant',
    team: 'finance',
    costCenter: '7300',
    service: 'ledger-assistant',
    features: [
      [6, 'invoice-questions'],
      [4, 'forecast-notes'],
    ],
    pipeline: 'ledger-question',
    rhythm: 'office',
    perDay: 38,
    release: version('2.0', 40),
    steps: [
      {
        agent: 'planner',
        operation: 'chat',
        models: [[1, 'gpt-5.1']],
        input: size(2400),
        output: size(240),
        reasoning: size(700, 0.8),
        cacheable: 0.4,
      },
      {
        agent: 'calculator',
        tool: 'run_sql',
        operation: 'chat',
        models: [[1, 'deepseek-reasoner']],
        input: size(3600),
        output: size(200),
        reasoning: size(1200, 0.6),
        repeats: 3,
      },
      { agent: 'writer', operation: 'chat', models: [[1, 'haiku']], input: size(1900), output: size(350) },
    ],
  },
  {
    name: 'sales',
    tenant: 'northwind',
    project: 'sales-agent',
    team: 'sales',
    costCenter: 'SALES',
    service: 'lead-agent',
    features: [
      [7, 'lead-research'],
      [3, 'outreach'],
    ],
    pipeline: 'lead-research',
    rhythm: 'office',
    perDay: 34,
    release: version('0.4', 11),
    steps: [
      {
        agent: 'researcher',
        tool: 'web_search',
        operation: 'chat',
        models: [
          [7, 'sonnet'],
          [3, 'gpt-5.1'],
        ],
        input: size(7200, 0.6),
        output: size(380),
        cacheable: 0.65,
        longCache: true,
        repeats: 4,
      },
      { agent: 'writer', operation: 'chat', models: [[1, 'gpt-4.1']], input: size(2100), output: size(320) },
      {
        agent: 'reviewer',
        operation: 'chat',
        models: [[1, 'gemini-flash']],
        input: size(1500),
        output: size(120),
        probability: 0.6,
      },
    ],
  },
];
