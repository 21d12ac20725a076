/** One sample of a metrics page. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL = /\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(,|(?=\}))/y;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', '\\': '\\', '"': '"' };

/**
 * Samples of a page in the Prometheus text format 0.0.4 or OpenMetrics; comments, timestamps and exemplars are left out.
 * A line that is none of them is skipped: one metric that is not understood must not hide the others.
 */
export function parseMetrics(page: string): Sample[] {
  return page.split('\n').flatMap((line) => {
    const sample = line.startsWith('#') ? null : parseLine(line.trim());
    return sample ? [sample] : [];
  });
}

function parseLine(line: string): Sample | null {
  NAME.lastIndex = 0;
  const name = NAME.exec(line)?.[0];
  if (name === undefined) {
    return null;
  }
  const labels = line[name.length] === '{' ? parseLabels(line, name.length + 1) : { values: {}, end: name.length };
  const [text] = labels ? line.slice(labels.end).trim().split(/\s+/) : [];
  return labels && text ? { name, labels: labels.values, value: parseValue(text) } : null;
}

function parseLabels(line: string, start: number): { values: Record<string, string>; end: number } | null {
  const values: Record<string, string> = {};
  let at = start;
  while (line[at] !== '}') {
    LABEL.lastIndex = at;
    const match = LABEL.exec(line);
    if (!match) {
      return null;
    }
    values[match[1]!] = match[2]!.replace(/\\(.)/g, (_, character: string) => ESCAPES[character] ?? `\\${character}`);
    at = LABEL.lastIndex;
  }
  return { values, end: at + 1 };
}

const parseValue = (text: string): number =>
  /^[+-]?Inf$/i.test(text) ? Infinity * (text.startsWith('-') ? -1 : 1) : Number(text);
