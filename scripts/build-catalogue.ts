import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { CATALOGUE_FILE } from '../backend/pricing/catalogue';
import { buildCatalogue, serialise } from './catalogue/build';
import { readPackage } from './catalogue/readPackage';

/** `npm run catalogue`: writes the built-in price catalogue anew. Its date changes only when its prices do. */
const data = readPackage();
const before = existsSync(CATALOGUE_FILE) ? readFileSync(CATALOGUE_FILE, 'utf8') : '{}';
const { generated_on = '' } = JSON.parse(before) as { generated_on?: string };
const unchanged = serialise(buildCatalogue(data, generated_on)) === before;
const catalogue = buildCatalogue(data, unchanged ? generated_on : new Date().toISOString().slice(0, 10));
writeFileSync(CATALOGUE_FILE, serialise(catalogue));
process.stdout.write(
  `${unchanged ? 'unchanged' : 'written'}: ${catalogue.rows.length} rows from genai-prices ${data.version}, ${catalogue.left_out.length} models left out\n`
);
