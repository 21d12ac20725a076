import { ConfigError } from '../config/config';
import { CollectorError } from '../demo/collectorClient';
import { survivePipeErrors, terminal } from './console';
import { Launch } from './launch';
import { LaunchError } from './launchError';
import { readOptions } from './options';

/** A second signal this long after the first is a person who won't wait; sooner it is the same one, passed on by npm. */
const IMPATIENT_MS = 2_000;
const PARENT_POLL_MS = 250;
const KNOWN = [LaunchError, ConfigError, CollectorError];

/**
 * `npm start`: collector, demo load and Grafana, until a signal or until one of them fails.
 *
 * @param root folder of this repository
 * @returns the exit code
 */
export async function runStart(argv: readonly string[], env: NodeJS.ProcessEnv, root: string): Promise<number> {
  survivePipeErrors();
  const screen = terminal();
  const signalled = untilSignal(env.npm_lifecycle_event !== undefined);
  let launch: Launch | undefined;
  try {
    launch = new Launch(readOptions(argv, env), screen, root);
    const failed = launch.failed.then((error) => Promise.reject(error));
    const running = launch.start().then(() => new Promise<never>(() => undefined));
    await Promise.race([running, failed, signalled.first]);
    screen.say('\nEnding …');
    return 0;
  } catch (error) {
    const known = KNOWN.some((kind) => error instanceof kind);
    screen.fail(`\n${known ? (error as Error).message : ((error as Error).stack ?? String(error))}\n`);
    return 1;
  } finally {
    await launch?.stop(signalled.again);
  }
}

/**
 * The first reason to end, and whether there was a second one. npm passes signals on to its shell only, so under npm
 * the end of our parent is a signal, too.
 */
function untilSignal(underNpm: boolean): { first: Promise<void>; again: AbortSignal } {
  const again = new AbortController();
  const first = new Promise<void>((resolve) => {
    let at = 0;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (at && Date.now() - at > IMPATIENT_MS) {
          again.abort();
        }
        at ||= Date.now();
        resolve();
      });
    }
    const parent = process.ppid;
    if (underNpm) {
      setInterval(() => process.ppid !== parent && resolve(), PARENT_POLL_MS).unref();
    }
  });
  return { first, again: again.signal };
}
