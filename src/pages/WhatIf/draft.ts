import { factorOf, partOf, percentOf, percentOfPart } from './percent';
import type { Change, Planned, Scenario } from './scenario';

/** A change as the form has it: per cent as text, empty for what stays. */
export interface DraftChange {
  readonly feature: string[];
  readonly model: string[];
  readonly calls: string;
  readonly input_tokens: string;
  readonly output_tokens: string;
  readonly cache_hit_ratio: string;
  readonly price: string;
  readonly share: string;
  /** `provider/model`; empty when none moves. */
  readonly target: string;
  /** Parts of the change that the form doesn't show. */
  readonly where: Change['where'];
}

/** A planned feature as the form has it. */
export type DraftPlanned = Readonly<
  Record<'feature' | 'target' | 'calls_per_day' | 'input_tokens' | 'output_tokens' | 'cache_hit_ratio', string>
>;

export interface Draft {
  readonly tenant: string | null;
  readonly changes: readonly DraftChange[];
  readonly planned: readonly DraftPlanned[];
  readonly base: Pick<Scenario, 'days' | 'from' | 'to'>;
}

export const NO_CHANGE: DraftChange = {
  feature: [],
  model: [],
  calls: '',
  input_tokens: '',
  output_tokens: '',
  cache_hit_ratio: '',
  price: '',
  share: '',
  target: '',
  where: {},
};
export const NO_PLAN: DraftPlanned = {
  feature: '',
  target: '',
  calls_per_day: '',
  input_tokens: '',
  output_tokens: '',
  cache_hit_ratio: '0',
};

/** What is changed by a factor, with the form's words for it. */
export const FACTORS = [
  { name: 'calls', label: 'Calls', about: 'Traffic or users' },
  { name: 'input_tokens', label: 'Input tokens', about: 'Prompt size per call' },
  { name: 'output_tokens', label: 'Output tokens', about: 'Answer size per call' },
  { name: 'price', label: 'Price', about: 'Of every token' },
] as const;

const percent = (factor: string | undefined): string => (factor === undefined ? '' : percentOf(factor));
const part = (ratio: string | undefined): string => (ratio === undefined ? '' : percentOfPart(ratio));

/** A scenario as the form has it. */
export const draftOf = ({ tenant, days, from, to, changes, planned }: Scenario): Draft => ({
  tenant: tenant ?? null,
  base: { ...(days ? { days } : {}), ...(from ? { from } : {}), ...(to ? { to } : {}) },
  changes: changes.map(({ where, model, cache_hit_ratio, ...factors }) => ({
    feature: where.feature ?? [],
    model: where.model ?? [],
    calls: percent(factors.calls),
    input_tokens: percent(factors.input_tokens),
    output_tokens: percent(factors.output_tokens),
    price: percent(factors.price),
    cache_hit_ratio: part(cache_hit_ratio),
    share: part(model?.share),
    target: model ? `${model.provider}/${model.model}` : '',
    where,
  })),
  planned: planned.map((one) => ({
    feature: one.feature,
    target: `${one.provider}/${one.model}`,
    calls_per_day: String(one.calls_per_day),
    input_tokens: String(one.input_tokens),
    output_tokens: String(one.output_tokens),
    cache_hit_ratio: part(one.cache_hit_ratio),
  })),
});

/** Providers have no slash in their names, models may. */
const modelOf = (target: string): { provider: string; model: string } | undefined => {
  const at = target.indexOf('/');
  return at > 0 && at < target.length - 1 ? { provider: target.slice(0, at), model: target.slice(at + 1) } : undefined;
};

const NUMBER_WRONG = 'Per cent more or less, like +20 or -12.5';
const PART_WRONG = 'Per cent from 0 to 100';
const MODEL_WRONG = 'Provider and model, like openai/gpt-4.1-mini';
const COUNT_WRONG = 'A whole number of 0 or more';

/** What is wrong with a change, by its field. */
export function changeProblems(change: DraftChange): Partial<Record<keyof DraftChange, string>> {
  const wrong = FACTORS.filter(({ name }) => change[name] !== '' && factorOf(change[name]) === undefined);
  return {
    ...Object.fromEntries(wrong.map(({ name }) => [name, NUMBER_WRONG])),
    ...(change.cache_hit_ratio !== '' && partOf(change.cache_hit_ratio) === undefined
      ? { cache_hit_ratio: PART_WRONG }
      : {}),
    ...(change.share !== '' && partOf(change.share) === undefined ? { share: PART_WRONG } : {}),
    ...((change.target !== '' || change.share !== '') && !modelOf(change.target) ? { target: MODEL_WRONG } : {}),
  };
}

/** What is wrong with a planned feature, by its field. */
export function plannedProblems(planned: DraftPlanned): Partial<Record<keyof DraftPlanned, string>> {
  const counts = (['calls_per_day', 'input_tokens', 'output_tokens'] as const).filter(
    (name) => !/^\d{1,15}$/.test(planned[name])
  );
  return {
    ...(planned.feature.trim() === '' ? { feature: 'A name' } : {}),
    ...(modelOf(planned.target) ? {} : { target: MODEL_WRONG }),
    ...Object.fromEntries(counts.map((name) => [name, COUNT_WRONG])),
    ...(partOf(planned.cache_hit_ratio) === undefined ? { cache_hit_ratio: PART_WRONG } : {}),
  };
}

export const isSound = ({ changes, planned }: Draft): boolean =>
  [...changes.map(changeProblems), ...planned.map(plannedProblems)].every((one) => Object.keys(one).length === 0);

function toChange({ where, feature, model, cache_hit_ratio, share, target, ...factors }: DraftChange): Change {
  const { feature: _feature, model: _model, ...rest } = where;
  const to = modelOf(target);
  return {
    where: { ...rest, ...(feature.length ? { feature } : {}), ...(model.length ? { model } : {}) },
    ...Object.fromEntries(
      FACTORS.flatMap(({ name }) => {
        const factor = factors[name] === '' ? undefined : factorOf(factors[name]);
        return factor === undefined ? [] : [[name, factor]];
      })
    ),
    ...(cache_hit_ratio === '' ? {} : { cache_hit_ratio: partOf(cache_hit_ratio) }),
    ...(to ? { model: { ...to, share: partOf(share === '' ? '100' : share) ?? '1' } } : {}),
  };
}

const toPlanned = (planned: DraftPlanned): Planned => ({
  feature: planned.feature.trim(),
  provider: modelOf(planned.target)?.provider ?? '',
  model: modelOf(planned.target)?.model ?? '',
  calls_per_day: Number(planned.calls_per_day),
  input_tokens: Number(planned.input_tokens),
  output_tokens: Number(planned.output_tokens),
  cache_hit_ratio: partOf(planned.cache_hit_ratio) ?? '0',
});

/** The scenario of a sound draft. */
export const toScenario = ({ tenant, base, changes, planned }: Draft): Scenario => ({
  ...(tenant === null ? {} : { tenant }),
  ...base,
  changes: changes.map(toChange),
  planned: planned.map(toPlanned),
});
