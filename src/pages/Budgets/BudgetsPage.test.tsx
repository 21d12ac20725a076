import { fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import userEvent, { PointerEventsCheckLevel } from '@testing-library/user-event';
import React from 'react';
import { MemoryRouter } from 'react-router-dom';
import { givenBackend, type TestAnswer } from '../../testing/backend';
import { budgetOf } from '../../testing/budgets';
import { givenStillLayout } from '../../testing/layout';
import { BudgetsPage } from './BudgetsPage';
import type { Budget, Preview } from './budgets';
import { proposedLimit } from './PreviewBox';

let mayWrite = false;
const told: string[] = [];
jest.mock('@grafana/runtime', () => ({
  ...jest.requireActual<object>('@grafana/runtime'),
  hasPermission: () => mayWrite,
  getAppEvents: () => ({ publish: ({ payload }: { payload: string[] }) => told.push(...payload) }),
  // Needs the whole of Grafana around it.
  PluginPage: ({ children, actions }: { children: React.ReactNode; actions: React.ReactNode }) => (
    <main>
      {actions}
      {children}
    </main>
  ),
}));

const API = '/api/plugin-proxy/llmcost-app/api/budgets';
const window = (spent: string, ratio: number, start: string) => ({
  window_start: start,
  window_end: '2026-11-30T23:00:00Z',
  spent,
  ratio,
  state: 'ok' as const,
  calls: 7,
  unpriced_calls: 0,
});
const preview: Preview = {
  limit: '300',
  look_back_days: 30,
  current: window('250.5', 0.835, '2026-10-31T23:00:00Z'),
  previous: [window('310', 1.0333, '2026-09-30T22:00:00Z')],
  runs: null,
  fired: [
    { threshold: 0.8, times: 2, last_at: '2026-11-20T10:00:00Z' },
    { threshold: 1, times: 0, last_at: null },
  ],
  forecast: {
    too_early: false,
    projected_end: 320,
    low: 300,
    high: 350,
    back_test_error: 0.05,
    days: 40,
    crossings: [{ threshold: 1, amount: 300, at: '2026-11-28T10:00:00Z' }],
  },
};
const answers = (budgets: Budget[], more: Record<string, TestAnswer> = {}) =>
  givenBackend({ [API]: { data: { budgets } }, [`${API}/preview`]: { data: preview }, ...more });

const show = (at = '/budgets') => {
  render(
    <MemoryRouter initialEntries={[at]}>
      <BudgetsPage settings={{}} />
    </MemoryRouter>
  );
  return userEvent.setup({ delay: null, pointerEventsCheck: PointerEventsCheckLevel.Never });
};
const choose = async (user: ReturnType<typeof show>, name: string, item: string) => {
  await user.click(await screen.findByRole('button', { name: `Actions of ${name}` }));
  await user.click(await screen.findByText(item));
};

beforeEach(() => {
  givenStillLayout();
  mayWrite = true;
  told.length = 0;
});
afterEach(() => jest.restoreAllMocks());

it('shows how each budget stands, when it resets in its own zone, and when thresholds are crossed', async () => {
  answers([
    budgetOf(),
    budgetOf({
      id: 'b',
      name: 'agent',
      scope: { agent: ['researcher'] },
      state: 'blocked',
      ratio: 1.2,
      crossings: [{ threshold: 0.8, crossed_at: '2026-11-10T09:30:00Z', crosses_at: null }],
    }),
    budgetOf({
      id: 'c',
      name: 'new',
      projected_end: null,
      crossings: [{ threshold: 1, crossed_at: null, crosses_at: null }],
    }),
  ]);
  show();
  const [, first, second, third] = await screen.findAllByRole('row');
  for (const text of [
    'Tenant acme',
    'OK',
    '$250.50',
    '50.1%',
    '$500.00 / month',
    '$249.50',
    '2026-12-01 00:00 Europe/Berlin',
  ]) {
    expect(first).toHaveTextContent(text);
  }
  expect(first).toHaveTextContent('$520.25 ($480.00 – $560.00)');
  expect(first).toHaveTextContent('80% on Nov 24');
  expect(second).toHaveTextContent('Tenant acme, Agent researcher');
  expect(second).toHaveTextContent('Blocking');
  expect(second).toHaveTextContent('80% crossed Nov 10, 10:30');
  expect(third).toHaveTextContent('Too early to say');
});

it('makes a budget from an amount, after showing what it would say', async () => {
  const asked = answers([]);
  const user = show();
  await user.click((await screen.findAllByRole('button', { name: 'New budget' }))[0]);
  // By text and label: asking a form of this size by roles takes seconds each time.
  const form = screen;
  await form.findByLabelText(/^Limit/);
  expect(await form.findByText('$310.00')).toBeInTheDocument();
  // Without a limit there is nothing to be above of.
  expect(form.queryByText(/it would have fired/)).not.toBeInTheDocument();
  await user.click(form.getByText('Save'));
  expect(await form.findByText('Not saved yet')).toBeInTheDocument();
  fireEvent.change(form.getByLabelText(/^Limit/), { target: { value: '300' } });
  await waitFor(() => {
    expect(form.getByText('80%: 2 times, last on Nov 20, 10:00')).toBeInTheDocument();
    expect(form.getByText('100%: never')).toBeInTheDocument();
    expect(form.getByText(/Expected by the reset: \$320.00.*reaches 100% on Nov 28.*off by 5\.0%/)).toBeInTheDocument();
  });
  await user.click(form.getByText('Save'));
  await waitFor(() => expect(told).toEqual(['Everything per month is saved.']));
  expect(asked.find(({ url, method }) => url === API && method === 'POST')?.data).toMatchObject({
    name: 'Everything per month',
    amount: '300',
    tenant: null,
    period: 'month',
    thresholds: [0.8, 1],
  });
  await waitFor(() => expect(screen.queryByLabelText(/^Limit/)).not.toBeInTheDocument());
});

it('who sees some tenants only is asked for one of them, not refused', async () => {
  const asked = answers([], { [API]: { data: { budgets: [], tenants: ['acme', 'globex'] } } });
  const user = show();
  await user.click((await screen.findAllByRole('button', { name: 'New budget' }))[0]);
  fireEvent.change(await screen.findByLabelText(/^Limit/), { target: { value: '300' } });
  expect(screen.getByPlaceholderText('Choose a tenant')).toBeInTheDocument();
  await user.click(screen.getByText('Save'));
  expect((await screen.findAllByText('Choose a tenant: acme, globex')).length).toBeGreaterThan(0);
  expect(asked.map(({ url, method = 'GET' }) => `${method} ${url}`)).toEqual([`GET ${API}`]);
});

it('takes the proposed limit, a fifth above the largest', async () => {
  answers([]);
  const user = show();
  await user.click((await screen.findAllByRole('button', { name: 'New budget' }))[0]);
  await user.click(await screen.findByText('Take $380.00 as the limit'));
  expect(screen.getByLabelText(/^Limit/)).toHaveValue('380');
});

it('changes a budget at the version that was read, and says when somebody was faster', async () => {
  const budget = budgetOf();
  const detail = 'the budget is at version 4 by now, changed by bob: read it again, then edit it';
  const asked = answers([budget], { [`${API}/${budget.id}`]: { status: 409, detail } });
  const user = show();
  await choose(user, budget.name, 'Edit');
  const form = screen;
  await form.findByLabelText(/^Limit/);
  fireEvent.change(form.getByLabelText(/^Limit/), { target: { value: '600' } });
  await user.click(form.getByText('Save'));
  expect(await form.findByText(detail)).toBeInTheDocument();
  const put = asked.find(({ method }) => method === 'PUT');
  expect(put?.data).toMatchObject({ version: 3, amount: '600', actions: { '1': ['notify', 'block'] } });
  expect(put?.data).not.toHaveProperty('spent');
});

it('switches off and removes, the latter only after asking', async () => {
  const budget = budgetOf();
  const asked = answers([budget], { [`${API}/${budget.id}`]: { data: budget } });
  const user = show();
  await choose(user, budget.name, 'Switch off');
  await waitFor(() => expect(told[0]).toMatch(/^acme per month is switched off/));
  expect(asked.find(({ method }) => method === 'PUT')?.data).toMatchObject({ enabled: false, version: 3 });
  await choose(user, budget.name, 'Remove');
  const dialog = within(await screen.findByRole('dialog'));
  expect(dialog.getByText(/Its history stays on record/)).toBeInTheDocument();
  expect(asked.some(({ method }) => method === 'DELETE')).toBe(false);
  await user.click(dialog.getByRole('button', { name: 'Remove' }));
  await waitFor(() => expect(told[1]).toBe('acme per month is removed.'));
});

it('shows what is provisioned, and why it can not be changed here', async () => {
  const budget = budgetOf({ origin: 'file' });
  answers([budget]);
  const user = show(`/budgets?budget=${budget.id}`);
  const form = screen;
  await form.findByLabelText(/^Limit/);
  expect(form.getByText(/collector’s configuration file/)).toBeInTheDocument();
  expect(form.getByLabelText(/^Limit/)).toBeDisabled();
  expect(form.queryByText('Save')).not.toBeInTheDocument();
  await user.click(form.getByText('Close'));
  await choose(user, budget.name, 'History');
  expect(screen.queryByText('Remove')).not.toBeInTheDocument();
});

it('says who changed what', async () => {
  const budget = budgetOf();
  const entry = { at: '2026-11-02T08:00:00Z', by: 'alice', version: 2 };
  const entries = [
    { ...entry, audit_id: 3, action: 'deny', details: { amount: '4', reason: 'no more this month' } },
    {
      ...entry,
      audit_id: 2,
      action: 'update',
      details: { before: { amount: '10', version: 1 }, after: { amount: '20', version: 2 } },
    },
    { ...entry, audit_id: 1, action: 'create', details: { after: { amount: '10' } } },
  ];
  answers([budget], { [`${API}/${budget.id}/audit`]: { data: { entries } } });
  const user = show();
  await choose(user, budget.name, 'History');
  expect(await screen.findByText('limit: 10 → 20')).toBeInTheDocument();
  expect(screen.getByText('Denied $4.00: no more this month')).toBeInTheDocument();
  expect(screen.getByText('Made, with a limit of $10.00')).toBeInTheDocument();
});

it('says to a Viewer without a budget whom to ask, and why there is nothing when the collector is away', async () => {
  mayWrite = false;
  answers([]);
  show();
  expect(await screen.findByText('No budget yet')).toBeInTheDocument();
  expect(screen.getByText(/Ask an editor or administrator/)).toBeInTheDocument();
  expect(screen.queryByRole('button', { name: 'New budget' })).not.toBeInTheDocument();
});

it('says why there is nothing when the collector is away', async () => {
  givenBackend({ [API]: { status: 502 } });
  show();
  expect(await screen.findByText(/can’t be reached from Grafana’s server/)).toBeInTheDocument();
});

it.each([
  ['100', '120'],
  ['0.0123', '0.015'],
  ['86.1', '110'],
])('proposes a round limit above %s', (spent, proposed) => {
  expect(proposedLimit({ ...preview, current: { ...preview.current!, spent }, previous: [] })).toBe(proposed);
});

const manyBudgets = () => {
  const state = (i: number) => (i === 7 ? 'exceeded' : 'ok');
  return Array.from({ length: 12 }, (_, i) =>
    budgetOf({ id: `b${i}`, name: `Budget ${i}`, tenant: `tenant-${i}`, state: state(i) })
  );
};

it('a long list can be searched by name, tenant and state', async () => {
  answers(manyBudgets());
  show();
  const rows = () => screen.getAllByRole('row').slice(1);
  expect(await screen.findByRole('table', { name: '12 budgets' })).toBeInTheDocument();
  fireEvent.change(screen.getByLabelText('Find'), { target: { value: ' TENANT-1 budget' } });
  expect(rows().map((row) => within(row).getAllByRole('cell')[0]?.textContent)).toEqual([
    expect.stringContaining('Budget 1'),
    expect.stringContaining('Budget 10'),
    expect.stringContaining('Budget 11'),
  ]);
  expect(screen.getByRole('table', { name: '3 of 12 budgets' })).toBeInTheDocument();
  fireEvent.click(screen.getByRole('radio', { name: 'Not OK' }));
  expect(screen.getByRole('status')).toHaveTextContent('None of them is like that.');
  fireEvent.change(screen.getByLabelText('Find'), { target: { value: '' } });
  expect(rows()).toHaveLength(1);
});

it('a short list needs no search', async () => {
  answers(manyBudgets().slice(0, 3));
  show();
  expect(await screen.findByRole('table', { name: '3 budgets' })).toBeInTheDocument();
  expect(screen.queryByLabelText('Find')).not.toBeInTheDocument();
});
