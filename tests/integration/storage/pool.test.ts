import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startEmbedded } from '../../../backend/embedded';
import { createPool } from '../../../backend/storage/pool';

it('outlives the end of the database under a connection in use that is not asking anything', async () => {
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'llmcost-pool-'));
  const database = await startEmbedded({
    dataDir,
    host: '127.0.0.1',
    port: 0,
    ownerPassword: 'o',
    readerPassword: 'r',
  });
  const pool = createPool({ url: database.ownerUrl });
  try {
    const client = await pool.connect();
    await client.query('SELECT 1');
    // Without this listener of the pool's own, the error of the connection would end the process.
    expect(client.listenerCount('error')).toBe(1);
    const ended = new Promise<void>((resolve) => client.once('end', resolve));
    await database.close();
    await ended;
    await expect(client.query('SELECT 1')).rejects.toThrow();
    client.release(true);
  } finally {
    await pool.end();
    await database.close();
    fs.rmSync(dataDir, { recursive: true, force: true });
  }
});
