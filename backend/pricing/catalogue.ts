import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { parsePriceRow, type StoredPrice } from './priceRow';

/** The built-in catalogue, made by `npm run catalogue`. */
export const CATALOGUE_FILE = join(__dirname, 'catalogue.json');

const schema = z.looseObject({
  source: z.string(),
  package_version: z.string().default(''),
  generated_on: z.iso.date(),
  rows: z.array(z.unknown()),
});

/**
 * The rows of a price catalogue, for `PriceBook.from`.
 * @param file a catalogue file (JSON with `source`, `generated_on` and `rows`), `none` for no prices at all, or undefined
 *   for the built-in one
 * @throws Error in one line, naming the file and the row, for what can't be read
 */
export function loadCatalogue(file?: string): StoredPrice[] {
  if (file === 'none') {
    return [];
  }
  const path = file ?? CATALOGUE_FILE;
  const parsed = schema.safeParse(readJson(path));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(`price catalogue ${path}: ${issue!.path.join('.') || 'the file'}: ${issue!.message}`);
  }
  const { rows, generated_on } = parsed.data;
  const source = `${parsed.data.source} ${parsed.data.package_version}`.trim();
  // A later catalogue has a higher version.
  const version = Number(generated_on.replaceAll('-', ''));
  return rows.map((input, index) => {
    const row = parsePriceRow(input);
    if (!row.ok) {
      const [error] = row.errors;
      throw new Error(`price catalogue ${path}: row ${index + 1}: ${`${error!.path} ${error!.message}`.trim()}`);
    }
    return {
      ...row.row,
      source: row.row.source || source,
      price_id: catalogueId(row.row),
      version,
      origin: 'catalogue',
    };
  });
}

const catalogueId = (row: Pick<StoredPrice, 'provider' | 'model' | 'effective_from'>): string =>
  `catalogue:${row.provider}/${row.model}${row.effective_from === null ? '' : `@${row.effective_from.slice(0, 10)}`}`;

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(`price catalogue ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
