import type { Attributes, AttributeValue } from '../receivers/otlp/attributes';
import type { Context, ContextDimension } from './candidate';
import {
  MAPPED_DIMENSIONS,
  OVERRIDE_PREFIX,
  TAG_LISTS,
  TAG_PREFIXES,
  type DimensionMapping,
  type MappedDimension,
} from './mapping';
import { MAX_TAGS, tagList } from './tagList';
import { textOf } from './values';

export type DimensionValues = Partial<Record<MappedDimension, string>>;

/** What one set of attributes says about who, what and why. */
export interface Named {
  readonly dimensions: DimensionValues;
  readonly tags: Record<string, string> | null;
}

const MAX_TAG_KEY = 64;

/** Dimensions that an ancestor span cannot tell: they are facts of the call's own process or connection. */
const NOT_INHERITED = new Set<MappedDimension>(['environment', 'deployment', 'endpoint', 'service', 'release']);

export const isContext = (dimension: MappedDimension): dimension is ContextDimension => !NOT_INHERITED.has(dimension);

/** One attribute name's place in a mapping; rank 0 is the override, then the order of the mapping. */
interface Place {
  readonly dimension: MappedDimension;
  /** Of the dimension in its list. */
  readonly index: number;
  readonly rank: number;
}

const UNSET = 127;

/** Ranks of what one pass has found so far; used by one pass at a time, none of which waits for anything. */
const ranks = new Int8Array(MAPPED_DIMENSIONS.length);

/** Attribute names that the caller makes up can't grow this table beyond its bound. */
const MAX_KEYS = 4096;

/**
 * Reads dimensions and tags of a set of attributes in one pass: each attribute is looked up once, whatever the mapping's
 * size. `llmcost.<dimension>` wins, then the mapping's order.
 */
export class DimensionReader {
  readonly #places = new Map<string, readonly Place[]>();
  readonly #tags = new Map<string, string | undefined>();

  private constructor(mapping: DimensionMapping) {
    MAPPED_DIMENSIONS.forEach((dimension, index) => {
      [OVERRIDE_PREFIX + dimension, ...mapping[dimension]].slice(0, UNSET).forEach((name, rank) => {
        this.#places.set(name, [...(this.#places.get(name) ?? []), { dimension, index, rank }]);
      });
    });
  }

  static readonly #readers = new WeakMap<DimensionMapping, DimensionReader>();

  /** The reader of a mapping, made once. */
  static of(mapping: DimensionMapping): DimensionReader {
    let reader = DimensionReader.#readers.get(mapping);
    if (!reader) {
      reader = new DimensionReader(mapping);
      DimensionReader.#readers.set(mapping, reader);
    }
    return reader;
  }

  read({ keys, values }: Attributes): Named {
    const dimensions: DimensionValues = {};
    ranks.fill(UNSET);
    let tags: Record<string, string> | null = null;
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] ?? '';
      const places = this.#places.get(key);
      const value = places ? textOf(values[i]) : undefined;
      if (places && value !== undefined) {
        for (const { dimension, index, rank } of places) {
          if (rank < (ranks[index] ?? UNSET)) {
            ranks[index] = rank;
            dimensions[dimension] = value;
          }
        }
      }
      const tag = places ? undefined : this.#tagName(key);
      if (tag !== undefined) {
        tags = addTags(tags, tag, values[i]);
      }
    }
    return { dimensions, tags };
  }

  /** The tag's name; '' for a list of labels. */
  #tagName(key: string): string | undefined {
    if (this.#tags.has(key)) {
      return this.#tags.get(key);
    }
    const prefix = TAG_PREFIXES.find((candidate) => key.startsWith(candidate));
    const name = prefix === undefined ? '' : key.slice(prefix.length);
    const named = name !== '' && name.length <= MAX_TAG_KEY && !name.startsWith('__') ? name : undefined;
    const tag = TAG_LISTS.includes(key) ? '' : named;
    if (this.#tags.size < MAX_KEYS) {
      this.#tags.set(key, tag);
    }
    return tag;
  }
}

/** Adds a tag, or a list of labels under the name ''; the first value of a name stays. */
function addTags(
  tags: Record<string, string> | null,
  name: string,
  value: AttributeValue | undefined
): Record<string, string> | null {
  const text = textOf(value);
  // Langfuse writes metadata as JSON: a text comes in quotes.
  const plain = text?.startsWith('"') && text.endsWith('"') && text.length > 2 ? text.slice(1, -1) : text;
  const more =
    name === '' ? tagList(Array.isArray(value) ? value : [value]) : plain === undefined ? null : { [name]: plain };
  return mergeTags(tags, more);
}

/** The part of a span's dimensions that the calls below it inherit. */
export function contextOf(values: DimensionValues, weak: readonly ContextDimension[]): Context | null {
  let context: Context | null = null;
  for (const dimension in values) {
    const name = dimension as MappedDimension;
    const value = values[name];
    if (value !== undefined && isContext(name) && !weak.includes(name)) {
      context ??= {};
      context[name] = value;
    }
  }
  return context;
}

type Tags = Record<string, string> | null | undefined;

/** Tags of several sources; the first that names a key wins. Bounded, see {@link MAX_TAGS}. */
export function mergeTags(first: Tags, ...others: readonly Tags[]): Record<string, string> | null {
  let merged = first ?? null;
  for (const more of others) {
    merged = more ? (merged ? withMore(merged, more) : more) : merged;
  }
  return merged;
}

function withMore(tags: Record<string, string>, more: Record<string, string>): Record<string, string> {
  const fresh = Object.entries(more).filter(([name]) => !Object.hasOwn(tags, name));
  const room = Math.max(0, MAX_TAGS - Object.keys(tags).length);
  return fresh.length === 0 || room === 0 ? tags : { ...tags, ...Object.fromEntries(fresh.slice(0, room)) };
}
