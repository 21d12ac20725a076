import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ConfigError, isLoopback, loadConfig } from './config';
import { ENVIRONMENT, environmentHelp } from './environment';

const temporary = (content: string): string => {
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'llmcost-config-')), 'file');
  fs.writeFileSync(file, content);
  return file;
};

describe('loadConfig', () => {
  it('has a default for everything', () => {
    const config = loadConfig({});
    expect(config).toMatchObject({
      databaseUrl: null,
      http: { host: '127.0.0.1', port: 4318 },
      grpc: { host: '127.0.0.1', port: 4317 },
      pg: { host: '127.0.0.1', port: 54329 },
      catalogue: null,
      logLevel: 'info',
    });
    expect(config.dataDir).toBe(path.resolve('data'));
  });

  it.each([
    [{ LLMCOST_HTTP_ADDR: 'nowhere' }, 'LLMCOST_HTTP_ADDR: must be HOST:PORT, e.g. 127.0.0.1:4318'],
    [{ LLMCOST_HTTP_ADDR: '127.0.0.1:70000' }, 'LLMCOST_HTTP_ADDR: must be HOST:PORT, e.g. 127.0.0.1:4318'],
    [{ DATABASE_URL: 'mysql://x' }, 'DATABASE_URL: must begin with postgres://'],
    [{ LLMCOST_JWT_SECRET: 'short' }, 'LLMCOST_JWT_SECRET: must have 32 characters or more'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL: must be one of trace, debug, info, warn, error, fatal, silent'],
    [{ LLMCOST_ADMIN_KEY_FILE: '/does/not/exist' }, "LLMCOST_ADMIN_KEY_FILE: can't read /does/not/exist (ENOENT)"],
  ])('stops at %j with one line', (env, message) => {
    expect(() => loadConfig(env)).toThrow(new ConfigError(message));
  });

  it('reads brackets of IPv6, "none" for gRPC and secrets from files', () => {
    const config = loadConfig({
      LLMCOST_HTTP_ADDR: '[::1]:4318',
      LLMCOST_GRPC_ADDR: 'none',
      LLMCOST_ADMIN_KEY_FILE: temporary('0123456789abcdef\n'),
    });
    expect(config).toMatchObject({ http: { host: '::1', port: 4318 }, grpc: null, adminKey: '0123456789abcdef' });
  });

  it('reads the YAML file and names what is wrong in it', () => {
    const good = temporary('attributes: { team: [squad] }\nretention: { events_days: 90 }\n');
    expect(loadConfig({ LLMCOST_CONFIG: good }).file).toEqual({
      attributes: { team: ['squad'] },
      prices: [],
      budgets: [],
      retention: { events_days: 90 },
      grafana: { user_ids: ['email', 'login'], users: {} },
      vllm: [],
      chargeback: { currency: 'USD', deliveries: [] },
      reconciliation: {
        openai: { base_url: 'https://api.openai.com' },
        anthropic: { base_url: 'https://api.anthropic.com' },
      },
    });
    const bad = temporary('attributes: { taem: [squad] }\n');
    expect(() => loadConfig({ LLMCOST_CONFIG: bad })).toThrow(/^LLMCOST_CONFIG: attributes/);
    const twice = temporary('vllm: [{ url: http://gpu/metrics }, { url: http://gpu/metrics }]\n');
    expect(() => loadConfig({ LLMCOST_CONFIG: twice })).toThrow('LLMCOST_CONFIG: vllm: each url may be there once');
    expect(() => loadConfig({ LLMCOST_CONFIG: temporary('a: [') })).toThrow(/^LLMCOST_CONFIG: /);
  });

  it("finds Grafana's signing keys below its address, or elsewhere, and needs it for limits of its viewers", () => {
    const keys = (env: NodeJS.ProcessEnv) => loadConfig(env).grafanaKeysUrl;
    expect(keys({})).toBeNull();
    expect(keys({ GRAFANA_URL: 'https://g.example.org/team/' })).toBe(
      'https://g.example.org/team/api/signing-keys/keys'
    );
    expect(keys({ GRAFANA_URL: 'http://127.0.0.1:3000', GRAFANA_JWKS_URL: 'http://grafana:3000/keys' })).toBe(
      'http://grafana:3000/keys'
    );
    expect(loadConfig({}).grafanaOrganisations).toBeNull();
    expect(loadConfig({ GRAFANA_ORG_IDS: '1, 4' }).grafanaOrganisations).toEqual([1, 4]);
    expect(() => loadConfig({ GRAFANA_ORG_IDS: 'org:1' })).toThrow(/^GRAFANA_ORG_IDS: must be ids of organisations/);
    const limits = temporary('grafana: { viewers: [{ organisation: 1, tenants: [acme] }] }\n');
    expect(() => loadConfig({ LLMCOST_CONFIG: limits })).toThrow('LLMCOST_CONFIG: grafana.viewers needs GRAFANA_URL');
  });
});

it("has access to a provider's bill with a key from the environment or the file", () => {
  const reconciliation = { openai: { base_url: 'http://127.0.0.1:1/', admin_key: 'of the file' } };
  const file = temporary(JSON.stringify({ reconciliation }));
  expect(loadConfig({ LLMCOST_CONFIG: file }).providerAccess).toEqual({
    openai: { baseUrl: 'http://127.0.0.1:1', key: 'of the file' },
  });
  const keys = { OPENAI_ADMIN_KEY: 'of the environment', ANTHROPIC_ADMIN_KEY_FILE: temporary('secret\n') };
  expect(loadConfig({ LLMCOST_CONFIG: file, ...keys }).providerAccess).toEqual({
    openai: { baseUrl: 'http://127.0.0.1:1', key: 'of the environment' },
    anthropic: { baseUrl: 'https://api.anthropic.com', key: 'secret' },
  });
});

it('reads bills by itself only when asked to, and then needs a key', () => {
  expect(loadConfig({}).billIntervalMs).toBeNull();
  const key = { OPENAI_ADMIN_KEY: 'a key' };
  expect(loadConfig({ ...key, LLMCOST_BILL_HOURS: '24' }).billIntervalMs).toBe(86_400_000);
  expect(() => loadConfig({ ...key, LLMCOST_BILL_HOURS: 'daily' })).toThrow(
    'LLMCOST_BILL_HOURS: must be a number of hours'
  );
  expect(() => loadConfig({ LLMCOST_BILL_HOURS: '24' })).toThrow(
    'LLMCOST_BILL_HOURS: needs OPENAI_ADMIN_KEY or ANTHROPIC_ADMIN_KEY'
  );
});

it('sends statements to a folder or a webhook, and signs what goes to a webhook', () => {
  const deliveries = (...list: object[]) => ({
    LLMCOST_CONFIG: temporary(JSON.stringify({ chargeback: { deliveries: list } })),
  });
  const hook = { name: 'erp', webhook_url: 'https://erp.example.com' };
  expect(() => loadConfig(deliveries(hook))).toThrow(
    'LLMCOST_CONFIG: chargeback.deliveries: the webhook_url of "erp" needs LLMCOST_WEBHOOK_SECRET to be set'
  );
  const { file } = loadConfig({ ...deliveries(hook), LLMCOST_WEBHOOK_SECRET: '0123456789abcdef' });
  expect(file.chargeback.deliveries).toEqual([{ ...hook, format: 'csv' }]);
  expect(() => loadConfig(deliveries({ ...hook, folder: '/srv' }))).toThrow(
    'LLMCOST_CONFIG: chargeback.deliveries.0: must have a folder or a webhook_url, and not both'
  );
  expect(() => loadConfig(deliveries({ name: 'x', folder: 'statements' }))).toThrow(
    'LLMCOST_CONFIG: chargeback.deliveries.0.folder: must be an absolute path'
  );
});

it('prints every variable in the help', () => {
  const help = environmentHelp();
  for (const { name } of ENVIRONMENT) {
    expect(help).toContain(`  ${name} `);
  }
});

it.each([
  ['127.0.0.1', true],
  ['127.9.9.9', true],
  ['::1', true],
  ['localhost', true],
  ['0.0.0.0', false],
  ['10.0.0.1', false],
  ['localhost.example.org', false],
])('%s is loopback: %s', (host, expected) => expect(isLoopback(host)).toBe(expected));
