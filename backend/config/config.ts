import fs from 'node:fs';
import path from 'node:path';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { DIMENSIONS } from '../../src/query';
import { chargebackConfig } from '../chargeback/deliveryConfig';
import { viewersSchema } from '../identity/viewerRules';
import { vllmSchema } from '../receivers/vllm/config';
import type { ProviderAccesses } from '../reports/reconcile/pull';
import { ENVIRONMENT, type Variable, type VariableName } from './environment';

/** A value that stops the start, told in one line. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/** Host and port of a listening address. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface Config {
  /** URL of a TimescaleDB, or null for the embedded one. */
  readonly databaseUrl: string | null;
  readonly dataDir: string;
  readonly pg: Address;
  readonly http: Address;
  readonly grpc: Address | null;
  /** Path of a catalogue file, `none`, or null for the built-in one. */
  readonly catalogue: string | null;
  readonly adminKey: string | null;
  readonly jwtSecret: string | null;
  readonly jwksUrl: string | null;
  readonly readerPassword: string | null;
  /** Signs the webhooks of budgets and statements. */
  readonly webhookSecret: string | null;
  /** Grafana's root_url: the issuer of its users' identity. */
  readonly grafanaUrl: string | null;
  /** Where its signing keys are, as the collector reaches them; null only where there is no Grafana. */
  readonly grafanaKeysUrl: string | null;
  /** Ids of the organisations whose users are taken; null: of all. */
  readonly grafanaOrganisations: readonly number[] | null;
  /** The providers whose bill can be asked for. */
  readonly providerAccess: ProviderAccesses;
  /** Between two readings of the providers' bills, ms; null: only when asked. */
  readonly billIntervalMs: number | null;
  /** Most bytes of the local spool. */
  readonly spoolBytes: number;
  readonly logLevel: string;
  readonly file: ConfigFile;
}

const address = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((text, context): Address => {
      const match = /^(.+):(\d{1,5})$/.exec(text);
      const port = Number(match?.[2]);
      if (!match || port > 65_535) {
        context.addIssue({ code: 'custom', message: 'must be HOST:PORT, e.g. 127.0.0.1:4318' });
        return z.NEVER;
      }
      return { host: match[1]!.replace(/^\[(.*)]$/, '$1'), port };
    });

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http(s) URL' });

const fallback = (name: VariableName): string =>
  (ENVIRONMENT as readonly Variable[]).find((variable) => variable.name === name)?.default ?? '';

const environmentSchema = z.object({
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgres://')
    .optional(),
  LLMCOST_DATA_DIR: z.string().min(1).default(fallback('LLMCOST_DATA_DIR')),
  LLMCOST_PG_ADDR: address(fallback('LLMCOST_PG_ADDR')),
  LLMCOST_HTTP_ADDR: address(fallback('LLMCOST_HTTP_ADDR')),
  LLMCOST_GRPC_ADDR: z.union([z.literal('none').transform(() => null), address(fallback('LLMCOST_GRPC_ADDR'))]),
  LLMCOST_CATALOGUE: z.string().optional(),
  LLMCOST_CONFIG: z.string().optional(),
  LLMCOST_ADMIN_KEY: z.string().min(16, 'must have 16 characters or more').optional(),
  LLMCOST_JWT_SECRET: z.string().min(32, 'must have 32 characters or more').optional(),
  LLMCOST_JWKS_URL: httpUrl.optional(),
  LLMCOST_READER_PASSWORD: z.string().min(8, 'must have 8 characters or more').optional(),
  LLMCOST_WEBHOOK_SECRET: z.string().min(16, 'must have 16 characters or more').optional(),
  LLMCOST_SPOOL_MB: z.coerce
    .number('must be a whole number of MiB')
    .int('must be a whole number of MiB')
    .min(1, 'must be 1 or more')
    .default(Number(fallback('LLMCOST_SPOOL_MB'))),
  OPENAI_ADMIN_KEY: z.string().optional(),
  ANTHROPIC_ADMIN_KEY: z.string().optional(),
  LLMCOST_BILL_HOURS: z.coerce
    .number('must be a number of hours')
    .min(1, 'must be 1 or more')
    .max(24 * 31, 'must be 744 (31 days) or less')
    .optional(),
  GRAFANA_URL: httpUrl.optional(),
  GRAFANA_JWKS_URL: httpUrl.optional(),
  GRAFANA_ORG_IDS: z
    .string()
    .regex(/^\s*[1-9]\d*(\s*,\s*[1-9]\d*)*\s*$/, 'must be ids of organisations like 1,4')
    .transform((text) => text.split(',').map(Number))
    .optional(),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
      error: 'must be one of trace, debug, info, warn, error, fatal, silent',
    })
    .default('info'),
});

