import type { Reconciliation } from '../reports/reconcile/report';
import type { Api } from './api';
import type { Terminal } from './import/command';

export interface ReconcileOptions {
  /** Days of UTC, `[from, to)`. */
  readonly from: string;
  readonly to: string;
  readonly provider?: string;
  /** Compare what is known, without asking the providers. */
  readonly pull: boolean;
}

const PATH = '/v1/reports/reconciliation';

/** `llmcost reconcile`: reads the providers' reports anew and prints our total against theirs, per day. */
export async function reconcile(
  api: Api,
  terminal: Terminal,
  { from, to, provider, pull }: ReconcileOptions
): Promise<void> {
  const asked = { from, to, ...(provider !== undefined && { provider }) };
  const report = pull
    ? await api.json<Reconciliation>('POST', PATH, asked)
    : await api.json<Reconciliation>('GET', `${PATH}?${new URLSearchParams(asked).toString()}`);
  for (const { provider: name, days, total } of report.providers) {
    terminal.out(`${name}\tours USD\ttheirs USD\tdifference\t%`);
    for (const day of days) {
      terminal.out(row(day.day, day));
      day.explanations.forEach(({ text }) => terminal.out(`\t${text}`));
    }
    terminal.out(row('total of the days that were read', total));
  }
  report.notes.forEach((note) => terminal.err(`${note}\n`));
}

interface Amounts {
  readonly ours: string;
  readonly theirs: string | null;
  readonly difference: string | null;
  readonly difference_percent: string | null;
}

const row = (name: string, { ours, theirs, difference, difference_percent }: Amounts): string =>
  [name, ours, theirs ?? '?', difference ?? '?', difference_percent ?? '?'].join('\t');
