import { FormatError } from './formatError';

/** One item of a request that is not what it should be: where it is, and why. */
export interface Unreadable {
  readonly item: string;
  readonly reason: string;
}

/**
 * Takes the items of a request that can't be read, so that the others are kept. Null: one such item refuses the request.
 */
export type Unread = Unreadable[] | null;

/**
 * Notes why an item can't be read.
 * @throws the error when nobody takes it, or when it is none of the item's format
 */
export function notice(unread: Unread, item: string, error: unknown, items = 1): void {
  if (!unread || !(error instanceof FormatError)) {
    throw error;
  }
  for (let i = 0; i < items; i++) {
    unread.push({ item, reason: error.message });
  }
}
