/** Run as a process of its own: starts the embedded database, writes one row, and waits to be killed. */
import { Client } from 'pg';
import { startTestServer } from './embeddedServer';

async function main(): Promise<void> {
  const embedded = await startTestServer(process.argv[2] ?? '');
  const client = new Client({ connectionString: embedded.ownerUrl });
  await client.connect();
  await client.query('CREATE TABLE of_the_parent AS SELECT 1 AS v');
  process.send?.(embedded.pid);
}

void main();
