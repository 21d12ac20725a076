import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Spool, SpoolFull } from './spool';

const MIB = 1024 * 1024;
let dir: string;
const open = (options: { maxBytes?: number; fileBytes?: number } = {}) =>
  Spool.open<unknown>({ dir, maxBytes: MIB, ...options });

async function drained(spool: Spool<unknown>): Promise<unknown[]> {
  const values: unknown[] = [];
  await spool.drain((value) => Promise.resolve(void values.push(value)));
  return values;
}

beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'llmcost-spool-'));
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

it('gives back what was appended, in order, big integers too, and leaves nothing', async () => {
  const spool = await open({ fileBytes: 200 });
  const values = Array.from({ length: 50 }, (_, i) => ({ i, cost: 10n ** 18n + BigInt(i) }));
  for (const value of values) {
    await spool.append(value);
  }
  expect(fs.readdirSync(dir).length).toBeGreaterThan(5);
  expect(await drained(spool)).toEqual(values);
  expect(spool.empty).toBe(true);
  expect(fs.readdirSync(dir)).toEqual(['position.json']);
  await spool.append('later');
  expect(await drained(spool)).toEqual(['later']);
  await spool.close();
});

it('finds everything again after a restart', async () => {
  const first = await open();
  await first.append('a');
  await first.append('b');
  await first.close();
  const second = await open();
  expect(second.bytes).toBeGreaterThan(0);
  await second.append('c');
  expect(await drained(second)).toEqual(['a', 'b', 'c']);
  await second.close();
});

it('keeps what the consumer could not take, and goes on after what it took', async () => {
  const spool = await open();
  for (const value of ['a', 'b', 'c']) {
    await spool.append(value);
  }
  const taken: unknown[] = [];
  const refuse = (value: unknown) => {
    if (value === 'b') {
      throw new Error('database away');
    }
    taken.push(value);
    return Promise.resolve();
  };
  await expect(spool.drain(refuse)).rejects.toThrow('database away');
  await spool.close();
  const again = await open();
  expect(await drained(again)).toEqual(['b', 'c']);
  expect(taken).toEqual(['a']);
  await again.close();
});

it('is bounded, and has room again once drained', async () => {
  const spool = await open({ maxBytes: 2_000 });
  const value = 'x'.repeat(900);
  await spool.append(value);
  await spool.append(value);
  await expect(spool.append(value)).rejects.toThrow(SpoolFull);
  expect(await drained(spool)).toHaveLength(2);
  await spool.append(value);
  await spool.close();
});

it('drops a record that a crash cut off, and nothing before it', async () => {
  const spool = await open();
  await spool.append('whole');
  await spool.append('torn');
  await spool.close();
  const file = path.join(
    dir,
    fs.readdirSync(dir).find((name) => name.endsWith('.spool'))!
  );
  fs.truncateSync(file, fs.statSync(file).size - 3);
  const again = await open();
  expect(await drained(again)).toEqual(['whole']);
  await again.close();
});

it('takes appends while it drains', async () => {
  const spool = await open({ fileBytes: 300 });
  for (let i = 0; i < 10; i++) {
    await spool.append(i);
  }
  const values: unknown[] = [];
  await spool.drain(async (value) => {
    values.push(value);
    if (values.length <= 20) {
      await spool.append(100 + values.length);
    }
  });
  expect(values).toHaveLength(30);
  await spool.close();
});

it('loses nothing that it acknowledged when the process is killed', async () => {
  const script = `
    const { Spool } = require(${JSON.stringify(path.join(__dirname, 'spool.ts'))});
    Spool.open({ dir: ${JSON.stringify(dir)}, maxBytes: 1e8, fileBytes: 20000 }).then(async (spool) => {
      for (let i = 0; ; i++) { await spool.append({ i, pad: 'x'.repeat(i % 500) }); process.stdout.write(i + '\\n'); }
    });`;
  const child = spawn(process.execPath, ['--require', require.resolve('tsx/cjs'), '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // The plugin's tsconfig.json has a baseUrl, by which the built-in "module" would be found in src.
    env: { ...process.env, TSX_TSCONFIG_PATH: path.join(__dirname, '..', 'tsconfig.json') },
  });
  let told = '';
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (data: Buffer) => {
      told += data.toString();
      if (told.length > 4_000) {
        child.kill('SIGKILL');
      }
    });
    child.on('exit', () => resolve());
  });
  const acknowledged = told.split('\n').filter(Boolean).map(Number);
  const spool = await open({ maxBytes: 1e8 });
  const found = ((await drained(spool)) as Array<{ i: number }>).map(({ i }) => i);
  expect(acknowledged.length).toBeGreaterThan(100);
  expect(found.slice(0, acknowledged.length)).toEqual(acknowledged);
  expect(found.length - acknowledged.length).toBeLessThan(500);
  await spool.close();
});
