import { Command, Option } from 'commander';
import { SCOPES } from '../http/auth';
import { VERSION } from '../version';
import { Api, CommandError } from './api';
import { listBudgets, rebuildBudgets } from './budgets';
import { FORMATS, importFiles, type ImportOptions, type Terminal } from './import/command';
import { REPORTING_PROVIDERS } from '../reports/reconcile/providerReport';
import { createKey, listKeys, revokeKey } from './keys';
import { reconcile, type ReconcileOptions } from './reconcile';
import { closeStatement, printStatement, type StatementOptions } from './statement';
import { discardRefused, listRefused, replayRefused } from './refused';

/** Something was refused. */
const INCOMPLETE = 1;
/** The command could not go on. */
const FAILED = 2;

const terminal: Terminal = {
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (text) => void process.stderr.write(text),
  isTerminal: process.stderr.isTTY === true,
};

const program = new Command()
  .name('llmcost')
  .description('Works with a running collector')
  .version(VERSION)
  .addOption(
    new Option('--url <url>', "the collector's address").env('LLMCOST_COLLECTOR_URL').default('http://127.0.0.1:4318')
  )
  .addOption(new Option('--key <key>', 'API key').env('LLMCOST_ADMIN_KEY'))
  .helpCommand(false)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : FAILED));

const api = (): Api => new Api(program.opts<{ url: string; key?: string }>());

program
  .command('import')
  .description('sends files of usage events: NDJSON or CSV, also gzipped; importing a file again changes nothing')
  .argument('<file...>', 'files, or - for the standard input')
  .addOption(new Option('--format <format>', 'unset: by the content').choices(FORMATS))
  .option('--delimiter <character>', 'between the cells of a CSV file', ',')
  .option('--rejected <file>', 'gets the refused rows with their reasons, as NDJSON')
  .action(async (files: string[], options: ImportOptions) => {
    if (!(await importFiles(files, options, api(), terminal))) {
      process.exitCode = INCOMPLETE;
    }
  });

const keys = program.command('keys').description('API keys').helpCommand(false);
keys
  .command('create')
  .description('makes a key and prints it')
  .argument('<name>', 'who or what it is for')
  .addOption(new Option('--scope <scope...>', 'what it may do').choices(SCOPES).makeOptionMandatory())
  .option('--tenant <tenant>', 'the only tenant that it reads and writes')
  .action((name: string, options: { scope: string[]; tenant?: string }) => createKey(api(), terminal, name, options));
keys
  .command('list')
  .description('lists the keys that work')
  .action(() => listKeys(api(), terminal));
keys
  .command('revoke')
  .description('ends a key')
  .argument('<id>')
  .action((id: string) => revokeKey(api(), terminal, id));

const refused = program
  .command('refused')
  .description('events that were acknowledged while the database was away and could not be stored afterwards')
  .helpCommand(false);
refused
  .command('list')
  .description('lists them with their reasons, the latest first')
  .option('--limit <number>', 'at most so many', '100')
  .action(({ limit }: { limit: string }) => listRefused(api(), terminal, limit));
refused
  .command('replay')
  .description('stores them after all, once the reason is gone')
  .argument('[id...]', 'unset: all of them')
  .action(async (ids: string[]) => {
    if (!(await replayRefused(api(), terminal, ids))) {
      process.exitCode = INCOMPLETE;
    }
  });
refused
  .command('discard')
  .description('lets them go for good')
  .argument('[id...]', 'which ones')
  .option('--all', 'all of them')
  .action((ids: string[], { all }: { all?: boolean }) => {
    if (ids.length === 0 && !all) {
      throw new CommandError('name the ids to discard, or --all');
    }
    return discardRefused(api(), terminal, ids);
  });
const budgets = program.command('budgets').description('budgets').helpCommand(false);
budgets
  .command('list')
  .description('lists the budgets and how they stand')
  .action(() => listBudgets(api(), terminal));
budgets
  .command('rebuild')
  .description('sums what was spent anew from the calls and prints what was different')
  .argument('[id]', 'one budget; unset: all')
  .action((id: string | undefined) => rebuildBudgets(api(), terminal, id));

program
  .command('reconcile')
  .description("reads the providers' usage and cost reports, and prints our total against theirs per day (UTC)")
  .requiredOption('--from <day>', 'first day, e.g. 2026-01-01')
  .requiredOption('--to <day>', 'first day that is left out')
  .addOption(new Option('--provider <provider>', 'unset: every one that has a key').choices(REPORTING_PROVIDERS))
  .option('--no-pull', 'compares what is known already')
  .action((options: ReconcileOptions) => reconcile(api(), terminal, options));

program
  .command('statement')
  .description('prints what a month (UTC) is charged to whom')
  .argument('<month>', 'e.g. 2026-01')
  .option('--tenant <tenant>', 'unset: all that the key sees')
  .option('--currency <code>', 'each day at its own rate', 'USD')
  .addOption(
    new Option('--format <format>', 'focus: FOCUS 1.2').choices(['sums', 'json', 'csv', 'focus']).default('sums')
  )
  .option('--out <file>', 'unset: the standard output')
  .action((month: string, options: StatementOptions) => printStatement(api(), terminal, month, options));
program
  .command('close')
  .description('closes a month: its statement stays as it is, later corrections appear in the next')
  .argument('<month>', 'e.g. 2026-01')
  .option('--currency <code>', 'of the statement', 'USD')
  .action((month: string, { currency }: { currency: string }) => closeStatement(api(), terminal, month, currency));

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`llmcost: ${error instanceof CommandError ? error.message : String((error as Error).stack)}\n`);
  process.exitCode = FAILED;
});
