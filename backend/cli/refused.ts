import type { ReplayReply } from '../pipeline/refused';
import type { Api } from './api';
import type { Terminal } from './import/command';

interface Listed {
  readonly refused: ReadonlyArray<{
    readonly refused_id: string;
    readonly refused_at: string;
    readonly tries: number;
    readonly reason: string;
    readonly tenant: string | null;
    readonly provider: string | null;
    readonly model: string | null;
    readonly time: string | null;
  }>;
  readonly total: number;
}

/** `llmcost refused list`. */
export async function listRefused(api: Api, terminal: Terminal, limit: string): Promise<void> {
  const { refused, total } = await api.json<Listed>('GET', `/v1/refused?limit=${encodeURIComponent(limit)}`);
  for (const { refused_id, refused_at, tries, tenant, provider, model, time, reason } of refused) {
    const call = [tenant, provider, model, time].map((text) => text ?? '-').join('\t');
    terminal.out([refused_id, refused_at, `${tries} ${tries === 1 ? 'try' : 'tries'}`, call, reason].join('\t'));
  }
  terminal.err(total > refused.length ? `${refused.length} of ${total}\n` : `${total} in all\n`);
}

const chosen = (ids: readonly string[]) => (ids.length > 0 ? { ids } : {});

/** `llmcost refused replay`. @returns false when some still can't be stored. */
export async function replayRefused(api: Api, terminal: Terminal, ids: readonly string[]): Promise<boolean> {
  const { stored, duplicate, refused } = await api.json<ReplayReply>('POST', '/v1/refused/replay', chosen(ids));
  terminal.out(`${stored} stored, ${duplicate} were there already, ${refused} refused again`);
  return refused === 0;
}

/** `llmcost refused discard`. */
export async function discardRefused(api: Api, terminal: Terminal, ids: readonly string[]): Promise<void> {
  const { discarded } = await api.json<{ readonly discarded: number }>('POST', '/v1/refused/discard', chosen(ids));
  terminal.out(`${discarded} discarded`);
}
