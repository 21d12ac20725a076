import type { Api } from './api';
import type { Terminal } from './import/command';

interface Rebuilt {
  readonly budgets: number;
  readonly corrections: ReadonlyArray<{
    readonly name: string;
    readonly window_start: string | null;
    readonly run_id: string | null;
    readonly spent_before: string;
    readonly spent_after: string;
  }>;
}

/** `llmcost budgets rebuild`: sums what was spent anew from the calls and prints what was different. */
export async function rebuildBudgets(api: Api, terminal: Terminal, id: string | undefined): Promise<void> {
  const { budgets, corrections } = await api.json<Rebuilt>('POST', '/v1/budgets/rebuild', { id: id ?? null });
  for (const { name, window_start: start, run_id: run, spent_before: before, spent_after: after } of corrections) {
    terminal.out([name, run ?? start ?? '', before, after].join('\t'));
  }
  terminal.err(`${budgets} budgets summed anew, ${corrections.length} windows were different\n`);
}

interface Listed {
  readonly budgets: ReadonlyArray<Record<'id' | 'name' | 'period' | 'limit' | 'spent' | 'state', string>>;
}

/** `llmcost budgets list`. */
export async function listBudgets(api: Api, terminal: Terminal): Promise<void> {
  const { budgets } = await api.json<Listed>('GET', '/v1/budgets');
  for (const { id, name, period, limit, spent, state } of budgets) {
    terminal.out([id, state, `${spent} of ${limit} USD a ${period}`, name].join('\t'));
  }
}
