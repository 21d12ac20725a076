import type { MatchLogic, ModelInfo, Provider } from '@pydantic/genai-prices';
import { canonicalModel, modelName, withoutDate } from '../../backend/pricing/match';
import { resolve } from './readPackage';

/**
 * The package matches loosely (`starts_with`, `contains`), so that a new model gets an older one's price. Here only
 * whole ids count: those that its rules name in full, checked against the package's own answer.
 */

/** Ids that the package's loose rules are there for. Each is kept only if the package takes it for the same model. */
const KNOWN_IDS: Readonly<Record<string, readonly string[]>> = {
  anthropic: ['claude-2.0', 'claude-2.1'],
  google: [
    'gemini-1.5-flash-001',
    'gemini-1.5-flash-002',
    'gemini-1.5-flash-latest',
    'gemini-1.5-pro-001',
    'gemini-1.5-pro-002',
    'gemini-1.5-pro-latest',
    'gemini-2.0-flash-001',
    'gemini-2.0-flash-exp',
    'gemini-2.0-flash-lite-001',
    'gemini-2.5-flash-lite-preview-06-17',
    'gemini-2.5-flash-lite-preview-09-2025',
    'gemini-2.5-pro-preview-03-25',
    'gemini-2.5-pro-preview-05-06',
    'gemini-2.5-pro-preview-06-05',
  ],
  openai: ['omni-moderation-latest', 'text-moderation-latest', 'text-moderation-stable'],
};

/** Names that people use and no rule has. */
const EXTRA_NAMES: Readonly<Record<string, readonly string[]>> = {
  'anthropic:claude-3-5-haiku-latest': ['claude-haiku-3.5', 'claude-haiku-3-5'],
};

export interface ExactIds {
  readonly model: string;
  readonly aliases: readonly string[];
}

/**
 * A model's id and its other ids.
 * @param provider whose list is meant: the model's own, or one that sells it at the same price
 * @returns undefined when the rules name no whole id
 */
export function exactIds(provider: Provider, model: ModelInfo): ExactIds | undefined {
  const extra = EXTRA_NAMES[`${provider.id}:${model.id}`] ?? [];
  const invented = /^regional\.|^moderation$|-$/.test(model.id);
  const named = [
    ...(invented ? [] : [model.id]),
    ...namedInFull(model.match),
    ...(KNOWN_IDS[provider.id] ?? []),
  ].filter((id) => {
    const taken = resolve(provider, id);
    return taken === model || (taken === undefined && id === model.id);
  });
  const ids = [...new Set([...named, ...extra].map(modelName))].sort(
    (a, b) => Number(isMoving(a)) - Number(isMoving(b))
  );
  const needed = ids.filter((id) => !isImplied(provider.id, id, ids));
  const [first, ...aliases] = needed;
  return first === undefined ? undefined : { model: first, aliases };
}

function namedInFull(match: MatchLogic): string[] {
  if ('or' in match) {
    return match.or.flatMap(namedInFull);
  }
  if ('and' in match) {
    return match.and.flatMap(namedInFull);
  }
  if ('regex' in match) {
    // An exact id that needs escapes: ^composer-2\.5\[fast=false\]$
    const literal = /^\^((?:[\w:/@=-]|\\[^\w])+)\$$/.exec(match.regex);
    return literal ? [literal[1]!.replace(/\\/g, '')] : [];
  }
  return 'equals' in match ? [match.equals] : Object.values(match).filter(isWhole);
}

/** Loose rules also hold mere beginnings of ids: `claude-sonnet-4-2025`, `claude-opus-4@`, `gemini-2.0-flash-0`. */
const isWhole = (text: string): boolean => !/[-@.:/]$|-20\d\d$|-0$/.test(text) && text !== 'moderation';

/** `…-latest` follows the newest snapshot: not the name to show. */
const isMoving = (id: string): boolean => id.endsWith('-latest');

/** True when the matcher finds the id anyway: a dated snapshot, or the provider's own prefix. */
function isImplied(provider: string, id: string, ids: readonly string[]): boolean {
  const others = [withoutDate(id), canonicalModel(provider, id), id.replace(/-v\d+(:\d+)?$/, '')];
  return others.some((other) => other !== undefined && other !== id && ids.includes(other));
}
