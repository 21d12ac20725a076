import { isPair, isScalar, parseDocument, visit } from 'yaml';
import { parsePriceRows, type ParsedRows } from '../priceRow';

/**
 * Price rows from YAML: a list of them, or a list under `prices`. A rate may be written without quotes: its digits are
 * taken as they stand in the file, never through a float.
 */
export function rowsFromYaml(text: string): ParsedRows {
  const document = parseDocument(text, { prettyErrors: true });
  const [error] = document.errors;
  if (error) {
    return { rows: [], errors: [{ path: '', message: `is not valid YAML: ${error.message.split('\n')[0]}` }] };
  }
  visit(document, {
    Scalar(_key, node, path) {
      const parent = path.at(-1);
      const isCount = isPair(parent) && isScalar(parent.key) && parent.key.value === 'above_input_tokens';
      if (typeof node.value === 'number' && node.source !== undefined && !isCount) {
        node.value = node.source;
      }
    },
  });
  const content: unknown = document.toJS();
  const list = Array.isArray(content) ? content : (content as { prices?: unknown } | null)?.prices;
  return Array.isArray(list)
    ? parsePriceRows(list)
    : { rows: [], errors: [{ path: '', message: 'must be a list of prices, or have one under "prices"' }] };
}
