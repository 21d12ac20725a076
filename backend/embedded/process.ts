/** Entry of the child process: waits for its order, serves until it is told to close or its parent is gone. */
import { EmbeddedServer } from './embeddedServer';
import type { EmbeddedLogLine, FromChild, ToChild } from './options';

const tell = (event: FromChild): void => {
  if (process.connected) {
    process.send?.(event, () => undefined);
  }
};
const log = (level: EmbeddedLogLine['level'], msg: string): void => tell({ kind: 'log', line: { level, msg } });

/** Clients may finish for so long after SIGTERM, in ms: the whole process group gets it, and the parent drains. */
const TERM_GRACE_MS = 5000;

let server: EmbeddedServer | null = null;
let ending: Promise<void> | null = null;

function end(graceMs: number): Promise<void> {
  ending ??= (async () => {
    let code = 0;
    try {
      await server?.close(graceMs);
    } catch (error) {
      code = 1;
      log('error', `the embedded database did not close cleanly: ${String(error)}`);
    }
    process.exit(code);
  })();
  return ending;
}

async function start(order: Extract<ToChild, { kind: 'start' }>): Promise<void> {
  try {
    server = await EmbeddedServer.start(order.options, {
      log,
      broken: (error) => {
        log('error', `the embedded database can't be opened any more: ${error.message}`);
        process.exit(1);
      },
    });
    tell({ kind: 'ready', port: server.port });
  } catch (error) {
    tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
    process.exitCode = 1;
    process.disconnect();
  }
}

process.on('message', (order: ToChild) => void (order.kind === 'start' ? start(order) : end(0)));
process.on('disconnect', () => void end(0));
process.on('SIGTERM', () => void end(TERM_GRACE_MS));
// Ctrl-C reaches the whole process group; the parent closes this process when it has drained.
process.on('SIGINT', () => undefined);
