import { dimensionLabel } from '../../../src/query';
import { PICO_PER_USD } from '../../pricing/decimal';
import type { Mover, MoversOf } from './movers';
import { type Factor, FACTORS } from './split';

/** A part of the difference under this is not worth a word. */
const WORTH_A_WORD = 0.1;
const MOST_CAUSES = 3;
const CENT = PICO_PER_USD / 100n;

/** What to call a factor that made it more, and one that made it less. */
const WORDS: Record<Factor, readonly [more: string, less: string]> = {
  calls: ['more calls', 'fewer calls'],
  retries: ['more retries', 'fewer retries'],
  work_mix: ['more of the costly work', 'less of the costly work'],
  model_mix: ['a move to dearer models', 'a move to cheaper models'],
  input: ['more input per call', 'less input per call'],
  cache: ['less use of the cache', 'better use of the cache'],
  output: ['more output per call', 'less output per call'],
  price: ['higher prices', 'lower prices'],
  other: ['more other charges', 'fewer other charges'],
};

/** The whole story in a few words, for a person who reads nothing else. */
export function sentence(
  before: bigint,
  after: bigint,
  parts: Readonly<Record<Factor, bigint>>,
  telling: readonly MoversOf[],
  average = false
): string {
  const difference = after - before;
  if (before === 0n && after === 0n) {
    return 'Neither period has priced usage.';
  }
  if (difference === 0n) {
    return `The cost is the same in both periods: ${usd(after)}.`;
  }
  const turn = difference > 0n ? 'rose' : 'fell';
  const percent = before === 0n ? '' : ` (${signedPercent(Number(difference) / Number(before))})`;
  const head = `Cost ${turn} by ${usd(size(difference))}${percent}, from ${average ? 'an average of ' : ''}${usd(before)} to ${usd(after)}`;
  return [`${head}: ${causes(difference, parts)}.`, ...culprits(difference, telling)].join(' ');
}

function causes(difference: bigint, parts: Readonly<Record<Factor, bigint>>): string {
  const told = FACTORS.map(({ name }) => ({ name, part: parts[name] }))
    .filter(({ part }) => Math.abs(Number(part) / Number(difference)) >= WORTH_A_WORD)
    .sort((a, b) => Number(size(b.part) - size(a.part)))
    .slice(0, MOST_CAUSES);
  return told
    .map(({ name, part }) => `${part > 0n ? '+' : '−'}${usd(size(part))} from ${WORDS[name][part > 0n ? 0 : 1]}`)
    .join(', ');
}

function culprits(difference: bigint, telling: readonly MoversOf[]): string[] {
  const named = telling.slice(0, 2).flatMap(({ dimension, movers, explained }) => {
    const first = movers.find((mover) => moved(mover) > 0n === difference > 0n);
    return first && explained >= WORTH_A_WORD
      ? [`${dimensionLabel(dimension)} “${first.value}” ${didWhat(first, explained)}`]
      : [];
  });
  return named.length ? [`${named.join(', ')}.`] : [];
}

/** Over the whole difference others made up for it, and its part would be more than all. */
function didWhat(first: Mover, explained: number): string {
  return explained < 1.005
    ? `explains ${Math.round(explained * 100)}% of it`
    : `alone cost ${usd(size(moved(first)))} ${moved(first) > 0n ? 'more' : 'less'}`;
}

const moved = ({ before, after }: Mover): bigint => after - before;
const size = (pico: bigint): bigint => (pico < 0n ? -pico : pico);
/** Beyond a thousand there was next to nothing before, and the number says nothing. */
const signedPercent = (ratio: number): string =>
  ratio > 10
    ? 'more than 1,000%'
    : `${ratio > 0 ? '+' : '−'}${Math.abs(ratio * 100).toFixed(Math.abs(ratio) < 0.1 ? 1 : 0)}%`;

/** To the cent, or with three significant digits below ten cents: small amounts stay visible. */
function usd(pico: bigint): string {
  const value = Number(pico) / Number(PICO_PER_USD);
  return pico >= 10n * CENT
    ? `$${value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`
    : `$${Number(value.toPrecision(3)).toLocaleString('en-US', { maximumFractionDigits: 12 })}`;
}
