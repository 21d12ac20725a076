import type { Api } from './api';
import type { Terminal } from './import/command';

interface Key {
  readonly key_id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly tenant: string | null;
  readonly created_at: string;
}

/** `llmcost keys create`: prints the key alone on the standard output, so that a script can take it. */
export async function createKey(
  api: Api,
  terminal: Terminal,
  name: string,
  { scope, tenant }: { readonly scope: readonly string[]; readonly tenant?: string }
): Promise<void> {
  const made = await api.json<Key & { readonly key: string }>('POST', '/v1/keys', {
    name,
    scopes: scope,
    tenant: tenant ?? null,
  });
  terminal.err(`${made.key_id}: this is the only time that the key is shown\n`);
  terminal.out(made.key);
}

/** `llmcost keys list`. */
export async function listKeys(api: Api, terminal: Terminal): Promise<void> {
  const { keys } = await api.json<{ readonly keys: readonly Key[] }>('GET', '/v1/keys');
  for (const { key_id, name, scopes, tenant, created_at } of keys) {
    terminal.out([key_id, created_at, scopes.join(','), tenant ?? 'every tenant', name].join('\t'));
  }
}

/** `llmcost keys revoke`. */
export async function revokeKey(api: Api, terminal: Terminal, id: string): Promise<void> {
  await api.json('DELETE', `/v1/keys/${encodeURIComponent(id)}`);
  terminal.err(`${id} is revoked\n`);
}
