import { explainDay, explainModel, type Explanation } from './explain';
import { modelsOf, only, percent, type Sides, total, usd } from './sides';

interface Difference {
  /** USD as decimal text; theirs is null for a day that was not pulled. */
  readonly ours: string;
  readonly theirs: string | null;
  /** Ours minus theirs. */
  readonly difference: string | null;
  /** Of theirs, in percent with two decimals; null where theirs is 0 or unknown. */
  readonly difference_percent: string | null;
  readonly explanations: readonly Explanation[];
}
export interface ModelLine extends Difference {
  /** Without the dates of snapshots, which the two sides write differently. */
  readonly model: string;
}
export interface DayLine extends Difference {
  /** UTC. */
  readonly day: string;
  readonly pulled_at: string | null;
  readonly models: readonly ModelLine[];
}

/** Ours and theirs of each of the days. `pulled`: when their report of a day was read. */
export function compareDays(
  days: readonly string[],
  sides: Sides,
  pulled: ReadonlyMap<string, Date>,
  today: string
): DayLine[] {
  return days.map((day) => {
    const ofDay: Sides = {
      ours: sides.ours.filter((row) => row.day === day),
      theirCosts: sides.theirCosts.filter((row) => row.day === day),
      theirUse: sides.theirUse.filter((row) => row.day === day),
    };
    const pulledAt = pulled.get(day) ?? null;
    const known = pulledAt !== null;
    return {
      day,
      pulled_at: pulledAt?.toISOString() ?? null,
      ...difference(ofDay, known),
      explanations: explainDay(ofDay, { known, over: day < today }),
      models: modelsOf(ofDay).map((model) => {
        const ofModel = only(ofDay, model);
        return { model, ...difference(ofModel, known), explanations: known ? explainModel(ofModel) : [] };
      }),
    };
  });
}

function difference({ ours, theirCosts }: Sides, known: boolean): Omit<Difference, 'explanations'> {
  const our = total(ours, ({ cost }) => cost);
  const their = total(theirCosts, ({ cost }) => cost);
  return {
    ours: usd(our),
    theirs: known ? usd(their) : null,
    difference: known ? usd(our - their) : null,
    difference_percent: known ? percent(our - their, their) : null,
  };
}
