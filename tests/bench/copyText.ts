import type { PricedEvent } from '../../backend/events/usageEvent';
import { type EventColumn, EVENT_COLUMNS } from '../../backend/storage/eventColumns';

/** Rows in COPY's text format. */
export function copyText(rows: readonly PricedEvent[], columns: readonly EventColumn[] = EVENT_COLUMNS): string {
  // Neighbours mostly share the value of a dimension: then it is escaped once.
  const values = columns.map(() => '');
  const escaped = columns.map(() => '');
  let text = '';
  for (const row of rows) {
    let separator = '';
    for (let i = 0; i < columns.length; i++) {
      const value = columns[i]!.text(row);
      if (value === null) {
        text += `${separator}\\N`;
      } else {
        if (value !== values[i]) {
          values[i] = value;
          escaped[i] = escapeCopy(value);
        }
        text += separator + escaped[i]!;
      }
      separator = '\t';
    }
    text += '\n';
  }
  return text;
}

const SPECIAL = /[\\\t\n\r]/;
const ESCAPED: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

const escapeCopy = (value: string): string =>
  SPECIAL.test(value) ? value.replace(/[\\\t\n\r]/g, (character) => ESCAPED[character]!) : value;
