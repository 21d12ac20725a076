import { parseDecimal } from '../pricing/decimal';
import { divide } from './divide';
import { type Line, lineId, subjectOf } from './line';
import type { SplitRule } from './request';

/** A rule whose tenant is known. */
export type Split = SplitRule & { readonly tenant: string };

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);

/** The shares as whole numbers of one denominator. */
function wholeShares(targets: Readonly<Record<string, string>>): bigint[] {
  const ratios = Object.values(targets).map(parseDecimal);
  const denominator = ratios.reduce((product, { den }) => product * den, 1n);
  return ratios.map(({ num, den }) => (num * denominator) / den);
}

/**
 * The weights of a split's targets: their shares, by usage multiplied with what each costs itself. Null where nothing can be
 * divided because no target cost anything.
 */
function weights(split: Split, usage: readonly Line[]): bigint[] | null {
  const shares = wholeShares(split.targets);
  if (split.by === 'shares') {
    return shares;
  }
  const own = Object.keys(split.targets).map((target) => {
    const cost = sum(
      usage
        .filter((line) => line.tenant === split.tenant && line[split.dimension] === target)
        .map(({ amount }) => amount)
    );
    return cost > 0n ? cost : 0n;
  });
  const weighted = shares.map((share, i) => share * own[i]!);
  return sum(weighted) > 0n ? weighted : null;
}

/**
 * The lines that take a shared cost from its source and give it to the targets: together they are 0, so that the statement
 * adds up to the same total. Sources are looked for in usage only: what is split to a team is not split again.
 */
export function splitLines(split: Split, usage: readonly Line[], month: string): Line[] {
  const shared = usage.filter((line) => line.tenant === split.tenant && line[split.dimension] === split.source);
  const weighted = weights(split, usage);
  const amount = sum(shared.map((line) => line.amount));
  const converted = sum(shared.map((line) => line.converted));
  if (weighted === null || (amount === 0n && converted === 0n)) {
    return [];
  }
  const line = (to: string, role: string, part: bigint, partConverted: bigint): Line => {
    const subject = subjectOf(split.tenant, { [split.dimension]: to });
    return {
      ...subject,
      line_id: lineId('split', month, month, subject, `${split.name} ${role}`),
      kind: 'split',
      month,
      of_month: month,
      description: `${split.name}: ${role === 'from' ? 'shared with others' : `share of ${split.source}`}`,
      quantity: null,
      calls: null,
      amount: part,
      converted: partConverted,
    };
  };
  const parts = divide(amount, weighted);
  const convertedParts = divide(converted, weighted);
  return [
    line(split.source, 'from', -amount, -converted),
    ...Object.keys(split.targets).map((target, i) => line(target, 'to', parts[i]!, convertedParts[i]!)),
  ];
}
