import { createHash, randomBytes } from 'node:crypto';
import type { Pool } from 'pg';

/** An API key as it is listed; the key itself is not kept. */
export interface ApiKey {
  readonly key_id: string;
  readonly name: string;
  readonly scopes: string[];
  /** The tenant it is bound to; null for every tenant. */
  readonly tenant: string | null;
  readonly created_at: Date;
}

const COLUMNS = 'key_id, name, scopes, tenant, created_at';

/** SHA-256 of a key, hex. Keys are 192 random bits, so a slow hash would add nothing. */
export const hashKey = (key: string): string => createHash('sha256').update(key).digest('hex');

/** Makes a key. The reply is the only place where the key itself is ever seen. */
export async function createKey(
  pool: Pool,
  wanted: Pick<ApiKey, 'name' | 'tenant'> & { readonly scopes: readonly string[] }
): Promise<ApiKey & { key: string }> {
  const key = `llmc_${randomBytes(24).toString('base64url')}`;
  const { rows } = await pool.query<ApiKey>(
    `INSERT INTO public.api_keys (hash, name, scopes, tenant) VALUES (decode($1, 'hex'), $2, $3, $4) RETURNING ${COLUMNS}`,
    [hashKey(key), wanted.name, wanted.scopes, wanted.tenant]
  );
  return { ...rows[0]!, key };
}

/** The key with this hash (hex), unless it was revoked. */
export async function findKey(pool: Pool, hash: string): Promise<ApiKey | null> {
  const { rows } = await pool.query<ApiKey>(
    `SELECT ${COLUMNS} FROM public.api_keys WHERE hash = decode($1, 'hex') AND revoked_at IS NULL`,
    [hash]
  );
  return rows[0] ?? null;
}

/** Whether any key works. */
export async function anyKey(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ found: boolean }>(
    'SELECT EXISTS (SELECT 1 FROM public.api_keys WHERE revoked_at IS NULL) AS found'
  );
  return rows[0]!.found;
}

/** The keys that work, the newest first. */
export async function listKeys(pool: Pool): Promise<ApiKey[]> {
  const { rows } = await pool.query<ApiKey>(
    `SELECT ${COLUMNS} FROM public.api_keys WHERE revoked_at IS NULL ORDER BY created_at DESC, key_id`
  );
  return rows;
}

/** @returns false when there is no such key. */
export async function revokeKey(pool: Pool, keyId: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    'UPDATE public.api_keys SET revoked_at = now() WHERE key_id = $1::uuid AND revoked_at IS NULL',
    [keyId]
  );
  return rowCount === 1;
}
