/** One line or record of a file, on its way to the collector. */
export interface ImportRow {
  /** Line of the file where it ends, from 1. */
  readonly line: number;
  /** As it stands in the file. */
  readonly text: string;
  /** The event, or why it can't be one. */
  readonly event: Readonly<Record<string, unknown>> | RowProblem;
}

/** Why a row isn't sent. */
export class RowProblem {
  constructor(readonly reason: string) {}
}