const DIMENSION_NAMES = DIMENSIONS.map(({ name }) => name);

const providerApi = (fallbackUrl: string) =>
  z.strictObject({ base_url: httpUrl.default(fallbackUrl), admin_key: z.string().min(1).optional() }).prefault({});

const fileSchema = z.strictObject({
  /** Dimension → attribute names to read it from, before the defaults. */
  attributes: z.partialRecord(z.enum(DIMENSION_NAMES), z.array(z.string().min(1))).default({}),
  /** Price rows that override the catalogue; the form of `POST /v1/prices`. */
  prices: z.array(z.unknown()).default([]),
  /** Budgets that are provisioned: the form of `POST /v1/budgets`. */
  budgets: z.array(z.unknown()).default([]),
  /** How long single calls are kept; rollups stay. Unset: for ever. */
  retention: z.strictObject({ events_days: z.int().min(1).optional() }).default({}),
  /** Whose usage the users of Grafana see, and which user ids are theirs. */
  grafana: viewersSchema,
  /** Self-hosted vLLM servers whose counters are read. */
  vllm: z
    .array(vllmSchema)
    .refine((list) => new Set(list.map(({ url }) => url)).size === list.length, 'each url may be there once')
    .default([]),
  /** When months are closed, and where their statements go. */
  chargeback: chargebackConfig,
  /** Where the providers' admin APIs are, and the keys to them unless the environment has them. */
  reconciliation: z
    .strictObject({
      openai: providerApi('https://api.openai.com'),
      anthropic: providerApi('https://api.anthropic.com'),
    })
    .prefault({}),
});

/** The YAML file behind LLMCOST_CONFIG. */
export type ConfigFile = z.infer<typeof fileSchema>;

const firstIssue = (error: z.ZodError): string => {
  const issue = error.issues[0]!;
  return `${issue.path.join('.') || 'the file'}: ${issue.message}`;
};

function readFile(name: string, file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError(`${name}: can't read ${file} (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** The variables that are set, secrets also through NAME_FILE (Docker and Kubernetes secrets). */
function present(env: NodeJS.ProcessEnv): Record<string, string> {
  const values: Record<string, string> = {};
  for (const { name, secret } of ENVIRONMENT as readonly Variable[]) {
    const file = secret ? env[`${name}_FILE`] : undefined;
    const value = file ? readFile(`${name}_FILE`, file).trim() : env[name];
    if (value) {
      values[name] = value;
    }
  }
  return values;
}

function loadFile(file: string | undefined): ConfigFile {
  if (!file) {
    return fileSchema.parse({});
  }
  let content: unknown;
  try {
    content = parseYaml(readFile('LLMCOST_CONFIG', file)) ?? {};
  } catch (error) {
    throw error instanceof ConfigError
      ? error
      : new ConfigError(`LLMCOST_CONFIG: ${(error as Error).message.split('\n')[0]}`);
  }
  const parsed = fileSchema.safeParse(content);
  if (!parsed.success) {
    throw new ConfigError(`LLMCOST_CONFIG: ${firstIssue(parsed.error)}`);
  }
  return parsed.data;
}

type Values = z.output<typeof environmentSchema>;

type GrafanaConfig = Pick<Config, 'grafanaUrl' | 'grafanaKeysUrl' | 'grafanaOrganisations'>;

/** Where Grafana is and its signing keys are, if it is configured. */
function grafanaOf(values: Values, file: ConfigFile): GrafanaConfig {
  const grafanaUrl = values.GRAFANA_URL?.replace(/\/+$/, '') ?? null;
  const needs = (['viewers', 'approvers'] as const).find((name) => file.grafana[name]);
  if (needs && grafanaUrl === null) {
    throw new ConfigError(
      `LLMCOST_CONFIG: grafana.${needs} needs GRAFANA_URL, to verify who asks: set it to Grafana's root_url`
    );
  }
  return {
    grafanaUrl,
    grafanaKeysUrl: grafanaUrl && (values.GRAFANA_JWKS_URL ?? `${grafanaUrl}/api/signing-keys/keys`),
    grafanaOrganisations: values.GRAFANA_ORG_IDS ?? null,
  };
}

