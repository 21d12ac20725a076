import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent, { PointerEventsCheckLevel } from '@testing-library/user-event';
import React from 'react';
import { MemoryRouter } from 'react-router-dom';
import { givenBackend, type TestAnswer } from '../../testing/backend';
import { givenLayout } from '../../testing/layout';
import type { Approval } from './approvals';
import { ApprovalsPage } from './ApprovalsPage';
import { lengthText, outcomeText, whatText } from './words';

let mayDecide = false;
const told: string[] = [];
jest.mock('@grafana/runtime', () => ({
  ...jest.requireActual<object>('@grafana/runtime'),
  hasPermission: () => mayDecide,
  getAppEvents: () => ({ publish: ({ payload }: { payload: string[] }) => told.push(...payload) }),
  // Needs the whole of Grafana around it.
  PluginPage: ({ children }: { children: React.ReactNode }) => <main>{children}</main>,
}));

const API = '/api/plugin-proxy/llmcost-app/api';
const minutes = (number: number) => new Date(Date.now() + number * 60_000).toISOString();
const approval = (more: Partial<Approval> = {}): Approval => ({
  id: 'a1',
  state: 'waiting',
  tenant: 'acme',
  budget_id: 'b1',
  budget: 'acme per month',
  request: {
    request_id: 'r1',
    user_id: 'u-7',
    agent: 'researcher',
    model: 'gpt-4.1',
    estimated_tokens: { input_tokens: 120_000, output_tokens: 800 },
    why: 'a large report',
  },
  amount: '11.5',
  limit: '100',
  spent: '95',
  committed: '2',
  window_end: '2026-12-01T00:00:00Z',
  grant: null,
  grant_amount: null,
  reason: null,
  created_at: minutes(-75),
  expires_at: minutes(24 * 60 - 75),
  decided_at: null,
  decided_by: null,
  ...more,
});
const given = (approvals: Approval[], more: Record<string, TestAnswer> = {}) =>
  givenBackend({
    [`${API}/approvals?state=waiting`]: { data: { approvals } },
    [`${API}/budgets`]: { data: { budgets: [{ id: 'b1', state: 'needs_approval' }] } },
    ...more,
  });

const show = (at = '/approvals') => {
  render(
    <MemoryRouter initialEntries={[at]}>
      <ApprovalsPage />
    </MemoryRouter>
  );
  return userEvent.setup({ delay: null, pointerEventsCheck: PointerEventsCheckLevel.Never });
};

beforeEach(() => {
  givenLayout();
  mayDecide = true;
  told.length = 0;
});
afterEach(() => jest.restoreAllMocks());

it('shows who wants what, how much and why, how the budget stands, and since when', async () => {
  given([approval()]);
  show();
  const card = await screen.findByRole('region', { name: /^\$11.50 for Tenant acme/ });
  for (const text of [
    'Tenant acme, User u-7, Agent researcher',
    'Model gpt-4.1; 120,000 input tokens, 800 output tokens',
    'a large report',
    'Needs approval',
    '$95.00 of $100.00 spent, $2.00 reserved; with this $108.50.',
    'for 1 h 15 min',
    'in 22 h 4',
  ]) {
    expect(card).toHaveTextContent(text);
  }
});

it('approves so much more, and only with an amount', async () => {
  const asked = given([approval()], { [`${API}/approvals/a1/approve`]: { data: approval({ state: 'approved' }) } });
  const user = show();
  await user.click(await screen.findByRole('button', { name: 'Approve …' }));
  const dialog = within(await screen.findByRole('dialog'));
  expect(dialog.getByText(/the next one waits again/)).toBeInTheDocument();
  await user.click(dialog.getByLabelText('So much more'));
  expect(dialog.getByRole('button', { name: 'Approve' })).toBeDisabled();
  await user.type(dialog.getByLabelText('How much more'), '20');
  await user.click(dialog.getByRole('button', { name: 'Approve' }));
  await waitFor(() => expect(told).toEqual(['$11.50 is approved.']));
  expect(asked.find(({ url }) => url.endsWith('/approve'))?.data).toEqual({ grant: 'amount', amount: '20' });
  await waitFor(() => expect(screen.queryByRole('region')).not.toBeInTheDocument());
});

it('denies with a reason, and says when somebody was faster', async () => {
  const detail = 'this was approved by bob already';
  const asked = given([approval()], { [`${API}/approvals/a1/deny`]: { status: 409, detail } });
  const user = show();
  await user.click(await screen.findByRole('button', { name: 'Deny …' }));
  const dialog = within(await screen.findByRole('dialog'));
  expect(dialog.getByRole('button', { name: 'Deny' })).toBeDisabled();
  await user.type(dialog.getByLabelText(/^Why/), ' take the small model ');
  await user.click(dialog.getByRole('button', { name: 'Deny' }));
  expect(await screen.findByText(detail)).toBeInTheDocument();
  expect(asked.find(({ url }) => url.endsWith('/deny'))?.data).toEqual({ reason: 'take the small model' });
});

it('lets a Viewer look, and says who decides', async () => {
  mayDecide = false;
  given([approval()]);
  show();
  expect(await screen.findByRole('region')).toBeInTheDocument();
  expect(screen.getByText('You can look, not decide')).toBeInTheDocument();
  expect(screen.queryByRole('button', { name: /Approve|Deny/ })).not.toBeInTheDocument();
});

it('says what gets here when nothing waits, and why it can not be shown', async () => {
  given([]);
  show();
  expect(await screen.findByText('Nothing waits')).toBeInTheDocument();
  expect(screen.getByText(/Ask for approval/)).toBeInTheDocument();
});

it('says why it can not be shown', async () => {
  givenBackend({ [`${API}/approvals?state=waiting`]: { status: 502 } });
  show();
  expect(await screen.findByText(/can’t be reached from Grafana’s server/)).toBeInTheDocument();
});

it('keeps what was decided, by whom and why', async () => {
  const decided = approval({ state: 'denied', reason: 'too much', decided_by: 'anna', decided_at: minutes(-1) });
  givenBackend({ [`${API}/approvals`]: { data: { approvals: [decided, approval({ id: 'a2' })] } } });
  show('/approvals?tab=history');
  expect(await screen.findByText('Denied: too much')).toBeInTheDocument();
  expect(screen.getByText('anna')).toBeInTheDocument();
  expect(screen.getAllByRole('row')).toHaveLength(2);
});

it('has words for every outcome', () => {
  const granted = (grant: Approval['grant'], grant_amount: string | null = null) =>
    outcomeText(approval({ state: 'approved', grant, grant_amount }));
  expect([granted('once'), granted('amount', '20'), granted('until_reset')]).toEqual([
    'Approved once',
    'Approved, $20.00 more',
    'Approved until the reset',
  ]);
  expect(outcomeText(approval({ state: 'expired' }))).toBe('Expired: nobody decided');
  expect(whatText(approval({ request: {} }))).toBe('A call that names no model');
  expect([59_000, 60_000, 3_600_000].map(lengthText)).toEqual(['less than a minute', '1 min', '1 h 0 min']);
});
