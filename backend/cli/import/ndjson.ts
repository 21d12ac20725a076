import { linesOf } from './input';
import { type ImportRow, RowProblem } from './row';

/** An event a line: our own form or CloudEvents 1.0. */
export async function* ndjsonRows(input: AsyncIterable<Buffer>): AsyncGenerator<ImportRow> {
  for await (const { number, text, cut } of linesOf(input)) {
    const line = number === 1 ? text.replace(/^\uFEFF/, '') : text;
    if (line.trim() !== '') {
      yield { line: number, text: line, event: cut ? new RowProblem('the line is too long') : eventOf(line) };
    }
  }
}

function eventOf(line: string): ImportRow['event'] {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : new RowProblem('an event is a JSON object');
  } catch (error) {
    return new RowProblem(`the line is not valid JSON: ${(error as Error).message.slice(0, 200)}`);
  }
}
