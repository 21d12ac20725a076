import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent, { PointerEventsCheckLevel } from '@testing-library/user-event';
import React from 'react';
import { MemoryRouter, useLocation } from 'react-router-dom';
import { givenBackend, type TestAnswer } from '../../testing/backend';
import { givenStillLayout } from '../../testing/layout';
import { whatIfOf } from '../../testing/whatIf';
import { readScenario, type Saved } from './scenario';
import { WhatIfPage } from './WhatIfPage';

let mayWrite = false;
const told: string[] = [];
jest.mock('@grafana/runtime', () => ({
  ...jest.requireActual<object>('@grafana/runtime'),
  hasPermission: () => mayWrite,
  getAppEvents: () => ({ publish: ({ payload }: { payload: string[] }) => told.push(...payload) }),
  // Needs the whole of Grafana around it.
  PluginPage: ({ children }: { children: React.ReactNode }) => <main>{children}</main>,
}));

const API = '/api/plugin-proxy/llmcost-app/api/what-if';
const saved = (id: string, name: string): Saved => ({
  scenario_id: id,
  name,
  tenant: 'acme',
  scenario: { tenant: 'acme', changes: [{ where: {}, calls: '2' }], planned: [] },
  created_at: '2026-11-02T10:00:00Z',
  created_by: 'ann',
});

const Address = () => <output>{useLocation().search}</output>;

function show(search = '', answers: Record<string, TestAnswer> = {}) {
  const asked = givenBackend({ [API]: { data: whatIfOf() }, ...answers });
  render(
    <MemoryRouter initialEntries={[`/what-if${search}`]}>
      <WhatIfPage />
      <Address />
    </MemoryRouter>
  );
  return { asked, user: userEvent.setup({ delay: null, pointerEventsCheck: PointerEventsCheckLevel.Never }) };
}

beforeEach(() => {
  givenStillLayout();
  mayWrite = false;
  told.length = 0;
});
afterEach(() => jest.restoreAllMocks());

it('shows what the scenario costs, its range, the budget that it breaks, and every step', async () => {
  show('?scenario={"changes":[{"where":{"feature":["chat"]},"calls":"2","input_tokens":"1.5"}]}');
  const stretches = await screen.findByRole('table', { name: 'Today and in the scenario' });
  expect(within(stretches).getByRole('row', { name: /A month \$20\.29 \$44\.64 \+\$24\.35/ })).toHaveTextContent(
    '$40.18 to $49.10'
  );
  const budgets = screen.getByRole('table', { name: 'Beside the budgets' });
  expect(within(budgets).getByRole('row', { name: /All of acme/ })).toHaveTextContent('No, it is over');
  const lines = screen.getByRole('table', { name: /how it is reckoned/ });
  expect(within(lines).getAllByRole('row')).toHaveLength(2);
  expect(within(lines).getByText('today $14.00')).toBeInTheDocument();
  expect(within(lines).getByText('calls × 2 = $28.00')).toBeInTheDocument();
  expect(within(lines).getByText('input tokens × 1.5 = $38.00')).toBeInTheDocument();
  expect(within(lines).getByText('3,000,000 input tokens × $10 per 1M = $30.00')).toBeInTheDocument();
  expect(screen.getByText(/^1 more lines stay/)).toBeInTheDocument();
  expect(screen.getByLabelText(/^Calls/)).toHaveValue('+100');
});

it('takes what is typed into the address and asks for it', async () => {
  const { asked, user } = show();
  await screen.findByText('An average month');
  await user.click(screen.getByText('Change something'));
  await user.type(screen.getByLabelText(/^Calls/), '+50');
  await user.type(screen.getByLabelText(/^Cache hits/), '130');
  expect(screen.getByText('Per cent from 0 to 100')).toBeInTheDocument();
  expect(screen.getByRole('button', { name: 'Calculate' })).toBeDisabled();
  await user.clear(screen.getByLabelText(/^Cache hits/));
  await user.type(screen.getByLabelText(/^Cache hits/), '30');
  await user.click(screen.getByRole('button', { name: 'Calculate' }));
  const scenario = { changes: [{ where: {}, calls: '1.5', cache_hit_ratio: '0.3' }], planned: [] };
  await waitFor(() => expect(asked.filter(({ url }) => url === API).at(-1)?.data).toEqual(scenario));
  const address = screen.getAllByRole('status').find((one) => one.textContent.includes('scenario'))?.textContent ?? '';
  expect(readScenario(new URLSearchParams(address))).toEqual(scenario);
});

