import http from 'node:http';
import path from 'node:path';
import type { AddressInfo } from 'node:net';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { Gate } from './budgets/authorize/gate';
import { Settler } from './budgets/authorize/reservations';
import { startBudgetJobs } from './budgets/jobs';
import { provisionBudgets, readProvisioned } from './budgets/provisioning';
import { closeDueMonths } from './chargeback/closing';
import { deliverStatements } from './chargeback/delivery';
import { type Address, type Config, ConfigError, isLoopback } from './config/config';
import { startGrpc } from './grpc/server';
import { createListener } from './http/app';
import { Authenticator } from './http/auth';
import { GrafanaIdentity } from './identity/grafanaUser';
import { GrafanaViewers } from './identity/grafanaViewers';
import type { Services } from './http/services';
import { dimensionMapping } from './normalize/mapping';
import { createMetrics } from './observe';
import { storeFeedback } from './outcomes/feedback';
import { refreshOutcomes, Stretch } from './outcomes/job';
import { BookCache } from './pipeline/bookCache';
import { Ingest, type Report } from './pipeline/ingest';
import { overlaps } from './pricing/book';
import { loadCatalogue } from './pricing/catalogue';
import { parsePriceRow, type StoredPrice } from './pricing/priceRow';
import { refreshReleases } from './releases/releases';
import { repeat, WOKEN_MS } from './repeating';
import { startHourlyJob } from './repricing/hourlyJob';
import { startPullJob } from './reports/reconcile/pullJob';
import { startScrapers } from './receivers/vllm/scraper';
import { Spool } from './spool/spool';
import { anyKey, findKey } from './storage/keys';
import { isRetryable } from './storage/errors';
import { migrate } from './storage/migrate';
import { type Database, openDatabase } from './storage/openDatabase';
import { createPool } from './storage/pool';
import { loadPrices } from './storage/prices';
import { ensureReaderLogin } from './storage/readerLogin';
import { setRetention, startMaintenance } from './storage/maintenance';
import { VERSION } from './version';

/** A running collector. */
export interface Collector {
  /** Where it answers, e.g. `http://127.0.0.1:4318`. */
  readonly address: string;
  /** Told once when something it can't do without has ended. */
  onFailure(listener: (reason: string) => void): void;
  /** Takes nothing more, stores what waits, and ends. */
  close(): Promise<void>;
}

/** Longest that open requests may take to end when draining. */
const DRAIN_MS = 8_000;
const MAX_HEADER_BYTES = 16_384;
/** How often the journal of calls is shortened to what is still needed. */
const PRUNE_MS = 60_000;
/** Longer than load balancers keep idle connections (60 s), so that a connection never ends under a client's request. */
const KEEP_ALIVE_MS = 65_000;

/** How often it is looked for months to close and statements to deliver. */
const STATEMENTS_MS = 30_000;

/** Work that follows what was stored: at the start, after a reason, and so that where there is much, it is read less often. */
const AFTERWARDS = { firstAfterMs: WOKEN_MS, share: 0.05, isExpected: isRetryable };

const display = ({ host, port }: Address): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;

function listen(server: http.Server, { host, port }: Address): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why =
        error.code === 'EADDRINUSE' ? 'is in use: end what listens there or set LLMCOST_HTTP_ADDR' : error.message;
      reject(new ConfigError(`LLMCOST_HTTP_ADDR: ${display({ host, port })} ${why}`));
    });
    server.listen(port, host, () => resolve(server.address() as AddressInfo));
  });
}

/** On any address but loopback a key is needed (design/domain.md, "Who may call"). */
async function checkExposure(config: Config, pool: Pool, log: Logger): Promise<void> {
  const keyed = config.adminKey !== null || (await anyKey(pool));
  for (const [name, address] of [
    ['LLMCOST_HTTP_ADDR', config.http],
    ['LLMCOST_GRPC_ADDR', config.grpc],
  ] as const) {
    if (address && !isLoopback(address.host) && !keyed) {
      throw new ConfigError(
        `${name}: ${address.host} can be reached from other machines; set LLMCOST_ADMIN_KEY, or listen on 127.0.0.1`
      );
    }
  }
  if (!keyed) {
    log.warn('no API key is configured: open to every program on this machine; set LLMCOST_ADMIN_KEY to close it');
  }
}

