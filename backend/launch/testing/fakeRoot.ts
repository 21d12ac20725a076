import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

/** Each fake writes its name here when it begins and when it ends, so that a test sees the order. */
const DIARY = `
const fs = require('node:fs');
const path = require('node:path');
const write = (line) => fs.appendFileSync(path.join(process.env.FAKE_DIARY), line + '\\n');
const run = (name, stop) => {
  write('begin ' + name + ' ' + process.pid);
  process.on('SIGINT', () => write('SIGINT ' + name));
  process.on('SIGTERM', () => setTimeout(() => { write('end ' + name); process.exit(0); }, 50));
};
`;

const COLLECTOR = `${DIARY}
const http = require('node:http');
run('collector');
const [host, port] = process.env.LLMCOST_HTTP_ADDR.split(':');
const dir = process.env.LLMCOST_DATA_DIR;
fs.mkdirSync(dir, { recursive: true });
fs.writeFileSync(path.join(dir, 'secrets.json'), JSON.stringify({ owner_password: 'o', reader_password: 'reader-secret' }));
http.createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk)).on('end', () => {
    const query = JSON.parse(Buffer.concat(chunks).toString());
    const columns = [...query.group_by, ...query.metrics].map((name) => ({ name }));
    const row = [...query.group_by.map((name) => 'some-' + name), '0.0042', 21, 4200];
    response.end(JSON.stringify({ columns, rows: [row], unpriced: { calls: 3, tokens: 40 } }));
  });
}).listen(Number(port), host, () => {
  console.log('a line of the log');
  if (process.env.FAKE_FAILURE === 'early') {
    console.error('the cause of it all');
    process.exit(3);
  }
  console.log('ready http://' + host + ':' + port);
  if (process.env.FAKE_FAILURE === 'late') {
    setTimeout(() => { console.error('disk full'); process.exit(4); }, 3000);
  }
});
`;

const DEMO = `${DIARY}
run('demo');
console.log('history 50% 60 calls');
console.log('history complete: 120 calls, 120 of them new, in 0.1 s');
setInterval(() => {}, 1000);
`;

const GRAFANA = `#!/usr/bin/env node
${DIARY}
if (process.argv.includes('--version')) {
  console.log('grafana version ' + (process.env.FAKE_GRAFANA_VERSION || '12.4.0'));
  process.exit(0);
}
run('grafana');
const ini = fs.readFileSync(process.argv[process.argv.indexOf('--config') + 1], 'utf8');
write('password ' + process.env.LLMCOST_PG_PASSWORD);
require('node:http')
  .createServer((request, response) => response.end('{}'))
  .listen(Number(/http_port = (\\d+)/.exec(ini)[1]), /http_addr = (\\S+)/.exec(ini)[1]);
`;

export interface FakeRoot {
  readonly root: string;
  /** Environment of a start in it, on free ports. */
  readonly env: NodeJS.ProcessEnv;
  readonly ports: { readonly http: number; readonly grafana: number };
  /** What the fakes wrote so far. */
  diary(): string[];
  remove(): void;
}

/** A repository whose collector, demo and Grafana are fakes that only begin, answer and end. */
export async function makeFakeRoot(): Promise<FakeRoot> {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'llmcost-launch-'));
  const diary = path.join(root, 'diary.txt');
  const write = (file: string, text: string, mode = 0o644) => {
    const full = path.join(root, file);
    fs.mkdirSync(path.dirname(full), { recursive: true });
    fs.writeFileSync(full, text, { mode });
  };
  write('diary.txt', '');
  write('backend/cli/collector.ts', COLLECTOR);
  write('backend/demo/main.ts', DEMO);
  write('grafana/bin/grafana', GRAFANA, 0o755);
  write('grafana/conf/defaults.ini', '');
  write('src/plugin.json', '{ "id": "llmcost-app" }');
  write('dashboards/overview.json', '{ "uid": "llm-cost-overview" }');
  write('dist/module.js', '');
  const [http, grafana, grpc, pg] = [await freePort(), await freePort(), await freePort(), await freePort()];
  return {
    root,
    ports: { http, grafana },
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      FAKE_DIARY: diary,
      GRAFANA_HOME: path.join(root, 'grafana'),
      LLMCOST_DATA_DIR: path.join(root, 'data'),
      LLMCOST_HTTP_ADDR: `127.0.0.1:${http}`,
      LLMCOST_GRPC_ADDR: `127.0.0.1:${grpc}`,
      LLMCOST_PG_ADDR: `127.0.0.1:${pg}`,
    },
    diary: () => fs.readFileSync(diary, 'utf8').split('\n').filter(Boolean),
    remove: () => fs.rmSync(root, { recursive: true, force: true }),
  };
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
