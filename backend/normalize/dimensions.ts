import type { EventDimension } from '../events/usageEvent';
import type { Attributes } from '../receivers/otlp/attributes';
import type { Context, ContextDimension } from './candidate';
import {
  MAPPED_DIMENSIONS,
  OVERRIDE_PREFIX,
  TAG_PREFIXES,
  type DimensionMapping,
  type MappedDimension,
} from './mapping';
import { firstText, MAX_TEXT, textOf } from './values';

export type DimensionValues = Partial<Record<MappedDimension | EventDimension, string>>;

/** At most this many tags per event; a caller that sends more keeps the first ones. */
export const MAX_TAGS = 32;
const MAX_TAG_KEY = 64;

const MAPPED = new Set<string>(MAPPED_DIMENSIONS);
const NOT_INHERITED = new Set<string>(['environment', 'deployment', 'endpoint', 'service', 'release']);

const isContext = (dimension: MappedDimension): dimension is ContextDimension => !NOT_INHERITED.has(dimension);

/** Every dimension that one set of attributes names: `llmcost.<dimension>` first, then the mapping's names. */
export function namedDimensions(attributes: Attributes, mapping: DimensionMapping): DimensionValues {
  const found: DimensionValues = {};
  for (const dimension of MAPPED_DIMENSIONS) {
    const value = textOf(attributes.get(OVERRIDES[dimension])) ?? firstText(attributes, mapping[dimension]);
    if (value !== undefined) {
      found[dimension] = value;
    }
  }
  return found;
}

const OVERRIDES = Object.fromEntries(
  MAPPED_DIMENSIONS.map((dimension) => [dimension, OVERRIDE_PREFIX + dimension])
) as Record<MappedDimension, string>;

/** The part of a span's dimensions that the calls below it inherit. */
export function contextOf(values: DimensionValues): Context | null {
  let context: Context | null = null;
  for (const dimension of MAPPED_DIMENSIONS) {
    const value = values[dimension];
    if (value !== undefined && isContext(dimension)) {
      context ??= {};
      context[dimension] = value;
    }
  }
  return context;
}

/** Tags that the caller attached by prefix, bounded in number and length; null when there are none. */
export function tagsOf(...sources: readonly Attributes[]): Record<string, string> | null {
  const tags: Record<string, string> = {};
  let count = 0;
  for (const attributes of sources) {
    for (let i = 0; i < attributes.keys.length && count < MAX_TAGS; i++) {
      const name = tagName(attributes.keys[i] ?? '');
      const value = name === undefined ? undefined : textOf(attributes.values[i]);
      if (name !== undefined && value !== undefined && !Object.hasOwn(tags, name)) {
        tags[name] = value.slice(0, MAX_TEXT);
        count++;
      }
    }
  }
  return count ? tags : null;
}

function tagName(key: string): string | undefined {
  if (key.charCodeAt(0) !== T && key.charCodeAt(0) !== L) {
    return undefined;
  }
  const prefix = TAG_PREFIXES.find((candidate) => key.startsWith(candidate));
  const name = prefix === undefined ? '' : key.slice(prefix.length);
  return name !== '' && name.length <= MAX_TAG_KEY && !MAPPED.has(name) ? name : undefined;
}

const T = 't'.charCodeAt(0);
const L = 'l'.charCodeAt(0);
