/**
 * Every environment variable of the collector, once: parsing, `--help`, the docs and the compose file's test read this.
 * All are optional.
 */
export interface Variable {
  readonly name: string;
  readonly description: string;
  readonly default?: string;
  /** Its value must not be printed. */
  readonly secret?: boolean;
}

const define = <const T extends readonly Variable[]>(list: T): T => list;

export const ENVIRONMENT = define([
  {
    name: 'DATABASE_URL',
    description: 'PostgreSQL with TimescaleDB, postgres://user:password@host:port/name; unset: an embedded TimescaleDB',
    secret: true,
  },
  { name: 'LLMCOST_DATA_DIR', description: 'folder of the embedded TimescaleDB and its secrets', default: './data' },
  {
    name: 'LLMCOST_PG_ADDR',
    description: 'where the embedded TimescaleDB listens for Grafana',
    default: '127.0.0.1:54329',
  },
  { name: 'LLMCOST_HTTP_ADDR', description: 'address of OTLP/HTTP and REST', default: '127.0.0.1:4318' },
  { name: 'LLMCOST_GRPC_ADDR', description: 'address of OTLP/gRPC, or none', default: '127.0.0.1:4317' },
  {
    name: 'LLMCOST_CATALOGUE',
    description: 'price catalogue file instead of the built-in one, or none for an empty price book',
  },
  {
    name: 'LLMCOST_CONFIG',
    description:
      'YAML file: attribute to dimension mapping, price overrides, budgets, retention, tenants of Grafana viewers, delivery of statements',
  },
  {
    name: 'LLMCOST_ADMIN_KEY',
    description: 'bootstrap API key with every scope; needed on any address but loopback',
    secret: true,
  },
  { name: 'LLMCOST_JWT_SECRET', description: 'secret of HS256 JSON Web Tokens, 32 characters or more', secret: true },
  { name: 'LLMCOST_JWKS_URL', description: 'key set of asymmetric JSON Web Tokens' },
  {
    name: 'LLMCOST_READER_PASSWORD',
    description: 'password of the database login grafana_reader; unset: the embedded TimescaleDB makes one up',
    secret: true,
  },
  {
    name: 'LLMCOST_WEBHOOK_SECRET',
    description: 'signs the webhooks of budgets and statements, 16 characters or more; unset: none is sent',
    secret: true,
  },
  {
    name: 'LLMCOST_SPOOL_MB',
    description: 'most MiB of events kept in the data folder while the database is away',
    default: '1024',
  },
  { name: 'OPENAI_ADMIN_KEY', description: 'admin key of OpenAI, to compare its bill with ours', secret: true },
  { name: 'ANTHROPIC_ADMIN_KEY', description: 'admin key of Anthropic, to compare its bill with ours', secret: true },
  {
    name: 'LLMCOST_BILL_HOURS',
    description: 'hours between two readings of the bills by itself, e.g. 24; unset: they are read only when asked',
  },
  {
    name: 'GRAFANA_URL',
    description: "Grafana's root_url, as browsers use it: the issuer of its users' identity, which is verified",
  },
  {
    name: 'GRAFANA_JWKS_URL',
    description: "Grafana's signing keys as the collector reaches them; unset: GRAFANA_URL/api/signing-keys/keys",
  },
  {
    name: 'GRAFANA_ORG_IDS',
    description: "Grafana's organisations whose users are taken, by id, e.g. 1,4; unset: users of every organisation",
  },
  { name: 'LOG_LEVEL', description: 'trace, debug, info, warn, error, fatal or silent', default: 'info' },
]);

export type VariableName = (typeof ENVIRONMENT)[number]['name'];

/** The environment as `--help` prints it. */
export function environmentHelp(): string {
  const width = Math.max(...ENVIRONMENT.map(({ name }) => name.length));
  const lines = (ENVIRONMENT as readonly Variable[]).map(
    ({ name, description, default: value }) =>
      `  ${name.padEnd(width)}  ${description}${value ? ` (default ${value})` : ''}`
  );
  return `\nEnvironment, all optional; NAME_FILE names a file that holds the value of a secret:\n${lines.join('\n')}\n`;
}
