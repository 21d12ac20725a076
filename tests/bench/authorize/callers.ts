import { randomUUID } from 'node:crypto';
import { barePace } from './bare';
import { type Answer, Line } from './line';
import { evenly, type Pace } from './pace';

/** Callers of POST /v1/authorize, in a process of their own. */

export type Command =
  /** Each of so many callers asks one request after the other. */
  | { readonly kind: 'burst'; readonly urls: readonly string[]; readonly callers: number; readonly decisions: number }
  /** One request every so often, whether or not those before were answered. */
  | ({ readonly kind: 'pace'; readonly urls: readonly string[] } & Pace)
  /** The same of UPDATEs, straight to the database. */
  | ({ readonly kind: 'bare'; readonly database: string } & Pace)
  /** As a burst, but for budgets that don't suffice for all; a part of what is let through is settled, or reported. */
  | {
      readonly kind: 'race';
      readonly urls: readonly string[];
      readonly callers: number;
      readonly decisions: number;
      /** API key, where the collectors want one. */
      readonly token?: string;
    };

export interface Asked {
  readonly seconds: number;
  /** ms; of a pace from when each request was due, also of those that had to wait for a free connection. */
  readonly latencies: readonly number[];
  readonly allowed: number;
  readonly denied: number;
  /** Asked again because the database didn't answer in time; not among those denied. */
  readonly unavailable: number;
  readonly settled: number;
  readonly reported: number;
  /** Answers to the same request_id that differ from the first one. */
  readonly differing: number;
}

type Counts = {
  -readonly [Key in 'allowed' | 'denied' | 'unavailable' | 'settled' | 'reported' | 'differing']: number;
};

interface Decision {
  readonly decision: string;
  readonly reason: string;
  readonly reservation_id: string | null;
}

/** @throws Error unless the answer is a 2xx. */
function expectStatus({ status, body }: Answer): void {
  if (status < 200 || status > 299) {
    throw new Error(`answered ${status}: ${body}`);
  }
}

async function authorized(line: Line, request: object): Promise<Decision> {
  const answer = await line.post('/v1/authorize', request);
  expectStatus(answer);
  return JSON.parse(answer.body) as Decision;
}

const AGENTS = 8;
const RUNS = 500;

/** Who asks what: calls of one organization, of its agents and their runs. */
const who = (index: number) => ({
  tenant: 'acme',
  agent: `agent-${index % AGENTS}`,
  run_id: `run-${index % RUNS}`,
  provider: 'openai',
  model: 'gpt-4.1-mini',
});

const tokens = { estimated_tokens: { input_tokens: 1200, output_tokens: 800 } };

async function ask(line: Line, index: number, counts: Counts): Promise<void> {
  const { decision } = await authorized(line, { request_id: randomUUID(), ...who(index), ...tokens });
  counts[decision === 'allow' ? 'allowed' : 'denied']++;
}

/** What a call of a race is expected to cost at most. */
const centsOf = (index: number): number => 1 + (index % 9);
const usd = (cents: number): string => (cents / 100).toFixed(3);

/** Input tokens of the model that cost a cent. */
const TOKENS_OF_A_CENT = 25_000;

const LEASE_SECONDS = 30;

/** Asks until the budgets were asked. */
async function insist(line: Line, request: object, counts: Counts): Promise<Decision> {
  for (;;) {
    const answer = await authorized(line, request);
    if (answer.reason !== 'unavailable') {
      return answer;
    }
    counts.unavailable++;
  }
}

async function compete(line: Line, index: number, counts: Counts): Promise<void> {
  const cents = centsOf(index);
  const request = { request_id: randomUUID(), ...who(index), max_cost: usd(cents), lease_seconds: LEASE_SECONDS };
  const { decision, reservation_id: id } = await insist(line, request, counts);
  if (decision !== 'allow') {
    counts.denied++;
    return;
  }
  counts.allowed++;
  switch (index % 5) {
    case 0:
    case 1:
      expectStatus(await line.post(`/v1/reservations/${id}/settle`, { cost: usd(cents / 2) }));
      counts.settled++;
      return;
    case 2: {
      const usage = { input_tokens: cents * TOKENS_OF_A_CENT, output_tokens: 0 };
      const time = new Date().toISOString();
      const event = { id: request.request_id, time, ...who(index), usage, tags: { reservation_id: id } };
      expectStatus(await line.post('/v1/events', event));
      counts.reported++;
      return;
    }
    case 3: {
      const again = await insist(line, request, counts);
      counts.differing += again.reservation_id === id ? 0 : 1;
      return;
    }
    default:
    // Forgotten: its lease ends it.
  }
}

async function asked(work: (latencies: number[], counts: Counts) => Promise<void>): Promise<Asked> {
  const latencies: number[] = [];
  const counts: Counts = { allowed: 0, denied: 0, unavailable: 0, settled: 0, reported: 0, differing: 0 };
  const started = performance.now();
  await work(latencies, counts);
  return { seconds: (performance.now() - started) / 1000, latencies, ...counts };
}

type Burst = Extract<Command, { callers: number }>;

const burst = ({ urls, callers, decisions, ...more }: Burst, call: typeof ask): Promise<Asked> =>
  asked(async (latencies, counts) => {
    let next = 0;
    const caller = async (number: number) => {
      const line = new Line(urls[number % urls.length]!, 'token' in more ? more.token : undefined);
      for (let index = next++; index < decisions; index = next++) {
        const due = performance.now();
        await call(line, index, counts);
        latencies.push(performance.now() - due);
      }
      line.end();
    };
    await Promise.all(Array.from({ length: callers }, (_, number) => caller(number)));
  });

/** Connections to each collector. */
const LINES = 64;

const pace = ({ urls, ...even }: Extract<Command, { kind: 'pace' }>): Promise<Asked> =>
  asked(async (latencies, counts) => {
    const lines = urls.flatMap((url) => Array.from({ length: LINES }, () => new Line(url)));
    latencies.push(...(await evenly(even, lines, (line, index) => ask(line, index, counts))));
    lines.forEach((line) => line.end());
  });

function obey(command: Command): Promise<Asked> {
  switch (command.kind) {
    case 'burst':
      return burst(command, ask);
    case 'race':
      return burst(command, compete);
    case 'pace':
      return pace(command);
    case 'bare':
      return asked(async (latencies) => void latencies.push(...(await barePace(command.database, command))));
  }
}

process.on('message', (command: Command) => {
  obey(command).then(
    (done) => process.send!({ done }),
    (error: unknown) => process.send!({ error: String(error) })
  );
});