async function withDatabase(config: Config, log: Logger, database: Database): Promise<Collector> {
  const pool = createPool({ url: database.url, name: 'llmcost-collector', max: database.embedded ? 6 : 10 });
  try {
    const applied = await migrate(pool, undefined, (warning) => log.warn(warning));
    if (applied.length) {
      log.info({ migrations: applied }, 'database brought up to date');
    }
    if (!database.embedded && config.readerPassword !== null) {
      const missing = await ensureReaderLogin(pool, { user: 'grafana_reader', password: config.readerPassword });
      missing.forEach((what) => log.warn(what));
    }
    await setRetention(pool, config.file.retention.events_days ?? null);
    await checkExposure(config, pool, log);
    await provision(config, pool, log);
    return await serve(config, log, database, pool);
  } catch (error) {
    await pool.end();
    throw error;
  }
}

/** The catalogue and the rows of the configuration file, which override it. */
function shippedPrices({ catalogue, file }: Config): StoredPrice[] {
  let rows: StoredPrice[];
  try {
    rows = loadCatalogue(catalogue ?? undefined);
  } catch (error) {
    throw new ConfigError(`LLMCOST_CATALOGUE: ${(error as Error).message}`);
  }
  const overrides: StoredPrice[] = [];
  file.prices.forEach((input, index) => {
    const parsed = parsePriceRow(input);
    if (!parsed.ok) {
      const [problem] = parsed.errors;
      throw new ConfigError(`LLMCOST_CONFIG: prices.${index}.${problem!.path}: ${problem!.message}`);
    }
    const existing = overlaps(overrides, parsed.row);
    if (existing) {
      throw new ConfigError(`LLMCOST_CONFIG: prices.${index} holds at the same time as ${existing.price_id}`);
    }
    overrides.push({ ...parsed.row, price_id: `file:${index}`, version: 0, origin: 'override' });
  });
  return [...overrides, ...rows];
}

/** Makes the budgets of the configuration file those of the database. */
async function provision(config: Config, pool: Pool, log: Logger): Promise<void> {
  let rules;
  try {
    rules = readProvisioned(config.file.budgets);
  } catch (error) {
    throw new ConfigError(`LLMCOST_CONFIG: ${(error as Error).message}`);
  }
  const unsigned = rules.find(({ webhook_url: url }) => url !== null);
  if (unsigned && config.webhookSecret === null) {
    throw new ConfigError(
      `LLMCOST_CONFIG: budget "${unsigned.name}": webhook_url needs LLMCOST_WEBHOOK_SECRET to be set`
    );
  }
  const changes = await provisionBudgets(pool, rules);
  if (changes > 0) {
    log.info({ budgets: rules.length, changes }, 'budgets of the configuration file');
  }
}

/** Knows the users of Grafana, where there is one. */
function grafanaViewers({ grafanaUrl, grafanaKeysUrl, grafanaOrganisations, file }: Config): GrafanaViewers | null {
  return grafanaUrl && grafanaKeysUrl
    ? new GrafanaViewers(new GrafanaIdentity(grafanaUrl, grafanaKeysUrl, grafanaOrganisations), file.grafana)
    : null;
}

