import type { ModelInfo } from '@pydantic/genai-prices';
import { TOKEN_RATE_NAMES } from '../../backend/pricing/rates';
import { UNCOUNTED_OUTPUT, type CatalogueRow, type Rates } from './toRows';

/**
 * Where the package's data is wrong or silent, and what providers' own price pages say. Each entry names its source.
 * What can't be told from a usage event is left without a rate, so that it shows as unpriced rather than cheap.
 */

/** DeepSeek's moving names: the package has them frozen at their prices of July 2025. */
const DEEPSEEK_PAGE = 'https://api-docs.deepseek.com/quick_start/pricing';

const deepseek = (model: string, peak: Rates): CatalogueRow[] => {
  const row = (effective_from: string, effective_to: string, rates: Rates, note: string): CatalogueRow => ({
    provider: 'deepseek',
    model,
    effective_from,
    effective_to,
    ...rates,
    source: DEEPSEEK_PAGE,
    note,
  });
  return [
    {
      ...row('2025-02-26T16:30:00Z', '2025-09-05T16:00:00Z', peak, 'V3 and R1, half price and less at night'),
      time_of_day: [{ from: '16:30', to: '00:30', zone: 'UTC', input: '0.135', cache_read: '0.035', output: '0.55' }],
    },
    row('2025-09-05T16:00:00Z', '2025-09-29T00:00:00Z', { input: '0.56', cache_read: '0.07', output: '1.68' }, 'V3.1'),
    row('2025-09-29T00:00:00Z', '2026-04-24T00:00:00Z', { input: '0.28', cache_read: '0.028', output: '0.42' }, 'V3.2'),
    row(
      '2026-04-24T00:00:00Z',
      '2026-07-24T15:59:00Z',
      { input: '0.14', cache_read: '0.0028', output: '0.28' },
      'Served by deepseek-v4-flash until the name was retired'
    ),
  ];
};

/** Whole models that take the place of the package's. */
export const REPLACED: ReadonlyMap<string, readonly CatalogueRow[]> = new Map([
  ['deepseek:deepseek-chat', deepseek('deepseek-chat', { input: '0.27', cache_read: '0.07', output: '1.10' })],
  ['deepseek:deepseek-reasoner', deepseek('deepseek-reasoner', { input: '0.55', cache_read: '0.14', output: '2.19' })],
]);

const WEIGHTS = "DeepSeek's last list price for this model; deepseek-chat and deepseek-reasoner serve newer ones";

/** Models that the package doesn't have under these names. */
export const ADDED: readonly CatalogueRow[] = [
  {
    provider: 'deepseek',
    model: 'deepseek-v3',
    aliases: ['deepseek-chat-v3'],
    input: '0.27',
    cache_read: '0.07',
    output: '1.10',
    source: DEEPSEEK_PAGE,
    note: WEIGHTS,
  },
  {
    provider: 'deepseek',
    model: 'deepseek-r1',
    input: '0.55',
    cache_read: '0.14',
    output: '2.19',
    source: DEEPSEEK_PAGE,
    note: WEIGHTS,
  },
];

/** Audio that the package prices as text: each model's own page lists it, under "Audio tokens". */
export const AUDIO: Readonly<Record<string, Rates & { source: string }>> = {
  'openai:gpt-4o-audio-preview': {
    audio_input: '40',
    audio_output: '80',
    source: 'https://developers.openai.com/api/docs/models/gpt-4o-audio-preview.md',
  },
  'openai:gpt-4o-mini-audio-preview': {
    audio_input: '10',
    audio_output: '20',
    source: 'https://developers.openai.com/api/docs/models/gpt-4o-mini-audio-preview.md',
  },
};

/** Why a model isn't in the catalogue, or undefined. */
export function leftOut(provider: string, model: ModelInfo): string | undefined {
  const lists = Array.isArray(model.prices) ? model.prices.map(({ prices }) => prices) : [model.prices];
  const keys = new Set(lists.flatMap((prices) => Object.keys(prices)));
  if (keys.has('output_citation_mtok')) {
    return 'citation tokens are billed and no client reports them';
  }
  if (keys.size === 0) {
    return isFree(provider, model) ? undefined : 'no price is known';
  }
  return keys.has('input_mtok') || keys.has('output_mtok') || keys.has('requests_kcount')
    ? undefined
    : `priced by ${[...keys].join(', ')}, which no usage event counts`;
}

/** The package writes "free" and "not known" alike. */
const isFree = (provider: string, { id }: ModelInfo): boolean =>
  id.endsWith(':free') ||
  provider === 'github-copilot' ||
  id === 'moderation' ||
  (provider === 'google' && id.startsWith('gemma-'));

/** What the package's row for a model lacks or has wrong. */
export function corrected(row: CatalogueRow, provider: string, model: ModelInfo): CatalogueRow {
  const steps = [free, uncountedOutput, speech, audio, oneRateForAllInput, freeCacheWrites];
  return steps.reduce((done, step) => step(done, provider, model), row);
}

type Correction = (row: CatalogueRow, provider: string, model: ModelInfo) => CatalogueRow;

const FREE = Object.fromEntries(TOKEN_RATE_NAMES.filter((name) => name !== 'reasoning').map((name) => [name, '0']));

const free: Correction = (row, provider, model) =>
  isFree(provider, model) && row.input === undefined ? { ...row, ...FREE, note: 'Free of charge' } : row;

const uncountedOutput: Correction = (row, _provider, model) => {
  if (Array.isArray(model.prices) || !UNCOUNTED_OUTPUT.some((key) => key in (model.prices as object))) {
    return row;
  }
  const { output: _output, ...rest } = row;
  return {
    ...rest,
    note: 'Image or video output has a price of its own, and usage does not tell it from text: output has no rate',
  };
};

const speech: Correction = (row, _provider, model) =>
  /-tts(-|$)/.test(model.id) && row.output !== undefined
    ? { ...row, audio_output: row.output, note: 'All output is speech' }
    : row;

const audio: Correction = (row, provider, model) => {
  const rates = AUDIO[`${provider}:${model.id}`];
  return rates ? { ...row, ...rates } : row;
};

/** Where Google lists no audio rate for a Gemini model, its one input rate is for text, images, video and audio. */
const oneRateForAllInput: Correction = (row, provider, model) => {
  const isGeminiChat =
    provider === 'google' && /^gemini-\d/.test(model.id) && !/image|live|tts|embedding/.test(model.id);
  if (!isGeminiChat || row.audio_input !== undefined || row.input === undefined) {
    return row;
  }
  const tiers = row.tiers?.map((tier) => ({ ...tier, audio_input: tier.input! }));
  return { ...row, audio_input: row.input, ...(tiers && { tiers }) };
};

/**
 * OpenAI bills what it writes to its cache as plain input, unless a model lists a price for it; newer usage objects count
 * those tokens. From https://platform.openai.com/docs/guides/prompt-caching
 */
const freeCacheWrites: Correction = (row, provider) => {
  if (provider !== 'openai' || row.cache_read === undefined || row.cache_write_5m !== undefined) {
    return row;
  }
  const tiers = row.tiers?.map((tier) => ({ ...tier, cache_write_5m: tier.input! }));
  return { ...row, cache_write_5m: row.input!, ...(tiers && { tiers }) };
};
