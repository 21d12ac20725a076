import { urlUtil } from '@grafana/data';
import { getFromCollector } from '../../collector/client';
import { sumOf } from '../shared/decimal';
import type { Figure } from '../shared/Figures';
import { count, usd } from '../shared/format';
import type { Scenario } from './scenario';

export type Evidence = 'same_feature' | 'same_operation' | 'thin';

interface Candidate {
  provider: string;
  model: string;
  price_id: string;
  cost: string;
  saving: string;
  saving_ratio: number;
  arithmetic: Array<{ what: string; tokens: string; rate: string; usd: string }>;
  evidence: Evidence;
  seen: { calls: number; success_ratio: number | null; score: number | null };
}

/** Work that cheaper models may do, the best first. */
export interface Routing {
  tenant: string;
  feature: string | null;
  operation: string | null;
  output_size: 'short' | 'medium' | 'long';
  provider: string | null;
  model: string | null;
  calls: number;
  success_ratio: number;
  score: number | null;
  cost: string;
  candidates: Candidate[];
}

export interface Caching {
  tenant: string;
  feature: string | null;
  operation: string | null;
  provider: string | null;
  model: string | null;
  service_tier: string | null;
  hit_ratio: number;
  saved: string;
  wasted: string;
  possible: string | null;
  arithmetic: string;
}

export interface Batch {
  tenant: string;
  feature: string | null;
  provider: string | null;
  model: string | null;
  service_tier: string;
  calls: number;
  cost: string;
  saving: string;
  arithmetic: string;
}

type Way = 'routing' | 'caching' | 'batch';

/** What one work could save by each way; its calls can go one of them only. */
export interface WorkSaving extends Readonly<Record<Way, string | null>> {
  tenant: string;
  feature: string | null;
  operation: string | null;
  provider: string | null;
  model: string | null;
  best: Way;
  saving: string;
}

/** What could be saved, of the last 30 days; USD as decimal text. */
export interface Savings {
  from: string;
  to: string;
  routing: Routing[];
  caching: Caching[];
  batch: Batch[];
  /** Each work by its best way; a collector of an earlier release says nothing about it. */
  together?: { saving: string; works: WorkSaving[] };
}

export const WAY_WORDS: Readonly<Record<Way, string>> = {
  routing: 'A cheaper model',
  caching: 'More caching',
  batch: 'Batches',
};

export const askSavings = (tenant: string | null): Promise<Savings> =>
  getFromCollector<Savings>(urlUtil.renderUrl('api/reports/savings', tenant === null ? {} : { tenant }));

/** The first candidate as a scenario: all calls of the feature on that model. */
export function scenarioOf({ tenant, feature, operation, provider, model, candidates }: Routing): Scenario {
  const [{ provider: to, model: cheaper }] = candidates;
  return {
    tenant,
    changes: [
      {
        where: {
          ...(feature === null ? {} : { feature: [feature] }),
          ...(operation === null ? {} : { operation: [operation] }),
          ...(provider === null ? {} : { provider: [provider] }),
          ...(model === null ? {} : { model: [model] }),
        },
        model: { provider: to, model: cheaper, share: '1' },
      },
    ],
    planned: [],
  };
}

/** A sum to be read; amounts that are not known count nothing. */
const sum = (amounts: ReadonlyArray<string | null>): string => usd(sumOf(amounts));

/** What each kind of saving comes to; of cheaper models only those of which enough is known. */
export function headsOf({ routing, caching, batch, together }: Savings): Figure[] {
  const known = routing.flatMap(({ candidates }) => candidates.find(({ evidence }) => evidence !== 'thin') ?? []);
  return [
    ...(together
      ? [{ label: 'At most, all together', value: usd(together.saving), note: 'each call by one way, the best one' }]
      : []),
    {
      label: 'By cheaper models',
      value: sum(known.map(({ saving }) => saving)),
      note: 'whose success is known from 30 calls or more',
    },
    {
      label: 'By more caching',
      value: sum(caching.map(({ possible }) => possible)),
      note: 'if half of the uncached input came from a cache',
    },
    { label: 'By batches', value: sum(batch.map(({ saving }) => saving)), note: 'of work that nobody waits for' },
    { label: 'Saved by caches already', value: sum(caching.map(({ saved }) => saved)) },
    {
      label: 'Wasted on caches',
      value: sum(caching.map(({ wasted }) => wasted)),
      note: 'on what was written and not read',
    },
  ];
}

const percent = (ratio: number | null): string => (ratio === null ? 'not known' : `${(ratio * 100).toFixed(1)}%`);

const WHERE: Readonly<Record<Evidence, string>> = {
  same_feature: 'for the same feature',
  same_operation: 'for the same operation elsewhere',
  thin: '',
};

/** What a suggestion rests on, in words. */
export function evidenceText({ success_ratio: now }: Routing, { evidence, seen }: Candidate): string {
  return evidence === 'thin'
    ? `Evidence is thin: ${seen.calls} calls of it were seen. Try it with a part of the traffic first`
    : `${percent(seen.success_ratio)} of ${count(seen.calls)} calls succeed ${WHERE[evidence]}, beside ${percent(now)} now`;
}
