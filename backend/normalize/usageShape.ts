import type { Convention, RawUsage } from './usage';
import { countOf, type Json } from './values';

/** One shape of a provider's usage object. */
export interface Shape {
  recognises(object: Json): boolean;
  read(object: Json): { usage: RawUsage; convention: Convention };
}

/** True when one of the keys is there. */
export const has = (object: Json, ...keys: string[]): boolean => keys.some((key) => object[key] !== undefined);

/** The first of several spellings that is there. */
export function count(object: Json, ...keys: string[]): number | null {
  for (const key of keys) {
    const value = countOf(object[key], key);
    if (value !== null) {
      return value;
    }
  }
  return null;
}

/** The sum of what is known; null when nothing is. */
export const sum = (...counts: Array<number | null>): number | null =>
  counts.every((value) => value === null) ? null : counts.reduce<number>((total, value) => total + (value ?? 0), 0);
