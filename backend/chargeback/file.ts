import { focusCsv } from './focus';
import { statementCsv, statementReply } from './reply';
import type { FORMATS } from './request';
import type { Statement } from './statement';

export type StatementFormat = (typeof FORMATS)[number];

/** A statement as it is downloaded or delivered. */
export interface StatementFile {
  /** Without a folder; what can't stand in a file's name is percent-encoded. */
  readonly name: string;
  /** Its media type. */
  readonly type: string;
  readonly content: string;
}

const CSV = 'text/csv; charset=utf-8';

/** @param tenant the one whose lines these are; it stands in the name then */
export function rendered(made: Statement, format: StatementFormat, tenant?: string): StatementFile {
  const whose = tenant === undefined ? '' : `-${encodeURIComponent(tenant)}`;
  const name = `${format === 'focus' ? 'focus-1.2' : 'chargeback'}-${made.month}-${made.currency}${whose}`;
  switch (format) {
    case 'json':
      return { name: `${name}.json`, type: 'application/json', content: JSON.stringify(statementReply(made)) };
    case 'csv':
      return { name: `${name}.csv`, type: CSV, content: statementCsv(made) };
    case 'focus':
      return { name: `${name}.csv`, type: CSV, content: focusCsv(made) };
  }
}
