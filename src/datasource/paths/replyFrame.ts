import type { DataFrame, Field, FieldType, Labels } from '@grafana/data';
import type { Cell, CostReply } from '../../collector/reply';
import { type CostQuery, isMetricName, metric, NOT_SET } from '../../query';

/** What was asked. */
interface Question {
  readonly refId: string;
  readonly format?: 'time_series' | 'table';
  readonly query: CostQuery;
  /** What sums over the range are multiplied with. */
  readonly factor?: number;
}

/** A metric that is a time is a number of milliseconds, as it is on the other path: only buckets are the time of a frame. */
const typeOf = (name: string, type: CostReply['columns'][number]['type']): string =>
  type === 'text' ? 'string' : type === 'time' && name === 'time' ? 'time' : 'number';

const field = (name: string, type: string, values: Cell[], labels?: Labels): Field => ({
  name,
  // Grafana's enumeration is its names: importing it would need Grafana where frames are compared with rows.
  type: type as FieldType,
  config: {},
  values,
  ...(labels ? { labels } : {}),
});

/** What a cell is in a frame; money becomes a float here, where it is drawn, and not before. */
function drawn(type: CostReply['columns'][number]['type'], value: Cell): Cell {
  switch (type) {
    case 'time':
      return value === null ? null : Date.parse(String(value));
    case 'text':
      return value ?? NOT_SET;
    default:
      return value === null ? null : Number(value);
  }
}

/** Sums over the whole range, brought to another length of time. */
function scaled(value: Cell, name: string, { query, factor = 1 }: Question): Cell {
  const isSum = isMetricName(name) && query.metrics.includes(name) && metric(name).formula.kind === 'sum';
  return isSum && typeof value === 'number' ? value * factor : value;
}

/** The reply as a table: a field for each column. */
function table({ columns, rows }: CostReply, question: Question): Field[] {
  return columns.map(({ name, type }, i) =>
    field(
      name,
      typeOf(name, type),
      rows.map((row) => scaled(drawn(type, row[i] ?? null), name, question))
    )
  );
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * A table with a time as one field for each metric and group, labelled by the group, over the times of all of them:
 * what Grafana's server makes of a time series of the PostgreSQL data source.
 */
function wide(fields: readonly Field[]): Field[] {
  const time = fields.find(({ type }) => type === 'time')!;
  const groups = fields.filter(({ type }) => type === 'string');
  const metrics = fields.filter(({ type }) => type === 'number');
  if (!groups.length) {
    return [...fields];
  }
  const times = [...new Set(time.values as number[])];
  const rowOf = new Map(times.map((at, row) => [at, row]));
  const series = new Map<string, { key: string; labels: Labels; values: Cell[][] }>();
  time.values.forEach((at: number, i) => {
    const labels = Object.fromEntries(groups.map(({ name, values }) => [name, String(values[i])]));
    const key = JSON.stringify(labels);
    const found = series.get(key) ?? { key, labels, values: metrics.map(() => times.map(() => null)) };
    series.set(key, found);
    metrics.forEach(({ values }, m) => {
      found.values[m]?.splice(rowOf.get(at)!, 1, values[i] as Cell);
    });
  });
  const sorted = [...series.values()].sort((a, b) => byText(a.key, b.key));
  return [
    field(time.name, 'time', times),
    ...metrics.flatMap(({ name }, m) =>
      sorted.map(({ labels, values }) => field(name, 'number', values[m] ?? [], labels))
    ),
  ];
}

/** A reply of the collector as the frame that the PostgreSQL data source would give. */
export function replyFrame(reply: CostReply, question: Question): DataFrame {
  const fields = table(reply, question);
  const series = question.format !== 'table' && fields.some(({ type }) => type === 'time');
  return {
    refId: question.refId,
    fields: series ? wide(fields) : fields,
    length: series ? new Set(fields.find(({ type }) => type === 'time')?.values).size : reply.rows.length,
    meta: { executedQueryString: JSON.stringify(question.query, null, 2) },
  };
}
