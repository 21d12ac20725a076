import type { z } from 'zod';
import { askedPause, fetchFailure, NotNow, retrying } from '../../retrying';
import { parseKeepingAmounts } from './amount';
import { ProviderError } from './providerReport';

export interface PageRequest<T> {
  readonly provider: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly schema: z.ZodType<Page<T>>;
  readonly signal?: AbortSignal | undefined;
}

/** A page as both providers write it. */
export interface Page<T> {
  readonly data: readonly T[];
  readonly has_more?: boolean | null | undefined;
  readonly next_page?: string | null | undefined;
}

const TIMEOUT_MS = 30_000;
/** How long rate limits and outages are waited for in one request. */
const PATIENCE_MS = 120_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
const MAX_PAGES = 1_000;

/**
 * The buckets of all pages. Rate limits (429) and faults of the provider (5xx) are waited for.
 *
 * @throws ProviderError for every other answer, or when the patience ends. It holds neither the key nor the URL.
 */
export async function fetchPages<T>(request: PageRequest<T>): Promise<T[]> {
  const { provider, schema } = request;
  const found: T[] = [];
  let page: string | null = null;
  for (let i = 0; i < MAX_PAGES; i++) {
    const url = new URL(request.url);
    if (page !== null) {
      url.searchParams.set('page', page);
    }
    const parsed = schema.safeParse(readJson(await get(url, request), provider));
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new ProviderError(`${provider} answered in an unknown form: ${issue!.path.join('.')}: ${issue!.message}`);
    }
    found.push(...parsed.data.data);
    const next = parsed.data.next_page ?? null;
    if (!parsed.data.has_more || next === null) {
      return found;
    }
    if (next === page) {
      throw new ProviderError(`${provider} answers with the same page again and again`);
    }
    page = next;
  }
  throw new ProviderError(`${provider} answers with more than ${MAX_PAGES} pages; ask for fewer days`);
}

function readJson(text: string, provider: string): unknown {
  try {
    return parseKeepingAmounts(text);
  } catch {
    throw new ProviderError(`${provider} answered with something that is not JSON`);
  }
}

async function get<T>(url: URL, request: PageRequest<T>): Promise<string> {
  try {
    return await retrying(() => attempt(url, request), {
      patienceMs: PATIENCE_MS,
      firstPauseMs: FIRST_PAUSE_MS,
      longestPauseMs: LONGEST_PAUSE_MS,
      signal: request.signal,
    });
  } catch (error) {
    throw error instanceof NotNow ? new ProviderError(error.message) : error;
  }
}

/** @throws NotNow for rate limits and faults of the provider, ProviderError for every other answer. */
async function attempt<T>(url: URL, { provider, headers, signal }: PageRequest<T>): Promise<string> {
  const failed = (error: unknown): never => {
    signal?.throwIfAborted();
    throw new NotNow(`${provider} can't be reached: ${fetchFailure(error)}`);
  };
  const ends = AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), ...(signal ? [signal] : [])]);
  const reply = await fetch(url, { headers, signal: ends }).catch(failed);
  if (reply.ok) {
    return reply.text().catch(failed);
  }
  const hint = reply.status === 401 || reply.status === 403 ? ': it takes an admin key' : '';
  const why = `${provider} answered ${reply.status}${hint}`;
  throw reply.status === 429 || reply.status >= 500 ? new NotNow(why, askedPause(reply)) : new ProviderError(why);
}
