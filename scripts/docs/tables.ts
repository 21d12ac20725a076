import { ENVIRONMENT, type Variable } from '../../backend/config/environment';
import { START_ENVIRONMENT } from '../../backend/launch/options';
import { DEFAULT_MAPPING, MAPPED_DIMENSIONS } from '../../backend/normalize/mapping';
import { COST_TYPES, DIMENSIONS, type Dimension, METRICS, ROLLUPS } from '../../src/query';

/** The tables of the docs that say what the code says: made from its definitions, never written by hand. */
export const TABLES: Readonly<Record<string, () => string>> = {
  metrics: () =>
    markdownTable(
      ['Metric', 'Unit', 'What it is'],
      METRICS.map(({ name, unit, description }) => [code(name), unit, description])
    ),
  dimensions: () =>
    markdownTable(
      ['Dimension', 'Group', 'What it is', 'In rollups'],
      (DIMENSIONS as readonly Dimension[]).map(({ name, group, description }) => [
        code(name),
        group,
        description,
        ROLLUPS.filter(({ dimensions }) => [...dimensions].some((known) => known === name))
          .map((rollup) => code(rollup.name))
          .join(', ') || 'single calls only',
      ])
    ),
  'cost-types': () =>
    markdownTable(
      ['Cost type', 'What it is'],
      COST_TYPES.map(({ name, label }) => [code(name), label])
    ),
  environment: () =>
    markdownTable(
      ['Variable', 'What it is', 'Default'],
      (ENVIRONMENT as readonly Variable[]).map((variable) => [
        code(variable.name),
        variable.description,
        variable.default === undefined ? '' : code(variable.default),
      ])
    ),
  'start-environment': () =>
    markdownTable(
      ['Variable', 'What it is'],
      START_ENVIRONMENT.map(({ name, description }) => [code(name), description])
    ),
  attributes: () =>
    markdownTable(
      ['Dimension', 'Set it with', 'Also read from'],
      MAPPED_DIMENSIONS.map((name) => [code(name), code(`llmcost.${name}`), DEFAULT_MAPPING[name].map(code).join(', ')])
    ),
};

const code = (text: string): string => `\`${text}\``;

/** A table as prettier leaves it: columns padded to their widest cell. */
export function markdownTable(titles: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const cells = [titles, ...rows].map((row) => row.map((cell) => cell.replace(/\|/g, '\\|')));
  const widths = titles.map((_, i) => Math.max(3, ...cells.map((row) => row[i]!.length)));
  const line = (row: readonly string[]) => `| ${row.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`;
  const [head, ...body] = cells.map(line);
  return [head, line(widths.map((width) => '-'.repeat(width))), ...body].join('\n');
}

/** The text with every table between `<!-- table:NAME -->` and `<!-- end -->` made anew. @throws Error for an unknown name. */
export function withTables(text: string): string {
  return text.replace(/<!-- table:([\w-]+) -->[^]*?<!-- end -->/g, (_, name: string) => {
    const table = TABLES[name];
    if (!table) {
      throw new Error(`there is no table "${name}"; there are ${Object.keys(TABLES).join(', ')}`);
    }
    return `<!-- table:${name} -->\n\n${table()}\n\n<!-- end -->`;
  });
}
