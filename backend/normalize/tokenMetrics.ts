import type { Attributes } from '../receivers/otlp/attributes';
import type { DecodedMetric } from '../receivers/otlp/decoded';
import { GEMINI_CLI } from './clients/geminiCli';
import { callOperation } from './operations';
import { INCLUSIVE, type Convention, type RawUsage } from './usage';
import { firstText } from './values';

type Field = keyof RawUsage;

/** A family of metrics that count tokens. */
export interface TokenMetric {
  readonly names: RegExp;
  /** Several metrics of one family are parts of the same calls. */
  readonly family: string;
  /** Attributes that say which tokens are counted. */
  readonly typeKeys: readonly string[];
  readonly convention: Convention;
  readonly provider?: string;
  field(metric: DecodedMetric, attributes: Attributes): Field | undefined;
  operation(name: string | undefined): string;
}

const asSaid = (name: string | undefined): string => (name === undefined ? undefined : callOperation(name)) ?? 'chat';

const byType =
  (fields: Readonly<Record<string, Field>>, ...keys: string[]) =>
  (_metric: DecodedMetric, attributes: Attributes): Field | undefined =>
    fields[firstText(attributes, keys) ?? ''];

/** Counters of the conventions' newest edition: each is a subset of the input or output counter. */
const COUNTERS: Readonly<Record<string, Field>> = {
  input_tokens: 'input',
  output_tokens: 'output',
  'cache_read.input_tokens': 'cacheRead',
  'cache_write.input_tokens': 'cacheWrite',
  'cache_creation.input_tokens': 'cacheWrite',
  'reasoning.output_tokens': 'reasoning',
};

/** Prometheus counters of vLLM, as a Prometheus receiver passes them on. */
const VLLM: Readonly<Record<string, Field>> = {
  prompt_tokens: 'input',
  generation_tokens: 'output',
  prompt_tokens_cached: 'cacheRead',
};

/**
 * Token metrics by client. Histograms `gen_ai.client.inference.operation.*` are left out: the conventions say that they
 * must not be used for totals.
 */
const TOKEN_METRICS: readonly TokenMetric[] = [
  {
    names: /^gen_ai\.client\.token\.usage$/,
    family: 'gen_ai.client.token.usage',
    typeKeys: ['gen_ai.token.type'],
    convention: INCLUSIVE,
    field: byType({ input: 'input', output: 'output', completion: 'output' }, 'gen_ai.token.type'),
    operation: asSaid,
  },
  {
    names: /^gen_ai\.client\.inference\.usage\./,
    family: 'gen_ai.client.inference.usage',
    typeKeys: ['gen_ai.token.modality'],
    convention: INCLUSIVE,
    field: ({ name }) => COUNTERS[name.slice('gen_ai.client.inference.usage.'.length)],
    operation: asSaid,
  },
  {
    names: /^claude_code\.token\.usage$/,
    family: 'claude_code.token.usage',
    typeKeys: ['type'],
    convention: { input: 'exclusive', output: 'inclusive' },
    provider: 'anthropic',
    field: byType({ input: 'input', output: 'output', cacheRead: 'cacheRead', cacheCreation: 'cacheWrite' }, 'type'),
    operation: () => 'chat',
  },
  {
    names: /^codex\.turn\.token_usage$/,
    family: 'codex.turn.token_usage',
    typeKeys: ['token_type'],
    convention: INCLUSIVE,
    provider: 'openai',
    field: byType(
      {
        input: 'input',
        output: 'output',
        cached_input: 'cacheRead',
        cache_write_input: 'cacheWrite',
        reasoning_output: 'reasoning',
      },
      'token_type'
    ),
    operation: () => 'chat',
  },
  {
    names: /^(gemini_cli|qwen-code)\.token\.usage$/,
    family: 'gemini_cli.token.usage',
    typeKeys: ['type'],
    convention: { input: 'inclusive', output: 'exclusive' },
    provider: 'google',
    field: byType({ input: 'input', output: 'output', cache: 'cacheRead', thought: 'reasoning' }, 'type'),
    operation: () => 'chat',
  },
  {
    names: /^vllm[:_](prompt_tokens|generation_tokens|prompt_tokens_cached)(_total)?$/,
    family: 'vllm',
    typeKeys: [],
    convention: INCLUSIVE,
    provider: 'vllm',
    field: ({ name }) => VLLM[name.slice('vllm:'.length).replace(/_total$/, '')],
    operation: () => 'chat',
  },
];

/** The family that a metric belongs to, undefined when it counts no tokens or repeats another of its sender. */
export const tokenMetric = (name: string, scopeName: string): TokenMetric | undefined =>
  GEMINI_CLI.test(scopeName) && name.startsWith('gen_ai.')
    ? undefined
    : TOKEN_METRICS.find(({ names }) => names.test(name));
