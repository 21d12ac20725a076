import { formattedValueToString, getValueFormat } from '@grafana/data';
import type { Cell } from '../../collector/reply';
import { usdText } from '../../datasource/frames/usdText';

/** Money as it is read, see {@link usdText}. */
export const usd = (amount: Cell): string => (amount === null ? 'No price' : usdText(Number(amount)));

/** A difference of money with its sign; the minus is as wide as the plus. */
export function signedUsd(amount: string): string {
  const size = usd(amount.replace(/^-/, ''));
  return Number(amount) > 0 ? `+${size}` : Number(amount) < 0 ? `−${size}` : size;
}

/** A count with separators; unknown ones are a dash. */
export const count = (value: Cell): string => (value === null ? '–' : Number(value).toLocaleString('en-US'));

/** A large count in three digits. */
export const short = (value: Cell): string => formattedValueToString(getValueFormat('short')(Number(value ?? 0)));

/** A share as per cent; nothing of nothing is a dash, something is never 0.0%, and what is not the whole never 100%. */
export function share(part: Cell, whole: Cell): string {
  if (!Number(whole)) {
    return '–';
  }
  const of = Number(part) / Number(whole);
  if (of > 0 && of < 0.001) {
    return '<0.1%';
  }
  return formattedValueToString(getValueFormat('percentunit')(of < 1 ? Math.min(of, 0.999) : of, 1));
}

/** Beyond this a growth says only that there was next to nothing before. */
const MOST_GROWTH = 10;
const MOST_GROWTH_TEXT = '> 1,000%';

const percent = (by: number): string =>
  formattedValueToString(getValueFormat('percentunit')(by, Math.abs(by) < 0.1 ? 1 : 0));

/** The change since before as a signed per cent; what was nothing before is new. */
export function delta(now: Cell, before: Cell): string {
  if (now === null) {
    return '–';
  }
  const [a, b] = [Number(now), Number(before)];
  if (!b) {
    return a > 0 ? 'new' : '–';
  }
  const by = (a - b) / b;
  return by > MOST_GROWTH ? MOST_GROWTH_TEXT : `${by > 0 ? '+' : ''}${percent(by)}`;
}

/** How much more or less than before, in words that need no colour. */
export function change(now: Cell, before: Cell): string {
  const [a, b] = [Number(now), Number(before)];
  if (!b) {
    return a ? 'none in the period before' : '';
  }
  const by = (a - b) / b;
  const size = by > MOST_GROWTH ? MOST_GROWTH_TEXT : percent(Math.abs(by));
  return by === 0 ? 'as in the period before' : `${size} ${by > 0 ? 'more' : 'less'} than in the period before`;
}
