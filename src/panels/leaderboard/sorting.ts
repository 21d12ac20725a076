import type { Row } from './ranking';

/** What the table is sorted by: the rank, the name, the trend, or a further column by its place. */
export type SortKey = 'rank' | 'label' | 'trend' | number;

export interface Sorting {
  readonly by: SortKey;
  readonly down: boolean;
}

const keyOf = (row: Row, by: SortKey): number | string | null => {
  switch (by) {
    case 'rank':
      return row.value;
    case 'label':
      return row.label;
    case 'trend':
      return row.trend?.change ?? null;
    default:
      return row.cells[by].sort;
  }
};

function compare(a: number | string, b: number | string): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
}

/** The rows in another order; unknown values come last either way. Rows that are nobody in particular keep their place at the end of the ranking. */
export function sorted(rows: readonly Row[], { by, down }: Sorting): readonly Row[] {
  if (by === 'rank' && down) {
    return rows;
  }
  return [...rows].sort((one, two) => {
    const [a, b] = [keyOf(one, by), keyOf(two, by)];
    if (a === null || b === null) {
      return Number(a === null) - Number(b === null);
    }
    return down ? compare(b, a) : compare(a, b);
  });
}