it('begins from 7, 30 or 90 days, or from those of a link', async () => {
  const { asked, user } = show();
  await screen.findByText('An average month');
  expect(screen.getByRole('radio', { name: 'Last 30 days' })).toBeChecked();
  await user.click(screen.getByRole('radio', { name: 'Last 90 days' }));
  await user.click(screen.getByRole('button', { name: 'Calculate' }));
  const scenario = { days: 90, changes: [], planned: [] };
  await waitFor(() => expect(asked.filter(({ url }) => url === API).at(-1)?.data).toEqual(scenario));
});

it('names the days of a link that has some of its own, and leaves them for others', async () => {
  const { asked, user } = show('?scenario={"from":"2026-01-01","to":"2026-02-01"}');
  await screen.findByText('An average month');
  expect(screen.getByRole('radio', { name: '2026-01-01 to 2026-02-01' })).toBeChecked();
  await user.click(screen.getByRole('radio', { name: 'Last 7 days' }));
  await user.click(screen.getByRole('button', { name: 'Calculate' }));
  const scenario = { days: 7, changes: [], planned: [] };
  await waitFor(() => expect(asked.filter(({ url }) => url === API).at(-1)?.data).toEqual(scenario));
});

it('keeps a scenario under a name', async () => {
  const { asked, user } = show('', { [`${API}/scenarios`]: { data: { scenario_id: '1' } } });
  await user.type(await screen.findByLabelText('Name'), 'Next year');
  await user.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(told).toEqual([expect.stringContaining('“Next year” is saved')]));
  expect(asked.at(-1)).toMatchObject({
    method: 'POST',
    data: { name: 'Next year', scenario: { changes: [], planned: [] } },
  });
});

it('lists what was kept and compares two; only some may remove', async () => {
  const two = { scenarios: [saved('1', 'Growth'), saved('2', 'Cheaper')] };
  show('?tab=saved&a=1&b=2', {
    [`${API}/scenarios`]: { data: two },
    [`${API}/scenarios/1`]: { data: { ...saved('1', 'Growth'), result: whatIfOf() } },
    [`${API}/scenarios/2`]: {
      data: { ...saved('2', 'Cheaper'), result: whatIfOf({ month: { ...whatIfOf().month, scenario: '40.64' } }) },
    },
  });
  const table = await screen.findByRole('table', { name: 'Side by side' });
  expect(within(table).getByRole('row', { name: /^A month \$44\.64 \$40\.64 −\$4\.00/ })).toBeInTheDocument();
  expect(screen.getByRole('link', { name: 'Growth' })).toHaveAttribute('href', expect.stringContaining('scenario='));
  expect(screen.queryByText('Remove')).not.toBeInTheDocument();
});

it('says what to do where there are no calls, nothing saved, or no collector', async () => {
  show('', { [API]: { data: whatIfOf({ lines: [] }) } });
  expect(await screen.findByText('No priced calls in these 30 days')).toBeInTheDocument();
});

it('says that nothing is saved yet', async () => {
  show('?tab=saved', { [`${API}/scenarios`]: { data: { scenarios: [] } } });
  expect(await screen.findByText('No scenario is saved yet')).toBeInTheDocument();
});

it('says what is wrong when the collector is away', async () => {
  show('', { [API]: { status: 502 } });
  expect(await screen.findByText(/The collector can’t be reached/)).toBeInTheDocument();
});
