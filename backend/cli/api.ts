import { askedPause, fetchFailure, isNotNow, NotNow, retrying } from '../retrying';

/** Why a command can't go on, in one line for people. */
export class CommandError extends Error {
  override name = 'CommandError';
}

/** A reply that is no back-pressure. */
export interface ApiReply {
  readonly status: number;
  readonly text: string;
  /** Parsed where it is JSON, else null. */
  readonly json: unknown;
}

export interface ApiOptions {
  /** Address of the collector, e.g. `http://127.0.0.1:4318`. */
  readonly url: string;
  readonly key?: string | undefined;
  /** How long to come again to a collector that says "not now", ms. */
  readonly patienceMs?: number;
}

const PATIENCE_MS = 600_000;
const PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/** The collector's HTTP surface for commands: waits where it is asked to come again, and says what went wrong. */
export class Api {
  /** A collector that never answered is not there; one that did may be starting again. */
  private answered = false;

  constructor(private readonly options: ApiOptions) {}

  /** @throws CommandError when nobody answers, or only "not now" for longer than the patience. */
  async send(method: string, path: string, body?: string, headers: Record<string, string> = {}): Promise<ApiReply> {
    try {
      return await retrying(() => this.attempt(method, path, body, headers), {
        patienceMs: this.options.patienceMs ?? PATIENCE_MS,
        firstPauseMs: PAUSE_MS,
        longestPauseMs: LONGEST_PAUSE_MS,
      });
    } catch (error) {
      throw error instanceof NotNow ? new CommandError(error.message) : error;
    }
  }

  /** A call with a JSON body and reply. @throws CommandError with the problem's words unless it is a 2xx. */
  async json<T>(method: string, path: string, body?: unknown): Promise<T> {
    const { status, text, json } = await this.send(
      method,
      path,
      body === undefined ? undefined : JSON.stringify(body),
      {
        'content-type': 'application/json',
      }
    );
    if (status >= 300) {
      throw new CommandError(`${method} ${path.split('?')[0]!} answered ${status}: ${problemOf(text)}`);
    }
    return json as T;
  }

  /** @throws NotNow where coming again may help. */
  private async attempt(
    method: string,
    path: string,
    body: string | undefined,
    headers: Record<string, string>
  ): Promise<ApiReply> {
    const { url, key } = this.options;
    const reply = await fetch(new URL(path, url), {
      method,
      headers: { ...headers, ...(key ? { authorization: `Bearer ${key}` } : {}) },
      body: body ?? null,
    }).catch((error: unknown) => {
      const why = `no collector answers at ${url}: ${fetchFailure(error)}`;
      throw this.answered ? new NotNow(why) : new CommandError(why);
    });
    this.answered = true;
    const text = await reply.text();
    if (isNotNow(reply.status)) {
      throw new NotNow(`${url} has no room (${reply.status}): ${problemOf(text)}`, askedPause(reply));
    }
    return { status: reply.status, text, json: parsed(text) };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** The problem's own words (RFC 9457), else the beginning of the body. */
export function problemOf(text: string): string {
  const detail = (parsed(text) as { detail?: unknown } | null)?.detail;
  return typeof detail === 'string' ? detail : text.slice(0, 200);
}
