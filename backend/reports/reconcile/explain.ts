import { modelsOf, only, percent, type Sides, tierOf, total, usd } from './sides';

export const EXPLANATIONS = [
  'not_pulled',
  'day_not_over',
  'unpriced_calls',
  'calls_without_usage',
  'models_only_theirs',
  'models_only_ours',
  'not_of_a_model',
  'service_tiers_differ',
  'tokens_differ',
  'prices_differ',
] as const;

/** Why ours and theirs may differ. */
export interface Explanation {
  readonly reason: (typeof EXPLANATIONS)[number];
  readonly text: string;
}

/** Smaller differences are rounding and calls around midnight: in percent. */
const TOLERANCE = 0.5;

/** What is to say of a whole day. */
export function explainDay(
  sides: Sides,
  { known, over }: { readonly known: boolean; readonly over: boolean }
): Explanation[] {
  if (!known) {
    return [{ reason: 'not_pulled', text: "the provider's report of this day was not read yet: llmcost reconcile" }];
  }
  return [
    ...(over
      ? []
      : [
          {
            reason: 'day_not_over' as const,
            text: 'the day (UTC) is not over, and providers report with hours of delay',
          },
        ]),
    ...incomplete(sides),
    ...otherModels(sides),
    ...serviceTiers(sides),
    ...tokens(sides),
  ];
}

/** What is to say of one model of a day. */
export function explainModel(sides: Sides): Explanation[] {
  const onOneSide = sides.ours.length === 0 || (sides.theirCosts.length === 0 && sides.theirUse.length === 0);
  return onOneSide
    ? [...incomplete(sides), ...otherModels(sides)]
    : [...incomplete(sides), ...serviceTiers(sides), ...tokens(sides)];
}

function incomplete({ ours }: Sides): Explanation[] {
  const unpriced = total(ours, (row) => row.unpriced_calls);
  const without = total(ours, (row) => row.without_usage);
  const found: Explanation[] = [];
  if (unpriced > 0n) {
    const tokensLeftOut = total(ours, (row) => row.unpriced_tokens);
    const text = `${unpriced} of our calls with ${tokensLeftOut} tokens have no price and are left out of our total`;
    found.push({ reason: 'unpriced_calls', text });
  }
  if (without > 0n) {
    const text = `${without} of our calls came without usage (streams without include_usage, errors): they cost nothing here`;
    found.push({ reason: 'calls_without_usage', text });
  }
  return found;
}

function otherModels(sides: Sides): Explanation[] {
  const split = modelsOf(sides).map((model) => ({ model, ...only(sides, model) }));
  const theirs = split.filter(({ ours }) => ours.length === 0);
  const ours = split.filter(({ theirCosts, theirUse }) => theirCosts.length === 0 && theirUse.length === 0);
  const others = sides.theirCosts.filter(({ model }) => model === null);
  const names = (list: typeof split) => list.map(({ model }) => model).join(', ');
  const found: Explanation[] = [];
  if (theirs.length > 0) {
    const cost = usd(total(theirs, (each) => total(each.theirCosts, (row) => row.cost)));
    const text = `${names(theirs)}: billed ${cost} USD, and none of their calls was reported to us`;
    found.push({ reason: 'models_only_theirs', text });
  }
  if (ours.length > 0) {
    const cost = usd(total(ours, (each) => total(each.ours, (row) => row.cost)));
    const text = `${names(ours)}: ${cost} USD here and not on the bill (another account, or another name for the model)`;
    found.push({ reason: 'models_only_ours', text });
  }
  if (others.length > 0) {
    const text = `${usd(total(others, (row) => row.cost))} USD are billed for what is no model (searches, sessions, storage)`;
    found.push({ reason: 'not_of_a_model', text });
  }
  return found;
}

/** Service tiers that only one side has: another tier is another price. */
function serviceTiers({ ours, theirUse }: Sides): Explanation[] {
  if (ours.length === 0 || theirUse.length === 0) {
    return [];
  }
  const ourTiers = new Set(ours.map(tierOf));
  const theirTiers = new Set(theirUse.map(tierOf));
  const without = (list: Set<string>, other: Set<string>) => [...list].filter((tier) => !other.has(tier)).sort();
  const [onlyOurs, onlyTheirs] = [without(ourTiers, theirTiers), without(theirTiers, ourTiers)];
  if (onlyOurs.length + onlyTheirs.length === 0) {
    return [];
  }
  const parts = [
    ...(onlyTheirs.length > 0 ? [`they served ${onlyTheirs.join(', ')}, which no call here says`] : []),
    ...(onlyOurs.length > 0 ? [`our calls say ${onlyOurs.join(', ')}, which they don't report`] : []),
  ];
  return [{ reason: 'service_tiers_differ', text: parts.join('; ') }];
}

/** Other tokens mean other calls; equal tokens at another cost mean another price. */
function tokens({ ours, theirUse, theirCosts }: Sides): Explanation[] {
  const [our, their] = [ours, theirUse].map((rows: ReadonlyArray<{ input_tokens: bigint; output_tokens: bigint }>) =>
    total(rows, (row) => row.input_tokens + row.output_tokens)
  ) as [bigint, bigint];
  if (their === 0n) {
    return [];
  }
  const share = percent(our - their, their)!;
  if (Math.abs(Number(share)) > TOLERANCE) {
    const calls = requests(theirUse);
    const requested = calls === null ? '' : `, ${total(ours, (row) => row.calls)} calls against their ${calls}`;
    const cause =
      our < their ? 'some calls were not reported to us' : 'calls of another account, or counted for another day (UTC)';
    return [
      { reason: 'tokens_differ', text: `${our} tokens against their ${their} (${share}%)${requested}: ${cause}` },
    ];
  }
  const [ourCost, theirCost] = [total(ours, (row) => row.cost), total(theirCosts, (row) => row.cost)];
  const costShare = percent(ourCost - theirCost, theirCost);
  return costShare !== null && Math.abs(Number(costShare)) > TOLERANCE
    ? [
        {
          reason: 'prices_differ',
          text: `the tokens agree and the cost doesn't (${costShare}%): compare the price rows with the contract`,
        },
      ]
    : [];
}

const requests = (rows: Sides['theirUse']): bigint | null =>
  rows.some((row) => row.requests === null) ? null : total(rows, (row) => row.requests ?? 0n);
