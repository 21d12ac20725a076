import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startEmbedded, type Embedded, type EmbeddedOptions } from '../../backend/embedded';

const PASSWORDS = { ownerPassword: 'owner', readerPassword: 'reader' };

/** An empty temporary data directory; removed by `removeDataDir`. */
export const freshDataDir = (): string => fs.mkdtempSync(path.join(os.tmpdir(), 'llmcost-test-'));

/** Starts the embedded server in a data directory, on a free port, with passwords for tests. */
export const startTestServer = (dataDir: string, options: Partial<EmbeddedOptions> = {}): Promise<Embedded> =>
  startEmbedded({ dataDir, host: '127.0.0.1', port: 0, ...PASSWORDS, ...options });

export const removeDataDir = (dataDir: string): void => fs.rmSync(dataDir, { recursive: true, force: true });
