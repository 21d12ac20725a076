import { Command, InvalidArgumentError, Option } from 'commander';
import { DEMO_BUDGETS } from './budgets';
import { CollectorClient, CollectorError } from './collectorClient';
import { loadHistory, trickle } from './load';
import { DEMO_PRICES } from './prices';
import { findBeginning } from './resume';

/**
 * The demo load: 30 days of invented but believable history with a few budgets, then live calls until it is stopped, all through the
 * collector's `POST /v1/events`. Prints one line per step; `npm start` and docker compose run it.
 */
interface Options {
  readonly url: string;
  readonly days: number;
  readonly seed: string;
  readonly historyOnly?: boolean;
  readonly pace?: number;
  readonly key?: string;
}

const REPORT_MS = 60_000;

const wholeNumber = (least: number, most: number) => (text: string) => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new InvalidArgumentError(`It takes a whole number from ${least} to ${most}.`);
  }
  return value;
};

const program = new Command()
  .name('demo')
  .description('Sends a believable demo load to a collector: 30 days of history, then live calls until stopped.')
  .addOption(
    new Option('--url <url>', "the collector's address").env('LLMCOST_COLLECTOR_URL').default('http://127.0.0.1:4318')
  )
  .addOption(new Option('--days <n>', 'days of history').argParser(wholeNumber(1, 365)).default(30))
  .option('--seed <text>', 'the same seed gives the same load', '42')
  .option('--history-only', 'end when the history is sent')
  .addOption(
    new Option('--pace <n>', 'live traffic as a multiple of the usual; unset: lively for ten minutes').argParser(
      wholeNumber(1, 1000)
    )
  )
  .addOption(new Option('--key <key>', 'API key with the scopes ingest, read and admin').env('LLMCOST_ADMIN_KEY'));

const say = (line: string) => void process.stdout.write(`${line}\n`);

async function run(options: Options, signal: AbortSignal): Promise<void> {
  const collector = new CollectorClient(options.url, options.key, signal);
  const now = Date.now();
  const { world, from, first } = await findBeginning(collector, options.seed, options.days, now);
  if (first) {
    for (const row of DEMO_PRICES) {
      await collector.postPrice(row);
    }
  }
  say(`history ${first ? 'begins' : 'goes on'} at ${new Date(from).toISOString()}`);
  const { sent, accepted } = await loadHistory(collector, world, from, now, (progress) =>
    say(`history ${Math.floor(progress.share * 100)}% ${progress.sent} calls`)
  );
  if (first) {
    for (const budget of DEMO_BUDGETS) {
      await collector.postBudget(budget);
    }
  }
  const seconds = ((Date.now() - now) / 1000).toFixed(1);
  say(`history complete: ${sent} calls, ${accepted} of them new, in ${seconds} s`);
  if (!options.historyOnly) {
    await trickle(collector, world, { from: now, pace: options.pace }, signal, liveReport());
  }
}

/** Says once a minute how many calls went out. */
function liveReport(): (calls: number) => void {
  let [sent, next] = [0, Date.now() + REPORT_MS];
  return (calls) => {
    sent += calls;
    if (Date.now() >= next) {
      say(`live ${sent} calls in the last minute`);
      [sent, next] = [0, Date.now() + REPORT_MS];
    }
  };
}

async function main(): Promise<void> {
  const options = program.parse().opts<Options>();
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => stop.abort());
  }
  try {
    await run(options, stop.signal);
  } catch (error) {
    if (stop.signal.aborted) {
      return;
    }
    process.stderr.write(`demo: ${error instanceof CollectorError ? error.message : String((error as Error).stack)}\n`);
    process.exitCode = 1;
  }
}

void main();
