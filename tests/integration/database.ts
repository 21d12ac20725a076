import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { freshDataDir, removeDataDir, startTestServer } from './embeddedServer';

export interface TestDatabase {
  /** Login with all rights. */
  readonly url: string;
  /** Login that may only read what the role `llmcost_reader` may. */
  readonly readerUrl: string;
  /** Ends it and removes what it held. */
  close(): Promise<void>;
}

/**
 * A fresh, empty TimescaleDB: the embedded engine in a temporary folder, or, with LLMCOST_TEST_DATABASE_URL (a superuser
 * of a native TimescaleDB), a new database on that server.
 */
export async function testDatabase(native = process.env.LLMCOST_TEST_DATABASE_URL): Promise<TestDatabase> {
  return native ? nativeDatabase(native) : embeddedDatabase();
}

async function embeddedDatabase(): Promise<TestDatabase> {
  const dataDir = freshDataDir();
  const embedded = await startTestServer(dataDir);
  return {
    url: embedded.ownerUrl,
    readerUrl: embedded.readerUrl,
    close: async () => {
      await embedded.close();
      removeDataDir(dataDir);
    },
  };
}

async function asSuperuser(url: string, ...statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) {
      await client.query(statement);
    }
  } finally {
    await client.end();
  }
}

/** Roles belong to the whole server: the reader's may be there already, or be made by another test at this moment. */
const READER_WITH_LOGIN = `DO $$ BEGIN
  BEGIN CREATE ROLE llmcost_reader; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END;
  ALTER ROLE llmcost_reader LOGIN PASSWORD 'reader';
END $$`;

async function nativeDatabase(server: string): Promise<TestDatabase> {
  const name = `llmcost_test_${randomBytes(6).toString('hex')}`;
  const url = new URL(server);
  url.pathname = `/${name}`;
  await asSuperuser(server, `CREATE DATABASE ${name}`);
  await asSuperuser(url.href, 'CREATE EXTENSION IF NOT EXISTS timescaledb', READER_WITH_LOGIN);
  const readerUrl = new URL(url);
  readerUrl.username = 'llmcost_reader';
  readerUrl.password = 'reader';
  return {
    url: url.href,
    readerUrl: readerUrl.href,
    close: () => asSuperuser(server, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}
