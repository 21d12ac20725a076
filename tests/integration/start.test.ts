import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { freePort } from './collectorProcess';

/** `npm start` itself, with the real collector and its embedded database, without Grafana. */
const ROOT = path.join(__dirname, '..', '..');
const START_MS = 150_000;
jest.setTimeout(2 * START_MS);

let dataDir: string;
let child: ChildProcess | undefined;
beforeAll(() => {
  dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'llmcost-start-'));
});
afterEach(() => child?.kill('SIGKILL'));
afterAll(() => fs.rmSync(dataDir, { recursive: true, force: true }));

interface Run {
  readonly url: string;
  readonly text: string;
  /** Ctrl-C; gives how long it took until everything was gone, ms. */
  end(): Promise<number>;
}

async function start(...options: readonly string[]): Promise<Run> {
  const [http, grpc, pg] = [await freePort(), await freePort(), await freePort()];
  const ports = ['--port', http, '--grpc-port', grpc, '--pg-port', pg].map(String);
  const args = ['start', '--', '--no-grafana', '--data', dataDir, ...ports, ...options];
  // A process group of its own, as a terminal makes one: Ctrl-C reaches npm and everything below it at once.
  const started = spawn('npm', args, { cwd: ROOT, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  child = started;
  let text = '';
  const ended = new Promise<void>((resolve) => started.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not started in time: ${text}`)), START_MS);
    const seen = (data: Buffer) => {
      text += data.toString();
      if (text.includes('Ctrl-C ends everything')) {
        clearTimeout(timer);
        resolve();
      }
    };
    started.stdout.on('data', seen);
    started.stderr.on('data', seen);
    void ended.then(() => {
      clearTimeout(timer);
      reject(new Error(`ended early: ${text}`));
    });
  });
  return {
    url: `http://127.0.0.1:${http}`,
    text,
    end: async () => {
      const began = Date.now();
      process.kill(-started.pid!, 'SIGINT');
      // Not before the last child has let go of our end of the pipe.
      await ended;
      return Date.now() - began;
    },
  };
}

async function calls(url: string): Promise<Map<string, number>> {
  const reply = await fetch(`${url}/v1/query`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      from: '2020-01-01T00:00:00Z',
      to: '2100-01-01T00:00:00Z',
      metrics: ['calls'],
      group_by: ['unpriced_reason'],
    }),
  });
  const { rows } = (await reply.json()) as { rows: Array<[string | null, number]> };
  return new Map(rows.map(([reason, count]) => [reason ?? 'priced', count]));
}

it('shows a priced demo month, ends on Ctrl-C, and finds the data again', async () => {
  const first = await start('--demo-days', '2');
  expect(first.text).toMatch(/Today \$[\d.,]+ \([\d,]+ calls\)/);
  expect(first.text).toMatch(/^ {2}acme +\$/m);
  expect(first.text).toMatch(/^ {2}claude-sonnet-4-20250514 +\$/m);
  expect(first.text).toContain(first.url);
  const before = await calls(first.url);
  const all = [...before.values()].reduce((sum, count) => sum + count, 0);
  expect(all).toBeGreaterThan(2_000);
  // Only what the demo leaves unpriced on purpose.
  expect([...before.keys()].sort()).toEqual(['no_usage', 'priced', 'unknown_model']);
  expect(before.get('priced')! / all).toBeGreaterThan(0.98);
  expect(await first.end()).toBeLessThan(10_000);
  await expect(fetch(first.url)).rejects.toThrow();

  const second = await start('--no-demo');
  const after = [...(await calls(second.url)).values()].reduce((sum, count) => sum + count, 0);
  expect(after).toBeGreaterThanOrEqual(all);
  expect(after).toBeLessThan(all + 1_000);
  await second.end();
});
