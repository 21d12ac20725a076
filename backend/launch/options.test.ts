import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ConfigError } from '../config/config';
import { readOptions } from './options';

const read = (args: string[], env: NodeJS.ProcessEnv = {}) => readOptions(['node', 'start', ...args], env);

it('has the documented defaults', () => {
  const { demo, grafana, grafanaPort, config } = read([]);
  expect({ demo, grafana, grafanaPort }).toEqual({ demo: true, grafana: true, grafanaPort: 3000 });
  expect(config.http).toEqual({ host: '127.0.0.1', port: 4318 });
  expect(config.dataDir).toBe(path.resolve('data'));
});

it('lets an option win over its variable, for the collector too', () => {
  const { config, env } = read(['--port', '5000', '--data', 'elsewhere'], {
    LLMCOST_HTTP_ADDR: '127.0.0.2:4400',
    LLMCOST_GRPC_ADDR: '127.0.0.1:4401',
    LLMCOST_DATA_DIR: 'ignored',
  });
  expect(config.http).toEqual({ host: '127.0.0.2', port: 5000 });
  expect(config.grpc).toEqual({ host: '127.0.0.1', port: 4401 });
  expect(env).toMatchObject({ LLMCOST_HTTP_ADDR: '127.0.0.2:5000', LLMCOST_DATA_DIR: path.resolve('elsewhere') });
});

it('tells the collector of the Grafana that it starts, so that a configuration file may say who sees and approves what', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'llmcost-options-'));
  const file = path.join(folder, 'config.yaml');
  fs.writeFileSync(file, 'grafana: { approvers: [{ user: anna@example.org }] }');
  try {
    expect(read(['--grafana-port', '3333'], { LLMCOST_CONFIG: file }).config.grafanaUrl).toBe('http://127.0.0.1:3333');
    const own = { LLMCOST_CONFIG: file, GRAFANA_URL: 'https://g.example.org' };
    expect(read([], own).config.grafanaUrl).toBe('https://g.example.org');
    expect(() => read(['--no-grafana'], { LLMCOST_CONFIG: file })).toThrow('needs GRAFANA_URL');
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});

it('refuses a wrong value of the environment in one line', () => {
  expect(() => read([], { LLMCOST_HTTP_ADDR: 'here' })).toThrow(ConfigError);
});
