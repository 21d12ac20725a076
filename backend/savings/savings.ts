import { multiply, ONE, parseDecimal, picoToUsd, ratio, roundHalfEven } from '../pricing/decimal';
import type { PriceBook } from '../pricing/book';
import type { StoredPrice } from '../pricing/priceRow';
import { costAt, type Term, type Tokens, tokensTimes } from './arithmetic';
import { featureKey, type Work } from './work';

/** How sure a suggestion is: 30 calls of the same feature, or of the same operation elsewhere, or fewer. */
export type Evidence = 'same_feature' | 'same_operation' | 'thin';

interface Seen {
  readonly calls: number;
  readonly success_ratio: number | null;
  readonly score: number | null;
}

export interface RoutingCandidate {
  readonly provider: string;
  readonly model: string;
  readonly price_id: string;
  readonly cost: string;
  /** USD; what it costs now less what it would cost. */
  readonly saving: string;
  readonly saving_ratio: number;
  readonly arithmetic: readonly Term[];
  readonly evidence: Evidence;
  /** Of that model, where the evidence is from. */
  readonly seen: Seen;
}

/** Work that a cheaper model may do. */
export interface Routing {
  readonly tenant: string;
  readonly feature: string | null;
  readonly operation: string | null;
  /** By completion tokens per call: short up to 200, medium up to 1,000, long above. */
  readonly output_size: 'short' | 'medium' | 'long';
  readonly provider: string | null;
  readonly model: string | null;
  readonly calls: number;
  readonly success_ratio: number;
  readonly score: number | null;
  readonly cost: string;
  readonly candidates: readonly RoutingCandidate[];
}

export interface Caching {
  readonly tenant: string;
  readonly feature: string | null;
  readonly operation: string | null;
  readonly provider: string | null;
  readonly model: string | null;
  /** As it was served. */
  readonly service_tier: string | null;
  readonly hit_ratio: number;
  /** USD: what reads cost less than plain input, less what writes cost more. */
  readonly saved: string;
  /** USD: what writes cost more than plain input, for tokens that were written and not read as often. */
  readonly wasted: string;
  /** USD: what could be saved if half of the uncached input were read from the cache; null where the model has no cache price. */
  readonly possible: string | null;
  readonly arithmetic: string;
}

export interface Batch {
  readonly tenant: string;
  readonly feature: string | null;
  readonly operation: string | null;
  readonly provider: string | null;
  readonly model: string | null;
  readonly service_tier: string;
  readonly calls: number;
  readonly cost: string;
  readonly saving: string;
  readonly arithmetic: string;
}

const ENOUGH = 30;
const SHOWN = 3;
/** A model does the same work as well when its success is at most this much lower. */
const WORSE = 0.02;
const SHARE_REPEATED = { num: 1n, den: 2n };

const sum = (tokens: Tokens): bigint => tokens.input + tokens.cache_read + tokens.cache_write;
const perCall = (tokens: bigint, calls: number): number => Number(tokens) / Math.max(1, calls);
const outputSize = (mean: number): Routing['output_size'] =>
  mean <= 200 ? 'short' : mean <= 1_000 ? 'medium' : 'long';

/** The row in force now for a model, where its base rates hold for calls of this size. */
function rowFor(book: PriceBook, work: Work, other: Work, at: number): StoredPrice | null {
  const found = book.find({
    time: at,
    tenant: work.tenant,
    deployment: null,
    provider: other.provider,
    model: other.model,
    request_model: other.model,
  });
  if (typeof found === 'string') {
    return null;
  }
  const size = perCall(sum(work.tokens), work.calls);
  // Half of the threshold: above that on average, single calls are beyond it.
  return found.row.tiers.some((tier) => size > tier.above_input_tokens / 2) ? null : found.row;
}

function observed(all: readonly Work[], work: Work, other: Work): { readonly evidence: Evidence; readonly seen: Seen } {
  const ofModel = all.filter(
    (one) => one.model === other.model && one.provider === other.provider && one.operation === work.operation
  );
  const same = ofModel.filter((one) => one.tenant === work.tenant && one.feature === work.feature);
  const count = (list: readonly Work[]) => list.reduce((total, { calls }) => total + calls, 0);
  const use = count(same) >= ENOUGH ? same : ofModel;
  const calls = count(use);
  const rated = use.filter(({ score }) => score !== null);
  return {
    evidence: use === same ? 'same_feature' : calls >= ENOUGH ? 'same_operation' : 'thin',
    seen: {
      calls,
      success_ratio: calls === 0 ? null : use.reduce((total, { successes }) => total + successes, 0) / calls,
      score: rated.length === 0 ? null : rated.reduce((total, one) => total + one.score! * one.calls, 0) / count(rated),
    },
  };
}

/**
 * Cheaper models for the same tokens, of those that do the same operation somewhere, with the success that was seen of them.
 * Those that are seen to succeed less are left out.
 *
 * @param at µs since 1970: prices are those of then
 */
