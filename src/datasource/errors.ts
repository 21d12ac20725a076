import type { DataQueryError } from '@grafana/data';
import { QueryError } from '../query';

const KNOWN: ReadonlyArray<readonly [RegExp, string]> = [
  [
    /relation "[^"]*" does not exist|schema "[^"]*" does not exist/i,
    'The usage tables are missing. Start the collector once with this database: it creates them.',
  ],
  [
    /permission denied for (?:table|view|relation|schema)/i,
    'The database user of the PostgreSQL data source may not read the usage tables. Use the read-only role that the collector creates.',
  ],
  [
    /failed to connect|connection refused|no such host|dial tcp|connect: |server closed|bad connection|i\/o timeout/i,
    'The database can’t be reached. Is it running, and does the PostgreSQL data source have its address?',
  ],
  [
    /password authentication failed|no pg_hba\.conf entry|role "[^"]*" does not exist/i,
    'The database refuses the user or password of the PostgreSQL data source.',
  ],
  [/database "[^"]*" does not exist/i, 'The PostgreSQL data source names a database that does not exist.'],
  [
    /statement timeout|canceling statement/i,
    'The query took too long. Take a shorter range, fewer filters on single calls, or a wider interval.',
  ],
  [/invalid regular expression/i, 'A filter’s pattern is not a regular expression that PostgreSQL understands.'],
];

/** Adds the cure to a message of the database, where it is known. */
export function explain(message: string): string {
  const found = KNOWN.find(([pattern]) => pattern.test(message));
  return found ? `${found[1]} (${message})` : message;
}

export const withCure = (error: DataQueryError): DataQueryError =>
  error.message ? { ...error, message: explain(error.message) } : error;

/** What went wrong, for people; problems of a query without the names of its fields. */
export function messageOf(error: unknown): string {
  if (error instanceof QueryError) {
    return error.problems.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ');
  }
  if (error instanceof Error) {
    return explain(error.message);
  }
  const data = typeof error === 'object' && error !== null && 'data' in error ? error.data : error;
  const message = typeof data === 'object' && data !== null && 'message' in data ? data.message : data;
  return explain(typeof message === 'string' ? message : 'the request failed');
}