async function serve(config: Config, log: Logger, database: Database, pool: Pool): Promise<Collector> {
  const metrics = createMetrics();
  const catalogue = shippedPrices(config);
  const book = new BookCache(catalogue, loadPrices);
  const spool = await Spool.open<readonly Report[]>({
    dir: path.join(config.dataDir, 'spool'),
    maxBytes: config.spoolBytes,
  });
  const ingestPool = createPool({ url: database.url, name: 'llmcost-ingest', max: 4, pipeline: true });
  const ingest = new Ingest({
    pool: ingestPool,
    log,
    spool,
    metrics,
    book: (client) => book.current(client),
  });
  await ingest.refused.look();
  const authenticator = new Authenticator(
    {
      adminKey: config.adminKey,
      jwtSecret: config.jwtSecret,
      jwksUrl: config.jwksUrl,
      loopback: isLoopback(config.http.host) && (config.grpc === null || isLoopback(config.grpc.host)),
    },
    { find: (hash) => findKey(pool, hash), any: () => anyKey(pool) },
    grafanaViewers(config)
  );
  const decisions = createPool({ url: database.url, name: 'llmcost-authorize', max: 2, pipeline: true });
  const newest = new Stretch();
  const outcomes = repeat(
    { ...AFTERWARDS, name: 'finding outcomes', everyMs: 10_000, run: () => refreshOutcomes(pool, newest) },
    log
  );
  const releases = repeat(
    { ...AFTERWARDS, name: 'comparing releases', everyMs: 60_000, run: () => refreshReleases(pool) },
    log
  );
  const { chargeback } = config.file;
  const statements = repeat(
    {
      name: 'closing months and delivering their statements',
      firstAfterMs: WOKEN_MS,
      everyMs: STATEMENTS_MS,
      // A month that can't be closed must not hold back those that are.
      run: () =>
        closeDueMonths(pool, chargeback, log).finally(() =>
          deliverStatements({ pool, log, deliveries: chargeback.deliveries, secret: config.webhookSecret })
        ),
    },
    log
  );
  const services: Services = {
    version: VERSION,
    startedAt: new Date(),
    log,
    metrics,
    pool,
    authenticator,
    ingest,
    gate: new Gate(decisions, { walWriter: !database.embedded }),
    settler: new Settler(pool),
    webhooks: config.webhookSecret !== null,
    outcomes,
    releases,
    statements: { names: chargeback.deliveries.map(({ name }) => name), wake: () => statements.wake() },
    takeFeedback: async (feedback, by) => {
      const statuses = await storeFeedback(pool, feedback, by);
      outcomes.wake();
      return statuses;
    },
    book,
    catalogue,
    providerAccess: config.providerAccess,
    mapping: dimensionMapping(config.file.attributes),
    addresses: { http: `http://${display(config.http)}`, grpc: config.grpc && display(config.grpc) },
    ready: false,
  };
  const server = http.createServer(
    { maxHeaderSize: MAX_HEADER_BYTES, requestTimeout: 60_000, keepAliveTimeout: KEEP_ALIVE_MS },
    createListener(services)
  );
  const { port } = await listen(server, config.http);
  const grpc = config.grpc && (await startGrpc(config.grpc, authenticator, services, log));
  const maintenance = startMaintenance({ pool, log });
  const budgetJobs = startBudgetJobs({ pool, log, webhookSecret: config.webhookSecret });
  const hourly = startHourlyJob({ pool, log, book: () => book.current(pool) });
  const bills =
    config.billIntervalMs === null
      ? null
      : startPullJob({ pool, log, access: config.providerAccess, intervalMs: config.billIntervalMs });
  const pruning = setInterval(() => {
    ingest.prune().catch((error: unknown) => log.debug({ err: error }, 'the journal could not be pruned'));
  }, PRUNE_MS);
  const scrapers = startScrapers(config.file.vllm, {
    pool,
    log,
    submit: (candidate) => ingest.submitUntold([{ kind: 'call', candidate, undated: false }]),
  });
  services.ready = true;
  const address = `http://${display({ host: config.http.host, port })}`;
  log.info({ address, embedded: database.embedded }, 'collector is ready');

  return {
    address,
    onFailure: (listener) =>
      database.onExit((code) => listener(`the embedded database ended (${code ?? 'by a signal'})`)),
    close: async () => {
      services.ready = false;
      await Promise.all([endServer(server), grpc?.close()]);
      clearInterval(pruning);
      await scrapers.stop();
      await Promise.all([ingest.close(), services.gate.close(), services.settler.close()]);
      await Promise.all([
        maintenance.stop(),
        hourly.stop(),
        bills?.stop(),
        budgetJobs.stop(),
        outcomes.stop(),
        releases.stop(),
        statements.stop(),
      ]);
      await Promise.all([pool.end(), ingestPool.end(), decisions.end()]);
      await database.close();
    },
  };
}

/** Lets open requests end, idle connections close at once. */
async function endServer(server: http.Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearTimeout(timer);
}

/**
 * Starts everything: database, migrations, pipeline, HTTP.
 *
 * @throws ConfigError with one line when the configuration can't work.
 */
export async function runCollector(config: Config, log: Logger): Promise<Collector> {
  const database = await openDatabase(config, log);
  try {
    return await withDatabase(config, log, database);
  } catch (error) {
    await database.close();
    throw error;
  }
}
