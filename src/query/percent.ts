/** A share as the per cent that was given for it: 0.55 is 55, and not 55.00000000000001. */
export const percentOf = (share: number): number => Number((share * 100).toFixed(4));
