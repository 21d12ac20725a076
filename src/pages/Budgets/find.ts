import type { Budget } from './budgets';
import { scopeText } from './words';

/** From so many budgets on they are searched rather than read. */
export const SEARCHED_FROM = 10;

/** Which budgets: all, or those of which somebody should know. */
export type Shown = 'all' | 'trouble';

/** The budgets with every word of a text in their name or in what they are about, whichever way it is written. */
export function find(budgets: readonly Budget[], text: string, shown: Shown): Budget[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return budgets.filter((budget) => {
    const said = `${budget.name} ${scopeText(budget)} ${budget.period}`.toLowerCase();
    const isTrouble = budget.enabled && budget.state !== 'ok';
    return (shown === 'all' || isTrouble) && words.every((word) => said.includes(word));
  });
}
