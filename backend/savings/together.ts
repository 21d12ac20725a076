import { picoToUsd, usdSumToPico } from '../pricing/decimal';
import type { Batch, Caching, Routing } from './savings';

/** The ways to save, in the order in which one of two equal ones is taken. */
const WAYS = ['routing', 'caching', 'batch'] as const;
export type Way = (typeof WAYS)[number];

/** What one work could save by each way, USD; null where that way is none for it. Its calls can go one of the ways only. */
export interface WorkSaving extends Readonly<Record<Way, string | null>> {
  readonly tenant: string;
  readonly feature: string | null;
  readonly operation: string | null;
  readonly provider: string | null;
  readonly model: string | null;
  /** The way that saves most. */
  readonly best: Way;
  /** USD; what that way saves, and all that this work adds to the sum. */
  readonly saving: string;
}

export interface Together {
  /** USD; the sum of what each work saves by its best way: at most this, since no call can go two ways. */
  readonly saving: string;
  readonly works: readonly WorkSaving[];
}

interface Suggestions {
  readonly routing: readonly Routing[];
  readonly caching: readonly Caching[];
  readonly batch: readonly Batch[];
}

type Identity = Pick<WorkSaving, 'tenant' | 'feature' | 'operation' | 'provider' | 'model'>;

const identity = ({ tenant, feature, operation, provider, model }: Identity): Identity => ({
  tenant,
  feature,
  operation,
  provider,
  model,
});

/**
 * What all suggestions come to when each work goes one way: the largest of what a cheaper model, a cache and a batch would
 * save. A cheaper model counts only where enough is known of its success.
 */
export function together({ routing, caching, batch }: Suggestions): Together {
  const works = new Map<string, { readonly of: Identity; readonly ways: Map<Way, bigint> }>();
  const add = (row: Identity, tier: string | null, way: Way, saving: string | null | undefined): void => {
    if (saving == null) {
      return;
    }
    const of = identity(row);
    const key = JSON.stringify([...Object.values(of), tier ?? 'standard']);
    const work = works.get(key) ?? { of, ways: new Map<Way, bigint>() };
    work.ways.set(way, (work.ways.get(way) ?? 0n) + usdSumToPico(saving));
    works.set(key, work);
  };
  // Cheaper models and batches are for what runs at the standard tier.
  routing.forEach((row) =>
    add(row, null, 'routing', row.candidates.find(({ evidence }) => evidence !== 'thin')?.saving)
  );
  caching.forEach((row) => add(row, row.service_tier, 'caching', row.possible));
  batch.forEach((row) => add(row, null, 'batch', row.saving));
  const found = [...works.values()]
    .map(({ of, ways }) => {
      const amount = (way: Way): bigint => ways.get(way) ?? 0n;
      const best = WAYS.reduce((a, b) => (amount(b) > amount(a) ? b : a));
      return { of, ways, best, saving: amount(best) };
    })
    .filter(({ saving }) => saving > 0n)
    .sort((a, b) => (a.saving > b.saving ? -1 : a.saving < b.saving ? 1 : 0));
  const text = (amount: bigint | undefined): string | null => (amount === undefined ? null : picoToUsd(amount));
  return {
    saving: picoToUsd(found.reduce((sum, { saving }) => sum + saving, 0n)),
    works: found.map(({ of, ways, best, saving }) => ({
      ...of,
      routing: text(ways.get('routing')),
      caching: text(ways.get('caching')),
      batch: text(ways.get('batch')),
      best,
      saving: picoToUsd(saving),
    })),
  };
}
