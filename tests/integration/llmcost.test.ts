import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { type CollectorProcess, startCollector } from './collectorProcess';

const ROOT = path.join(__dirname, '..', '..');
const ADMIN_KEY = 'an-admin-key-of-the-tests';
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'llmcost-import-'));

let collector: CollectorProcess;
beforeAll(async () => {
  collector = await startCollector({ env: { LLMCOST_ADMIN_KEY: ADMIN_KEY } });
}, 120_000);
afterAll(async () => {
  await collector.stop();
  fs.rmSync(collector.dataDir, { recursive: true, force: true });
  fs.rmSync(folder, { recursive: true, force: true });
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs `llmcost` as a person does. */
function llmcost(args: readonly string[], { stdin = '', key = ADMIN_KEY } = {}): Promise<Ended> {
  const child = spawn(process.execPath, ['--import', 'tsx', path.join(ROOT, 'backend', 'cli', 'llmcost.ts'), ...args], {
    cwd: ROOT,
    env: { ...process.env, LLMCOST_COLLECTOR_URL: collector.base, LLMCOST_ADMIN_KEY: key },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (err += data.toString()));
  child.stdin.end(stdin);
  return new Promise((resolve) => child.once('exit', (code) => resolve({ code, out, err })));
}

const file = (name: string, content: string | Buffer): string => {
  const full = path.join(folder, name);
  fs.writeFileSync(full, content);
  return full;
};

async function calls(tenant: string): Promise<unknown> {
  const query = {
    from: '2020-01-01T00:00:00Z',
    to: '2100-01-01T00:00:00Z',
    metrics: ['calls', 'input_tokens'],
    filters: [{ dimension: 'tenant', operator: '=', values: [tenant] }],
  };
  const reply = await collector.call('POST', '/v1/query', query, { authorization: `Bearer ${ADMIN_KEY}` });
  return (reply.json.rows as unknown[][])[0];
}

const event = (tenant: string, n: number) => ({
  time: new Date(Date.UTC(2026, 0, 1, 0, 0, n)).toISOString(),
  tenant,
  provider: 'p',
  model: 'm',
  usage: { input_tokens: n },
});

describe('llmcost import', () => {
  it('imports NDJSON, gzipped and from the standard input, once', async () => {
    const lines = Array.from({ length: 5_000 }, (_, n) => JSON.stringify(event('ndjson', n))).join('\n');
    const packed = file('usage.ndjson.gz', gzipSync(lines));
    const first = await llmcost(['import', packed]);
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toMatch(/5,000 rows in .* 5,000 stored, 0 were there already, 0 refused\n$/);
    const again = await llmcost(['import', '-'], { stdin: lines });
    expect(again).toMatchObject({ code: 0, err: '' });
    expect(again.out).toMatch(/ 0 stored, 5,000 were there already, 0 refused\n$/);
    expect(await calls('ndjson')).toEqual([5_000, (4_999 * 5_000) / 2]);
  });

  it('imports CSV, writes down what was refused and why, and fails then', async () => {
    const csv = file(
      'usage.csv',
      `time,tenant,model,input_tokens,tags.plan
2026-01-01T00:00:00Z,csv,m,10,pro
yesterday,csv,m,10,pro
2026-01-01T00:00:01Z,csv,m,ten,pro
2026-01-01T00:00:00Z,csv,m,10,pro
`
    );
    const rejected = path.join(folder, 'rejected.ndjson');
    const ended = await llmcost(['import', csv, '--rejected', rejected]);
    expect(ended).toMatchObject({ code: 1, err: '' });
    expect(ended.out).toMatch(/4 rows in .* 2 stored, 0 were there already, 2 refused\n$/);
    const lines = fs.readFileSync(rejected, 'utf8').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as object).sort()).toEqual([
      {
        file: csv,
        line: 4,
        reason: 'usage.input_tokens: must be a whole number ≥ 0, not "ten"',
        row: '2026-01-01T00:00:01Z,csv,m,ten,pro',
      },
      {
        file: csv,
        line: 3,
        reason: 'time: must be an RFC 3339 time such as 2026-01-15T10:00:00Z',
        row: 'yesterday,csv,m,10,pro',
      },
    ]);
    expect((await llmcost(['import', csv])).err).toContain(`${csv}:3: time: must be an RFC 3339 time`);
    expect(await calls('csv')).toEqual([2, 20]);
  });

  it.each([
    [['import', 'none.csv'], "can't read none.csv: ENOENT"],
    [['import', '-', '--url', 'http://127.0.0.1:9'], 'no collector answers at http://127.0.0.1:9'],
  ])('stops at %j with one line', async (args, message) => {
    const ended = await llmcost([args[0]!, ...args.slice(1)], { stdin: JSON.stringify(event('stopped', 1)) });
    expect([ended.code, ended.out, ended.err.split('\n').length]).toEqual([2, '', 2]);
    expect(ended.err).toContain(message);
  });

  it('stops at a key that may not', async () => {
    const ended = await llmcost(['import', '-'], { stdin: JSON.stringify(event('stopped', 1)), key: 'not the key' });
    expect(ended).toMatchObject({ code: 2, out: '' });
    expect(ended.err).toContain('answered 401: the API key is unknown, revoked or expired');
  });
});

it('llmcost keys makes, lists and revokes keys', async () => {
  const made = await llmcost(['keys', 'create', 'ci', '--scope', 'ingest', 'read', '--tenant', 'acme']);
  expect(made.code).toBe(0);
  expect(made.out).toMatch(/^llmc_\S{32}\n$/);
  const key = made.out.trim();
  const [, id] = /^(\S{36}): /.exec(made.err)!;
  expect((await llmcost(['keys', 'list'])).out).toMatch(new RegExp(`^${id}\t.*\tingest,read\tacme\tci\n$`));
  expect((await llmcost(['import', '-'], { stdin: JSON.stringify(event('else', 3)), key })).code).toBe(0);
  expect(await calls('acme')).toEqual([1, 3]);
  expect(await llmcost(['keys', 'list'], { key })).toMatchObject({ code: 2, out: '' });
  expect((await llmcost(['keys', 'revoke', id!])).code).toBe(0);
  expect(await llmcost(['keys', 'list'])).toMatchObject({ code: 0, out: '' });
  expect((await llmcost(['keys', 'revoke', id!])).err).toContain(`there is no key ${id}`);
});
