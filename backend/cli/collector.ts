import { Command } from 'commander';
import { runCollector } from '../collector';
import { ConfigError, loadConfig } from '../config/config';
import { environmentHelp } from '../config/environment';
import { createLogger } from '../observe';
import { VERSION } from '../version';

/** `npm run collector`: starts the collector alone, prints `ready http://HOST:PORT`, ends on SIGTERM or SIGINT. */
async function main(): Promise<void> {
  new Command()
    .name('llmcost collector')
    .description('Takes usage of language models, prices it and stores it for Grafana')
    .version(VERSION)
    .addHelpText('after', environmentHelp())
    .allowExcessArguments(false)
    .parse();
  const config = loadConfig(process.env);
  const log = createLogger(config.logLevel);
  const collector = await runCollector(config, log);

  let ending = false;
  const end = (why: string, code: number) => {
    if (ending) {
      return;
    }
    ending = true;
    log.info(why);
    collector.close().then(
      () => process.exit(code),
      (error: unknown) => {
        log.error({ err: error }, 'ending failed');
        process.exit(1);
      }
    );
  };
  // Not once: npm passes on what the whole process group has got already, and the second one would end it undrained.
  process.on('SIGTERM', () => end('SIGTERM: draining', 0));
  process.on('SIGINT', () => end('SIGINT: draining', 0));
  collector.onFailure((reason) => end(reason, 1));
  process.stdout.write(`ready ${collector.address}\n`);
}

main().catch((error: unknown) => {
  const known = error instanceof ConfigError || (error as { userMessage?: boolean }).userMessage === true;
  process.stderr.write(`llmcost: ${known ? (error as Error).message : ((error as Error).stack ?? String(error))}\n`);
  process.exit(1);
});
