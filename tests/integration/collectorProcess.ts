import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { nodeArgs } from '../../backend/launch/nodeArgs';
import { COLLECTOR_ENVIRONMENT, COLLECTOR_NODE_FLAGS } from '../../backend/launch/nodeFlags';

/** A reply of the collector. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Parsed where it is JSON. */
  readonly json: Record<string, unknown>;
}

/** A collector in a process of its own, as users run it. */
export interface CollectorProcess {
  readonly base: string;
  readonly grpcPort: number;
  readonly pgPort: number;
  readonly dataDir: string;
  readonly pid: number;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>;
  log(): string;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL, without a chance to do anything. */
  kill(): Promise<void>;
}

const ROOT = path.join(__dirname, '..', '..');
const START_MS = 150_000;

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

const temporaryFolder = () => fs.mkdtempSync(path.join(os.tmpdir(), 'llmcost-test-'));

function ready(child: ChildProcess, log: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not ready in ${START_MS} ms: ${log()}`)), START_MS);
    child.stdout!.on('data', () => {
      if (/^ready http/m.test(log())) {
        clearTimeout(timer);
        resolve();
      }
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`the collector ended with ${code}: ${log()}`));
    });
  });
}

/** Starts a collector on free ports, with an empty price book and a data folder of its own unless told otherwise. */
export async function startCollector(
  options: { readonly env?: NodeJS.ProcessEnv; readonly dataDir?: string } = {}
): Promise<CollectorProcess> {
  const dataDir = options.dataDir ?? temporaryFolder();
  const [http, grpc, pg] = [await freePort(), await freePort(), await freePort()];
  const script = path.join(ROOT, 'backend', 'cli', 'collector.ts');
  const child = spawn(process.execPath, [...COLLECTOR_NODE_FLAGS, ...nodeArgs(script)], {
    cwd: ROOT,
    env: {
      ...COLLECTOR_ENVIRONMENT,
      ...process.env,
      LLMCOST_DATA_DIR: dataDir,
      LLMCOST_HTTP_ADDR: `127.0.0.1:${http}`,
      LLMCOST_GRPC_ADDR: `127.0.0.1:${grpc}`,
      LLMCOST_PG_ADDR: `127.0.0.1:${pg}`,
      LLMCOST_CATALOGUE: 'none',
      LOG_LEVEL: 'warn',
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (data: Buffer) => (output += data.toString()));
  child.stderr.on('data', (data: Buffer) => (output += data.toString()));
  await ready(child, () => output);
  let ending: string | undefined;
  const ended = new Promise<number | null>((resolve) =>
    child.once('exit', (code, signal) => {
      ending = `the collector ended with ${code ?? signal}`;
      resolve(code);
    })
  );
  const base = `http://127.0.0.1:${http}`;
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return ended;
  };
  return {
    base,
    grpcPort: grpc,
    pgPort: pg,
    dataDir,
    pid: child.pid!,
    log: () => output,
    call: (method, route, body, headers) =>
      call(base, method, route, body, headers).catch((cause: unknown) => {
        throw new Error(`${method} ${route}: ${ending ?? 'the collector runs'}\n${output}`, { cause });
      }),
    stop: () => end('SIGTERM'),
    kill: async () => void (await end('SIGKILL')),
  };
}

async function call(base: string, method: string, route: string, body?: unknown, headers: Record<string, string> = {}) {
  const raw = typeof body === 'string' || body instanceof Uint8Array;
  const response = await fetch(base + route, {
    method,
    headers: { ...(body !== undefined && !raw ? { 'content-type': 'application/json' } : {}), ...headers },
    body: body === undefined ? undefined : raw ? (body as string) : JSON.stringify(body),
  });
  const text = await response.text();
  let json: Record<string, unknown> = {};
  try {
    json = JSON.parse(text) as Record<string, unknown>;
  } catch {
    // Not every reply is JSON.
  }
  return { status: response.status, headers: response.headers, text, json };
}
