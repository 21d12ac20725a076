import { writeFileSync } from 'node:fs';
import { type Api, CommandError, problemOf } from './api';
import type { Terminal } from './import/command';

export interface StatementOptions {
  readonly tenant?: string;
  readonly currency: string;
  readonly format: string;
  readonly out?: string;
}

interface Sums {
  readonly total: string;
  readonly currency: string;
  readonly closed_at: string | null;
  readonly notes: readonly string[];
  readonly sums: ReadonlyArray<Record<'tenant' | 'team' | 'cost_center' | 'amount', string | null>>;
}

/** `llmcost statement`: what a month is charged to whom, as sums, or whole as a file. */
export async function printStatement(
  api: Api,
  terminal: Terminal,
  month: string,
  { tenant, currency, format, out }: StatementOptions
): Promise<void> {
  const asked = new URLSearchParams({ month, currency, ...(tenant !== undefined && { tenant }) });
  const path = '/v1/reports/chargeback';
  if (format === 'sums') {
    const made = await api.json<Sums>('GET', `${path}?${asked.toString()}`);
    terminal.out(`tenant\tcost center\tteam\t${made.currency}`);
    for (const { tenant: who, cost_center: center, team, amount } of made.sums) {
      terminal.out([who, center ?? '-', team ?? '-', amount].join('\t'));
    }
    terminal.out(`total (${made.closed_at === null ? 'open' : 'closed'})\t\t\t${made.total}`);
    made.notes.forEach((note) => terminal.err(`${note}\n`));
    return;
  }
  asked.set('format', format);
  const { status, text } = await api.send('GET', `${path}?${asked.toString()}`);
  if (status >= 300) {
    throw new CommandError(`GET ${path} answered ${status}: ${problemOf(text)}`);
  }
  if (out === undefined) {
    terminal.out(text.trimEnd());
  } else {
    writeFileSync(out, text);
    terminal.err(`${out}\n`);
  }
}

/** `llmcost close`: closes a month; what changes afterwards is adjusted in the next. */
export async function closeStatement(api: Api, terminal: Terminal, month: string, currency: string): Promise<void> {
  const made = await api.json<Sums>('POST', '/v1/chargeback/close', { month, currency });
  terminal.out(`${month} is closed: ${made.total} ${made.currency}`);
}
