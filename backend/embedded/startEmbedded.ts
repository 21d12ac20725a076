import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { OWNER, READER, type EmbeddedLogLine, type EmbeddedOptions, type FromChild, type ToChild } from './options';

export interface Embedded {
  /** Full rights. */
  readonly ownerUrl: string;
  /** Through the read-only gate. */
  readonly readerUrl: string;
  /** Process of the database. */
  readonly pid: number;
  /** Ends connections, writes a checkpoint, releases the directory. */
  close(): Promise<void>;
  /** Told once when the process has ended, whoever ended it. The code is null after a signal. */
  onExit(listener: (code: number | null) => void): void;
}

/** How long an end may take before the process is killed: a kill loses nothing, the next start replays the WAL. */
const CLOSE_MS = 20_000;

/** Some lines on stderr are the source text of a library. */
const LINE_LENGTH = 500;

const url = (user: string, password: string, host: string, port: number): string =>
  `postgres://${user}:${encodeURIComponent(password)}@${host.includes(':') ? `[${host}]` : host}:${port}/${OWNER}`;

function launch(): ChildProcess {
  return fork(path.join(__dirname, 'process.ts'), [], {
    execArgv: ['--require', require.resolve('tsx/cjs')],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'advanced',
  });
}

/** Hands the child's stderr to the log line by line. */
function logStderr(child: ChildProcess, log: (line: EmbeddedLogLine) => void): void {
  let rest = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    lines.filter((line) => line.trim()).forEach((line) => log({ level: 'warn', msg: line.slice(0, LINE_LENGTH) }));
  });
}

/**
 * Starts PostgreSQL with TimescaleDB in a process of its own and waits until it takes connections. The process ends by
 * itself when this one is gone.
 *
 * @throws Error that names the cause: the directory is in use by another process, the port is taken, …
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { log = () => undefined, ...rest } = options;
  const child = launch();
  const send = (order: ToChild): boolean => child.connected && child.send(order, () => undefined);
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  logStderr(child, log);
  const port = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('message', (event: FromChild) => {
      if (event.kind === 'ready') {
        resolve(event.port);
      } else if (event.kind === 'failed') {
        reject(new Error(`the embedded database did not start: ${event.message}`));
      } else {
        log(event.line);
      }
    });
    void exited.then((code) => reject(new Error(`the embedded database ended while starting (code ${code})`)));
    send({ kind: 'start', options: { ...rest, dataDir: path.resolve(options.dataDir) } });
  });
  return {
    ownerUrl: url(OWNER, options.ownerPassword, options.host, port),
    readerUrl: url(READER, options.readerPassword, options.host, port),
    pid: child.pid ?? 0,
    onExit: (listener) => void exited.then(listener),
    close: async () => {
      const timer = setTimeout(() => child.kill('SIGKILL'), CLOSE_MS);
      send({ kind: 'close' });
      await exited;
      clearTimeout(timer);
    },
  };
}
