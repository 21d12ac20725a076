/** What one value of a dimension (a tenant, a model …) cost in the two periods, pico-USD. */
export interface Mover {
  readonly value: string;
  readonly before: bigint;
  readonly after: bigint;
}

/** A dimension with the values that moved most. */
export interface MoversOf {
  readonly dimension: string;
  readonly movers: readonly Mover[];
  /** Part of the difference that the first mover makes: 0.8 is 80%; over 1 where others make up for it. */
  readonly explained: number;
  /** How many values there are in either period. */
  readonly values: number;
}

const MOST = 5;

const moved = ({ before, after }: Mover): bigint => after - before;
const size = (pico: bigint): bigint => (pico < 0n ? -pico : pico);

/**
 * The values of a dimension by how much they moved the total, largest first. Values that moved against the difference
 * are among them: a saving that hides a rise is worth knowing.
 *
 * @param difference of the totals, pico-USD
 */
export function rankMovers(
  dimension: string,
  before: ReadonlyMap<string, bigint>,
  after: ReadonlyMap<string, bigint>,
  difference: bigint
): MoversOf {
  const all = [...new Set([...before.keys(), ...after.keys()])].map((value) => ({
    value,
    before: before.get(value) ?? 0n,
    after: after.get(value) ?? 0n,
  }));
  const movers = all
    .filter((mover) => moved(mover) !== 0n)
    .sort((a, b) => Number(size(moved(b)) - size(moved(a))) || (a.value < b.value ? -1 : 1))
    .slice(0, MOST);
  const first = movers.find((mover) => moved(mover) > 0n === difference > 0n);
  return {
    dimension,
    movers,
    values: all.length,
    explained: first && difference !== 0n ? Number(moved(first)) / Number(difference) : 0,
  };
}

/** Dimensions whose first mover explains most, best first; one with a single value in all explains nothing. */
export function mostTelling(dimensions: readonly MoversOf[]): readonly MoversOf[] {
  /** How far from the whole difference the first mover is, on either side. */
  const short = ({ explained }: MoversOf): number => Math.abs(1 - explained);
  return dimensions.filter(({ explained, values }) => explained > 0 && values > 1).sort((a, b) => short(a) - short(b));
}
