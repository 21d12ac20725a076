import { parseReprAt } from './pythonRepr';
import { readProviderUsage, type ProviderUsage } from './providerUsage';
import type { CallReading } from './reading';
import { inclusiveUsage, type RawUsage } from './usage';
import { isJson, type Json } from './values';

/**
 * The provider's usage object inside of what a client wrote down as a call's answer: somewhere in its JSON, or in a text
 * of it that is a Python repr (`ChatMessage(… _meta={'usage': {…}})`, `ChatCompletion(… usage=CompletionUsage(…))`).
 */

/** Keys under which frameworks pass it on. */
const KEYS: ReadonlySet<string> = new Set(['usage', 'usage_metadata', 'usageMetadata', 'token_usage', 'tokenUsage']);
const IN_TEXT = /\b(?:usage|usage_metadata|token_usage)['"]?\s*[=:]\s*/g;

/** An answer is no deeper and no larger; what is, holds content. */
const MAX_DEPTH = 8;
const MAX_NODES = 500;
const MAX_TEXT = 1 << 16;
const MAX_MENTIONS = 16;

interface Found {
  readonly usage: ProviderUsage;
  /** From a text, which anybody may have written: the totals must prove it. */
  readonly ofText: boolean;
}

/**
 * Fills in what a call lacks of its usage from the one usage object inside of its answer. Counts that the call has must
 * agree with the object's; where it has none, only an object that stands by itself in the JSON is believed.
 */
export function addUsageInside(call: CallReading, answer: unknown): void {
  const { usage, convention } = call;
  const knowsCaches = usage.cacheRead !== null || usage.cacheWrite !== null;
  if (knowsCaches && usage.reasoning !== null) {
    return;
  }
  const only = fullest(usagesIn(answer).filter((found) => agrees(usage, found)));
  if (only && knowsCaches) {
    usage.reasoning = only.usage.usage.reasoning;
  } else if (only) {
    call.usage = { ...usage, ...known(only.usage.usage) };
    call.convention = only.usage.usage.input === null ? convention : only.usage.convention;
  }
  call.serviceTier ??= only?.usage.serviceTier;
}

/** Every usage object inside of an answer, outermost first. */
function usagesIn(answer: unknown): Found[] {
  const found: Found[] = [];
  const queue: Array<readonly [value: unknown, depth: number]> = [[answer, 0]];
  for (let i = 0; i < queue.length && i < MAX_NODES; i++) {
    const [value, depth] = queue[i] ?? [null, 0];
    if (typeof value === 'string') {
      found.push(...usagesInText(value));
    } else if (typeof value === 'object' && value !== null && depth < MAX_DEPTH) {
      for (const [key, item] of Object.entries(value)) {
        const usage = KEYS.has(key) && isJson(item) ? usageIn(item) : undefined;
        if (usage) {
          found.push({ usage, ofText: false });
        } else if (typeof item === 'object' || typeof item === 'string') {
          queue.push([item, depth + 1]);
        }
      }
    }
  }
  return found;
}

function usagesInText(text: string): Found[] {
  if (text.length > MAX_TEXT || !text.includes('usage')) {
    return [];
  }
  return [...text.matchAll(IN_TEXT)].slice(0, MAX_MENTIONS).flatMap((match) => {
    const value = parseReprAt(text, match.index + match[0].length);
    const usage = isJson(value) ? usageIn(value) : undefined;
    return usage ? [{ usage, ofText: true }] : [];
  });
}

/** A mistaken count in an answer is no reason to refuse the span around it. */
export function usageIn(object: Json): ProviderUsage | undefined {
  try {
    return readProviderUsage(object);
  } catch {
    return undefined;
  }
}

function agrees(said: RawUsage, { usage: { usage, convention }, ofText }: Found): boolean {
  if (said.input === null && said.output === null && said.total === null) {
    return !ofText;
  }
  const whole = inclusiveUsage(usage, convention).usage;
  const total = (whole.input_tokens ?? 0) + (whole.output_tokens ?? 0);
  return (
    isOneOf(said.input, usage.input, whole.input_tokens) &&
    isOneOf(said.output, usage.output, whole.output_tokens) &&
    isOneOf(said.total, usage.total, total)
  );
}

const isOneOf = (said: number | null, ...counts: Array<number | null>): boolean =>
  said === null || counts.some((count) => (count ?? 0) === said);

const known = (usage: RawUsage): Partial<RawUsage> =>
  Object.fromEntries(Object.entries(usage).filter(([, value]) => value !== null));

/** The one that tells most: frameworks put sums of their own beside the provider's object. Undefined for a tie. */
function fullest(found: readonly Found[]): Found | undefined {
  // Replies of one answer can repeat it.
  const distinct = [...new Map(found.map((item) => [JSON.stringify(item.usage), item])).values()];
  const most = Math.max(0, ...distinct.map(told));
  const [best, ...others] = distinct.filter((item) => told(item) === most);
  return others.length === 0 ? best : undefined;
}

/** How many counts it tells. */
const told = ({ usage }: Found): number => Object.values(usage.usage).filter((count) => count !== null).length;