/** How the providers' bills are read, if they are. */
function billsOf(values: Values, { reconciliation }: ConfigFile): Pick<Config, 'providerAccess' | 'billIntervalMs'> {
  const access = ({ base_url, admin_key }: ConfigFile['reconciliation']['openai'], key = admin_key) =>
    key === undefined ? undefined : { baseUrl: base_url.replace(/\/+$/, ''), key };
  const providerAccess = {
    openai: access(reconciliation.openai, values.OPENAI_ADMIN_KEY),
    anthropic: access(reconciliation.anthropic, values.ANTHROPIC_ADMIN_KEY),
  };
  const hours = values.LLMCOST_BILL_HOURS;
  if (hours !== undefined && !providerAccess.openai && !providerAccess.anthropic) {
    throw new ConfigError('LLMCOST_BILL_HOURS: needs OPENAI_ADMIN_KEY or ANTHROPIC_ADMIN_KEY');
  }
  return { providerAccess, billIntervalMs: hours === undefined ? null : hours * 3_600_000 };
}

/** @throws ConfigError when something that needs the secret of webhooks is there without it */
function checkSecret({ LLMCOST_WEBHOOK_SECRET: secret }: Values, { chargeback }: ConfigFile): void {
  const unsigned = chargeback.deliveries.find(({ webhook_url: url }) => url !== undefined);
  if (unsigned && secret === undefined) {
    throw new ConfigError(
      `LLMCOST_CONFIG: chargeback.deliveries: the webhook_url of "${unsigned.name}" needs LLMCOST_WEBHOOK_SECRET to be set`
    );
  }
}

/**
 * Reads the configuration from the environment.
 *
 * @throws ConfigError with one line that names the variable, what is wrong with it and what it takes.
 */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  const parsed = environmentSchema.safeParse(present(env));
  if (!parsed.success) {
    throw new ConfigError(firstIssue(parsed.error));
  }
  const values = parsed.data;
  const file = loadFile(values.LLMCOST_CONFIG);
  checkSecret(values, file);
  return {
    databaseUrl: values.DATABASE_URL ?? null,
    dataDir: path.resolve(values.LLMCOST_DATA_DIR),
    pg: values.LLMCOST_PG_ADDR,
    http: values.LLMCOST_HTTP_ADDR,
    grpc: values.LLMCOST_GRPC_ADDR,
    catalogue: values.LLMCOST_CATALOGUE ?? null,
    adminKey: values.LLMCOST_ADMIN_KEY ?? null,
    jwtSecret: values.LLMCOST_JWT_SECRET ?? null,
    jwksUrl: values.LLMCOST_JWKS_URL ?? null,
    readerPassword: values.LLMCOST_READER_PASSWORD ?? null,
    webhookSecret: values.LLMCOST_WEBHOOK_SECRET ?? null,
    spoolBytes: values.LLMCOST_SPOOL_MB * 1024 * 1024,
    logLevel: values.LOG_LEVEL,
    ...grafanaOf(values, file),
    ...billsOf(values, file),
    file,
  };
}

/** Whether an address can only be reached from this machine. */
export const isLoopback = (host: string): boolean => /^(127(\.\d{1,3}){3}|::1|localhost)$/i.test(host);
