import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { Gate } from '../../backend/budgets/authorize/gate';
import { authorizeSchema, toAsk } from '../../backend/budgets/authorize/request';
import { budgetSchema, toRule } from '../../backend/budgets/budget';
import { createBudget } from '../../backend/budgets/manage';
import { PriceBook } from '../../backend/pricing/book';
import { migrate } from '../../backend/storage/migrate';
import { createPool } from '../../backend/storage/pool';
import { testDatabase } from '../integration/database';

/** Decisions a second, against one bare `UPDATE … RETURNING` per request on the same counter in the same run. */
export interface AuthorizeFigures {
  readonly database: 'native' | 'embedded';
  readonly update: number;
  readonly authorize: number;
  /** authorize / update */
  readonly ratio: number;
  /** ms at the full rate, with 64 callers */
  readonly p50: number;
  readonly p99: number;
}

const DECISIONS = 6_000;
const CALLERS = 64;
const BOOK = PriceBook.from([]);

async function timed(work: () => Promise<unknown>): Promise<{ rate: number; times: number[] }> {
  const times: number[] = [];
  let next = 0;
  const started = performance.now();
  const caller = async () => {
    while (next++ < DECISIONS) {
      const at = performance.now();
      await work();
      times.push(performance.now() - at);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  return { rate: DECISIONS / ((performance.now() - started) / 1000), times: times.sort((a, b) => a - b) };
}

async function measure(pool: Pool, database: AuthorizeFigures['database']): Promise<AuthorizeFigures> {
  const hard = budgetSchema.parse({ name: 'bench', tenant: 't', amount: '900000', period: 'month', hard: true });
  const rule = toRule(hard);
  if ('problem' in rule) {
    throw new Error(rule.problem);
  }
  const { budget_id: id } = await createBudget(pool, rule.rule, 'bench');
  const gate = new Gate(pool);
  const authorize = async () => {
    const input = authorizeSchema.parse({ request_id: randomUUID(), tenant: 't', max_cost: '0.01' });
    const { decision } = await gate.authorize(toAsk(input, null, BOOK));
    if (decision !== 'allow') {
      throw new Error(`decided ${decision}`);
    }
  };
  const update = () =>
    pool.query(
      `UPDATE public.budget_counters SET calls = calls + 1
       WHERE budget_id = $1 AND window_start <= now() AND window_end > now() RETURNING calls`,
      [id]
    );
  await authorize();
  const decided = await timed(authorize);
  const bare = await timed(update);
  await gate.close();
  const at = (share: number) => Math.round(decided.times[Math.floor(share * (decided.times.length - 1))]! * 10) / 10;
  return {
    database,
    update: Math.round(bare.rate),
    authorize: Math.round(decided.rate),
    ratio: Math.round((decided.rate / bare.rate) * 100) / 100,
    p50: at(0.5),
    p99: at(0.99),
  };
}

/** Uses the server of LLMCOST_BENCH_DATABASE_URL (a superuser; a database of its own is made and removed), else the embedded engine. */
export async function run(): Promise<AuthorizeFigures> {
  const native = process.env.LLMCOST_BENCH_DATABASE_URL;
  const database = await testDatabase(native);
  const pool = createPool({ url: database.url, name: 'bench' });
  try {
    await migrate(pool);
    const figures = await measure(pool, native ? 'native' : 'embedded');
    process.stdout.write(
      `authorize (${figures.database}): ${figures.authorize} decisions/s, p50 ${figures.p50} ms, p99 ${figures.p99} ms with ` +
        `${CALLERS} callers; bare UPDATE ${figures.update}/s, ratio ${figures.ratio}\n`
    );
    return figures;
  } finally {
    await pool.end();
    await database.close();
  }
}
