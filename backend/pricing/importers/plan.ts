import { OverlapIndex } from '../overlapIndex';
import type { PriceRow, StoredPrice } from '../priceRow';
import { rowsFromLiteLlm } from './litellm';
import { rowsFromYaml } from './yaml';

export const IMPORT_FORMATS = ['litellm', 'yaml'] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

/** What importing a file does to the book. */
export interface ImportPlan {
  readonly added: readonly PriceRow[];
  /** What the file has that can't be a row, by its model or its place in the file. */
  readonly left_out: ReadonlyArray<{ readonly model: string; readonly why: string }>;
  /** Rows that are not added, because another one of their level holds at the same time. */
  readonly overlaps: ReadonlyArray<{ readonly row: PriceRow; readonly existing: string }>;
}

/**
 * Reads a price file and compares it with the rows in force.
 *
 * @param tenant sets the rows of a file that has no tenants (LiteLLM's) for one tenant; null for all
 * @throws SyntaxError for what is no such file
 */
export function planImport(
  format: ImportFormat,
  text: string,
  known: readonly StoredPrice[],
  tenant: string | null
): ImportPlan {
  const { rows, left_out } = format === 'litellm' ? liteLlm(text, tenant) : yaml(text);
  const index = new OverlapIndex(known);
  const added: PriceRow[] = [];
  const overlaps: Array<{ row: PriceRow; existing: string }> = [];
  rows.forEach((row, place) => {
    const existing = index.find(row);
    if (existing) {
      overlaps.push({ row, existing: existing.price_id });
    } else {
      added.push(row);
      index.add({ ...row, price_id: `this file, row ${place + 1}`, version: 0, origin: 'override' });
    }
  });
  return { added, left_out, overlaps };
}

type Read = Pick<ImportPlan, 'left_out'> & { readonly rows: readonly PriceRow[] };

function liteLlm(text: string, tenant: string | null): Read {
  const { rows, left_out } = rowsFromLiteLlm(text);
  return { rows: rows.map((row) => ({ ...row, tenant })), left_out };
}

function yaml(text: string): Read {
  const { rows, errors } = rowsFromYaml(text);
  const [error] = errors;
  if (error?.path === '') {
    throw new SyntaxError(error.message);
  }
  return { rows, left_out: errors.map(({ path, message }) => ({ model: `row ${path}`, why: message })) };
}
