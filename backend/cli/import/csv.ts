import { pipeline, Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { CommandError } from '../api';
import { csvReader } from './csvColumns';
import type { ImportRow } from './row';

const MAX_RECORD_CHARACTERS = 1_000_000;

interface Parsed {
  readonly record: string[];
  readonly raw: string;
  readonly info: { readonly lines: number };
}

/**
 * Records of a CSV file (RFC 4180) whose first one names the columns.
 *
 * @throws CommandError when the header can't be used, or the quotes of a record leave open where it ends.
 */
export async function* csvRows(input: AsyncIterable<Buffer>, delimiter: string): AsyncGenerator<ImportRow> {
  const parser = parse({
    bom: true,
    delimiter,
    info: true,
    raw: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MAX_RECORD_CHARACTERS,
  });
  const parsed = pipeline(Readable.from(input), parser, () => undefined) as AsyncIterable<Parsed>;
  let read: ReturnType<typeof csvReader> | undefined;
  try {
    for await (const { record, raw, info } of parsed) {
      if (read) {
        yield { line: info.lines, text: raw.replace(/\r?\n$/, ''), event: read(record) };
      } else {
        read = csvReader(record);
      }
    }
  } catch (error) {
    throw error instanceof CsvError ? new CommandError(`the CSV can't be read: ${error.message}`) : error;
  }
}
