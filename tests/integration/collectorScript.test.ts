import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { freePort } from './collectorProcess';

const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'llmcost-script-'));
afterAll(() => fs.rmSync(dataDir, { recursive: true, force: true }));

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

it('npm run collector ends after the collector has drained and its database is closed, not before', async () => {
  const [http, pg] = [await freePort(), await freePort()];
  const child = spawn('npm', ['run', '-s', 'collector'], {
    cwd: path.join(__dirname, '..', '..'),
    env: {
      ...process.env,
      LLMCOST_DATA_DIR: dataDir,
      LLMCOST_HTTP_ADDR: `127.0.0.1:${http}`,
      LLMCOST_GRPC_ADDR: 'none',
      LLMCOST_PG_ADDR: `127.0.0.1:${pg}`,
      LLMCOST_CATALOGUE: 'none',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, as a terminal's: everybody in it gets the signal.
    detached: true,
  });
  let log = '';
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  await new Promise<void>((resolve, reject) => {
    const read = (data: Buffer) => {
      log += data.toString();
      if (/^ready http/m.test(log)) {
        resolve();
      }
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    void ended.then((code) => reject(new Error(`npm ended with ${code}: ${log}`)));
  });
  process.kill(-child.pid!, 'SIGTERM');
  expect(await ended).toBe(0);
  expect(log).toContain('SIGTERM: draining');
  expect([await listens(http), await listens(pg)]).toEqual([false, false]);
});