export function routing(all: readonly Work[], book: PriceBook, at: number): Routing[] {
  const models = [
    ...new Map(all.map((one) => [JSON.stringify([one.operation, one.provider, one.model]), one])).values(),
  ];
  const suggestions = all.flatMap((work): Array<{ saving: bigint; routing: Routing }> => {
    if (work.calls === 0 || work.cost <= 0n || (work.service_tier ?? 'standard') !== 'standard') {
      return [];
    }
    const success = work.successes / work.calls;
    const candidates = models
      .filter((one) => one.operation === work.operation && (one.model !== work.model || one.provider !== work.provider))
      .flatMap((other) => {
        const row = rowFor(book, work, other, at);
        const computed = row && costAt(row, work.tokens);
        if (!row || !computed || computed.cost >= work.cost) {
          return [];
        }
        const { evidence, seen } = observed(all, work, other);
        if (evidence !== 'thin' && seen.success_ratio !== null && seen.success_ratio < success - WORSE) {
          return [];
        }
        const saving = work.cost - computed.cost;
        return {
          saving,
          candidate: {
            provider: other.provider ?? row.provider,
            model: other.model ?? row.model,
            price_id: row.price_id,
            cost: picoToUsd(computed.cost),
            saving: picoToUsd(saving),
            saving_ratio: Number((Number(saving) / Number(work.cost)).toPrecision(6)),
            arithmetic: computed.terms,
            evidence,
            seen,
          },
        };
      })
      .sort(
        (a, b) =>
          Number(a.candidate.evidence === 'thin') - Number(b.candidate.evidence === 'thin') ||
          (a.saving > b.saving ? -1 : 1)
      );
    if (candidates.length === 0) {
      return [];
    }
    const { tenant, feature, operation, provider, model, calls, score } = work;
    return [
      {
        saving: candidates[0]!.saving,
        routing: {
          tenant,
          feature,
          operation,
          output_size: outputSize(perCall(work.tokens.output, calls)),
          provider,
          model,
          calls,
          success_ratio: success,
          score,
          cost: picoToUsd(work.cost),
          candidates: candidates.slice(0, SHOWN).map(({ candidate }) => candidate),
        },
      },
    ];
  });
  return suggestions.sort((a, b) => (a.saving > b.saving ? -1 : 1)).map(({ routing: one }) => one);
}

/** What caches saved, what was written to them for nothing, and what they could save. */
export function caching(all: readonly Work[], book: PriceBook, at: number): Caching[] {
  return all.flatMap((work) => {
    const { tokens, tenant, feature, operation, provider, model, service_tier } = work;
    const row = rowFor(book, work, work, at);
    const usesCache = tokens.cache_read + tokens.cache_write > 0n;
    const canCache = row?.input != null && row.cache_read !== null;
    if (sum(tokens) === 0n || (!usesCache && !canCache)) {
      return [];
    }
    // Written and not read even once: what the write cost beyond plain input was for nothing.
    const unread = tokens.cache_write > tokens.cache_read ? tokens.cache_write - tokens.cache_read : 0n;
    const premium = row?.input == null ? 0n : work.cacheWriteCost - tokensTimes(tokens.cache_write, row.input);
    const wasted = unread === 0n || premium <= 0n ? 0n : roundHalfEven(premium * unread, tokens.cache_write);
    const half = (tokens.input * SHARE_REPEATED.num) / SHARE_REPEATED.den;
    const possible = canCache ? tokensTimes(half, row.input!) - tokensTimes(half, row.cache_read!) : null;
    return [
      {
        tenant,
        feature,
        operation,
        provider,
        model,
        service_tier,
        hit_ratio: Number(tokens.cache_read) / Number(sum(tokens)),
        saved: picoToUsd(work.cacheSavings),
        wasted: picoToUsd(wasted),
        possible: possible === null ? null : picoToUsd(possible),
        arithmetic: canCache
          ? `half of ${tokens.input} uncached input tokens × ($${row.input!} − $${row.cache_read!}) per 1M; wasted: ${unread} of ${tokens.cache_write} written tokens were not read`
          : `${tokens.cache_read} tokens were read, ${tokens.cache_write} written`,
      },
    ];
  });
}

/**
 * Work that nobody waits for and that runs at the standard tier, where its model has a cheaper one for batches.
 *
 * @param free features whose calls name no user
 */
export function batches(all: readonly Work[], free: ReadonlySet<string>, book: PriceBook, at: number): Batch[] {
  return all.flatMap((work) => {
    const { tenant, feature, operation, provider, model, calls, cost } = work;
    if ((work.service_tier ?? 'standard') !== 'standard' || !free.has(featureKey(tenant, feature))) {
      return [];
    }
    const row = rowFor(book, work, work, at);
    const tier = (['batch', 'flex'] as const).find((name) => row?.service_tiers[name]?.multiplier !== undefined);
    const multiplier = tier && row?.service_tiers[tier]?.multiplier;
    if (!tier || multiplier === undefined) {
      return [];
    }
    const { num, den } = multiply(parseDecimal(multiplier), ONE);
    const saving = cost - roundHalfEven(cost * ratio(num, den).num, ratio(num, den).den);
    if (saving <= 0n) {
      return [];
    }
    return [
      {
        tenant,
        feature,
        operation,
        provider,
        model,
        service_tier: tier,
        calls,
        cost: picoToUsd(cost),
        saving: picoToUsd(saving),
        arithmetic: `${picoToUsd(cost)} × (1 − ${multiplier})`,
      },
    ];
  });
}
