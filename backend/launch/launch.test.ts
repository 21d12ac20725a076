import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { nodeArgs } from './nodeArgs';
import { type FakeRoot, makeFakeRoot } from './testing/fakeRoot';

interface Started {
  readonly child: ChildProcess;
  text(): string;
  readonly code: Promise<number | null>;
  waitFor(pattern: RegExp): Promise<void>;
}

let fake: FakeRoot;
const running: ChildProcess[] = [];
beforeEach(async () => {
  fake = await makeFakeRoot();
});
afterEach(async () => {
  for (const child of running.splice(0)) {
    child.kill('SIGKILL');
  }
  await until(() => livePids().length === 0);
  fake.remove();
});

const START = path.join(__dirname, 'testing', 'startIn.ts');

function start(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}, command = process.execPath): Started {
  const child = spawn(
    command,
    command === process.execPath ? nodeArgs(START, '--grafana-port', String(fake.ports.grafana), ...args) : args,
    {
      cwd: fake.root,
      env: { ...fake.env, FAKE_ROOT: fake.root, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    }
  );
  running.push(child);
  let text = '';
  child.stdout.on('data', (data: Buffer) => (text += data.toString()));
  child.stderr.on('data', (data: Buffer) => (text += data.toString()));
  const code = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    child,
    text: () => text,
    code,
    waitFor: async (pattern) => {
      await until(() => pattern.test(text) || child.exitCode !== null);
      expect(text).toMatch(pattern);
    },
  };
}

async function until(holds: () => boolean): Promise<void> {
  for (const giveUp = Date.now() + 120_000; !holds() && Date.now() < giveUp;) {
    await sleep(50);
  }
}

const pids = () =>
  fake
    .diary()
    .flatMap((line) => /^begin \w+ (\d+)$/.exec(line)?.[1] ?? [])
    .map(Number);
const livePids = () =>
  pids().filter((pid) => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  });
const ends = () => fake.diary().filter((line) => line.startsWith('end '));

const READY = /Ctrl-C ends everything/;

it('starts everything, shows a summary, every address and what to do next', async () => {
  const started = start();
  await started.waitFor(READY);
  const text = started.text();
  expect(text).toContain(`http://127.0.0.1:${fake.ports.grafana}/d/llm-cost-overview`);
  expect(text).toContain(`http://127.0.0.1:${fake.ports.http}`);
  expect(text).toContain('120 calls');
  expect(text).toContain('some-model');
  expect(text).toContain('$0.0042');
  expect(text).toContain('Not in these sums: 3 calls');
  expect(text).toContain('OTEL_EXPORTER_OTLP_ENDPOINT');
  expect(fake.diary()).toContain('password reader-secret');
  expect(fs.readdirSync(path.join(fake.root, 'data', 'logs')).sort()).toEqual([
    'collector.log',
    'demo.log',
    'grafana.log',
  ]);
});

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s ends Grafana, demo and collector in this order',
  async (signal) => {
    const started = start();
    await started.waitFor(READY);
    started.child.kill(signal);
    // npm passes on what the terminal has sent already.
    started.child.kill(signal);
    expect(await started.code).toBe(0);
    expect(ends()).toEqual(['end grafana', 'end demo', 'end collector']);
    expect(livePids()).toEqual([]);
  }
);

it('ends everything when npm gets the signal', async () => {
  const script = ['node', ...nodeArgs(START, '--grafana-port', String(fake.ports.grafana))].join(' ');
  const manifest = path.join(fake.root, 'package.json');
  fs.writeFileSync(manifest, JSON.stringify({ scripts: { start: script } }));
  // Older than the built plugin, which is not to be built anew.
  fs.utimesSync(manifest, 0, 0);
  const started = start(['start'], {}, 'npm');
  await started.waitFor(READY);
  started.child.kill('SIGTERM');
  await started.code;
  await until(() => ends().length === 3);
  expect(ends()).toEqual(['end grafana', 'end demo', 'end collector']);
});

it('leaves no orphan when it is killed', async () => {
  const started = start();
  await started.waitFor(READY);
  expect(livePids()).toHaveLength(3);
  started.child.kill('SIGKILL');
  await until(() => livePids().length === 0);
  expect(livePids()).toEqual([]);
  expect(ends()).toHaveLength(3);
});

it('says which child ended before it was ready, and why', async () => {
  const started = start([], { FAKE_FAILURE: 'early' });
  expect(await started.code).toBe(1);
  expect(started.text()).toContain('collector ended with code 3');
  expect(started.text()).toContain('the cause of it all');
  expect(started.text()).toContain(path.join('data', 'logs', 'collector.log'));
  expect(livePids()).toEqual([]);
});

it('ends the rest when a child dies later', async () => {
  const started = start([], { FAKE_FAILURE: 'late' });
  expect(await started.code).toBe(1);
  expect(started.text()).toContain('collector ended with code 4');
  expect(started.text()).toContain('disk full');
  expect(livePids()).toEqual([]);
});

it('names the port that is in use and the option for another', async () => {
  const holder = net.createServer().listen(fake.ports.http, '127.0.0.1');
  const started = start();
  expect(await started.code).toBe(1);
  holder.close();
  expect(started.text()).toContain(`port ${fake.ports.http} (OTLP/HTTP and REST) is in use`);
  expect(started.text()).toContain('--port');
  expect(fake.diary()).toEqual([]);
});

it('starts empty and without Grafana when asked to', async () => {
  const started = start(['--no-demo', '--no-grafana']);
  await started.waitFor(READY);
  expect(pids()).toHaveLength(1);
  expect(started.text()).not.toContain('No Grafana was found');
});

it('tells how to get a Grafana where there is none, and why one is too old', async () => {
  const without = start([], { GRAFANA_HOME: '', PATH: path.dirname(process.execPath) });
  await without.waitFor(READY);
  expect(without.text()).toContain('No Grafana was found: set GRAFANA_HOME');
  without.child.kill('SIGTERM');
  await without.code;

  const old = start([], { FAKE_GRAFANA_VERSION: '11.2.0' });
  expect(await old.code).toBe(1);
  expect(old.text()).toContain('is Grafana 11.2.0; the plugin needs 12.3 or newer');
});

it('refuses a wrong option with its name', async () => {
  const started = start(['--port', 'many']);
  expect(await started.code).toBe(1);
  expect(started.text()).toContain('--port');
});
