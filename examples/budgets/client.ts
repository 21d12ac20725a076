import { randomUUID } from 'node:crypto';

/**
 * A client of the collector's budgets without dependencies: copy it. Asks before a call, waits for approvals, and says what
 * the call took.
 */

/** Who wants to make which call, and what it may cost. Name every dimension that you know: budgets are found by them. */
export interface Ask {
  /** The same one again gets the same answer; made up when it isn't given. */
  readonly request_id?: string;
  /** Not needed with a key that is bound to one. */
  readonly tenant?: string;
  readonly project?: string;
  readonly team?: string;
  readonly environment?: string;
  readonly agent?: string;
  readonly run_id?: string;
  readonly user_id?: string;
  readonly feature?: string;
  readonly provider?: string;
  readonly model?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** The most that it may cost: USD, a decimal string. */
  readonly max_cost?: string;
  /** Or its tokens, to be priced by the collector; `output_tokens` is the call's `max_tokens`. */
  readonly estimated_tokens?: { readonly input_tokens: number; readonly output_tokens: number };
  readonly lease_seconds?: number;
  /** For whoever has to approve it. */
  readonly why?: string;
}

/** The answer of `POST /v1/authorize`. Money is USD, decimal strings. */
export interface Authorization {
  readonly decision: 'allow' | 'deny' | 'needs_approval';
  readonly reason: string;
  readonly message: string | null;
  readonly reservation_id: string | null;
  readonly approval_ids: readonly string[];
  readonly estimate: string | null;
  readonly budgets: ReadonlyArray<{
    readonly id: string;
    readonly name: string;
    readonly limit: string;
    readonly spent: string;
    readonly committed: string;
    readonly remaining: string;
    readonly decided: boolean;
  }>;
  readonly enforced: boolean;
}

/** What a call took: what it cost (USD, a decimal string), or its usage, to be priced by the collector. */
export type Taken =
  | { readonly cost: string }
  | {
      /** The provider's id of the response: reported twice, it counts once. */
      readonly id: string;
      readonly provider: string;
      readonly model: string;
      /** The provider's own usage object, or `{"input_tokens": …, "output_tokens": …}`. */
      readonly usage: unknown;
    };

/** A budget says no. `message` says which one and why. */
export class Refused extends Error {
  override name = 'Refused';

  constructor(readonly authorization: Authorization) {
    super(authorization.message ?? `refused: ${authorization.reason}`);
  }
}

export interface Options {
  readonly url?: string;
  /** API key with the scope ingest. */
  readonly key?: string;
  /** What calls do while the collector doesn't answer. Each budget says for itself what happens while its database is away. */
  readonly whenAway?: 'allow' | 'deny';
  /** Longest that the collector may take to answer, ms. */
  readonly timeoutMs?: number;
  /** Longest that somebody may take to approve a call, seconds. */
  readonly approvalSeconds?: number;
}

const AWAY: Authorization = {
  decision: 'allow',
  reason: 'collector_away',
  message: 'the collector of LLM Cost does not answer',
  reservation_id: null,
  approval_ids: [],
  estimate: null,
  budgets: [],
  enforced: false,
};

/** Longest wait of one request for an approval, seconds; the next one goes on waiting. */
const LONG_POLL = 30;

export class LlmCost {
  private readonly url: string;
  private readonly key: string | undefined;
  private readonly whenAway: 'allow' | 'deny';
  private readonly timeoutMs: number;
  private readonly approvalSeconds: number;

  constructor(options: Options = {}) {
    this.url = (options.url ?? process.env.LLMCOST_URL ?? 'http://127.0.0.1:4318').replace(/\/$/, '');
    this.key = options.key ?? process.env.LLMCOST_KEY;
    this.whenAway = options.whenAway ?? 'allow';
    this.timeoutMs = options.timeoutMs ?? 5_000;
    this.approvalSeconds = options.approvalSeconds ?? 600;
  }

  /**
   * Makes a call if the budgets allow it, after an approval where one is asked for.
   *
   * @param call gets the answer, for example to send its reservation along
   * @param taken what the call took, of its result. Without it the usage event of your telemetry has to carry the tag
   * `reservation_id`, else the reservation ends with its lease.
   * @throws Refused; whatever `call` throws
   */
  async guard<Result>(
    ask: Ask,
    call: (authorization: Authorization) => Promise<Result>,
    taken?: (result: Result) => Taken
  ): Promise<Result> {
    const authorization = await this.allowed({ request_id: randomUUID(), ...ask });
    let result: Result;
    try {
      result = await call(authorization);
    } catch (error) {
      // Should it have cost something after all, its usage event says so and takes the place of this.
      await this.take(ask, authorization, { cost: '0' });
      throw error;
    }
    if (taken) {
      await this.take(ask, authorization, taken(result));
    }
    return result;
  }

  /** Asks once. @throws Error when the request is wrong */
  async authorize(ask: Ask & { readonly request_id: string }): Promise<Authorization> {
    try {
      return (await this.send('POST', '/v1/authorize', ask)) as Authorization;
    } catch (error) {
      if (error instanceof WrongRequest) {
        throw error;
      }
      return this.whenAway === 'allow' ? AWAY : { ...AWAY, decision: 'deny' };
    }
  }

  /** Asks until a call is allowed. @throws Refused when it is not, or nobody decides in time. */
  private async allowed(ask: Ask & { readonly request_id: string }): Promise<Authorization> {
    const until = Date.now() + this.approvalSeconds * 1000;
    for (;;) {
      const authorization = await this.authorize(ask);
      if (authorization.decision === 'allow') {
        return authorization;
      }
      const [waiting] = authorization.approval_ids;
      const seconds = Math.min(LONG_POLL, Math.floor((until - Date.now()) / 1000));
      if (authorization.decision === 'deny' || waiting === undefined || seconds < 1) {
        throw new Refused(authorization);
      }
      await this.send('GET', `/v1/approvals/${waiting}?wait=${seconds}`, undefined, (seconds + 5) * 1000);
    }
  }

  /** Turns a reservation into what the call took. A collector that doesn't answer fails nothing: the lease ends it. */
  private async take(ask: Ask, { reservation_id: id }: Authorization, taken: Taken): Promise<void> {
    try {
      if (!('cost' in taken)) {
        const { request_id: _, max_cost: __, estimated_tokens: ___, lease_seconds: ____, why: _____, ...who } = ask;
        const tags = { ...ask.tags, ...(id === null ? {} : { reservation_id: id }) };
        await this.send('POST', '/v1/events', { ...who, ...taken, time: new Date().toISOString(), tags });
      } else if (id !== null) {
        await this.send('POST', `/v1/reservations/${id}/settle`, taken);
      }
    } catch (error) {
      if (error instanceof WrongRequest) {
        throw error;
      }
    }
  }

  private async send(method: string, path: string, body?: unknown, timeoutMs = this.timeoutMs): Promise<unknown> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(this.key === undefined ? {} : { authorization: `Bearer ${this.key}` }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok) {
      const problem = `${method} ${path} answered ${response.status}: ${await response.text()}`;
      throw response.status < 500 && response.status !== 429 ? new WrongRequest(problem) : new Error(problem);
    }
    return response.json();
  }
}

/** The collector answered, and asking again would change nothing. */
class WrongRequest extends Error {
  override name = 'WrongRequest';
}
