import type { CallReading } from './reading';

/** OpenAI's chat format wraps every message and primes the answer: 7 tokens before the first word. */
const LEAST_CHAT_TOKENS = 8;

/**
 * True when a chat has fewer input tokens than OpenAI's chat format takes by itself: then a client counted the text of
 * the messages instead of taking the provider's number. Clients that do so leave no other mark on a span.
 */
export const looksEstimated = ({ operation, usage }: CallReading): boolean =>
  operation === 'chat' && usage.input !== null && usage.input < LEAST_CHAT_TOKENS;
