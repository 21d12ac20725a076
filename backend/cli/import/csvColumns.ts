import { closest } from 'fastest-levenshtein';
import { USAGE_FIELDS } from '../../events/usageEvent';
import { EVENT_FIELDS } from '../../receivers/events/eventInput';
import { CommandError } from '../api';
import { RowProblem } from './row';

/** Puts a cell into an event; a problem when the cell can't be what its column says. */
type Column = (event: Draft, cell: string) => RowProblem | undefined;

interface Draft {
  fields: Record<string, unknown>;
  usage: Record<string, number>;
  tags: Record<string, string>;
}

const USAGE = new Set<string>(USAGE_FIELDS);
const NESTED = ['usage', 'tags'];
const FIELDS = new Set(EVENT_FIELDS.filter((name) => !NESTED.includes(name)));
const NUMBERS = new Set(['attempt', 'duration_ms', 'time_to_first_token_ms']);

/** Spreadsheets and data frames write whole numbers as `1000.0` where a column has gaps. */
const WHOLE = /^\d+(\.0+)?$/;

const usageColumn =
  (name: string): Column =>
  ({ usage }, cell) => {
    if (!WHOLE.test(cell)) {
      return new RowProblem(`usage.${name}: must be a whole number ≥ 0, not "${cell.slice(0, 50)}"`);
    }
    usage[name] = Number(cell);
    return undefined;
  };

const numberColumn =
  (name: string): Column =>
  ({ fields }, cell) => {
    const value = Number(cell);
    if (!Number.isFinite(value)) {
      return new RowProblem(`${name}: must be a number, not "${cell.slice(0, 50)}"`);
    }
    fields[name] = value;
    return undefined;
  };

function columnOf(name: string): Column {
  const usage = name.replace(/^usage\./, '');
  if (USAGE.has(usage)) {
    return usageColumn(usage);
  }
  if (NUMBERS.has(name)) {
    return numberColumn(name);
  }
  if (FIELDS.has(name)) {
    return ({ fields }, cell) => void (fields[name] = cell);
  }
  const [, tag] = /^tags\.(.+)$/.exec(name) ?? [];
  if (tag !== undefined) {
    return ({ tags }, cell) => void (tags[tag] = cell);
  }
  throw new CommandError(
    `unknown column "${name.slice(0, 100)}"; the nearest known one is "${closest(name, [...FIELDS, ...USAGE])}"; what isn't a field goes into tags.NAME`
  );
}

/**
 * Reads records by the names of the header: fields of an event, usage with or without `usage.`, and `tags.NAME`. An
 * empty cell says nothing.
 *
 * @throws CommandError for a header that has an unknown or repeated name, before anything is sent.
 */
export function csvReader(
  header: readonly string[]
): (record: readonly string[]) => Record<string, unknown> | RowProblem {
  const names = header.map((name) => name.trim());
  const repeated = names.find((name, i) => names.indexOf(name) < i);
  if (repeated !== undefined) {
    throw new CommandError(`the column "${repeated.slice(0, 100)}" is there twice`);
  }
  const columns = names.map(columnOf);
  return (record) => {
    if (record.length !== columns.length) {
      return new RowProblem(`has ${record.length} cells, the header has ${columns.length}`);
    }
    const draft: Draft = { fields: {}, usage: {}, tags: {} };
    for (const [i, cell] of record.entries()) {
      const problem = cell === '' ? undefined : columns[i]!(draft, cell);
      if (problem) {
        return problem;
      }
    }
    const { fields, usage, tags } = draft;
    return {
      ...fields,
      ...(Object.keys(usage).length > 0 && { usage }),
      ...(Object.keys(tags).length > 0 && { tags }),
    };
  };
}
