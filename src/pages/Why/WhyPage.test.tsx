import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent, { PointerEventsCheckLevel } from '@testing-library/user-event';
import React from 'react';
import { MemoryRouter, useLocation } from 'react-router-dom';
import { givenBackend, type TestAnswer } from '../../testing/backend';
import { givenLayout } from '../../testing/layout';
import { costSource, TestPostgres } from '../../testing/sources';
import { givenTemplates } from '../../testing/templates';
import { reportOf } from '../../testing/why';
import { WhyPage } from './WhyPage';
import { csvOf } from './why';

jest.mock('@grafana/runtime', () => ({
  ...jest.requireActual<object>('@grafana/runtime'),
  // Needs the whole of Grafana around it.
  PluginPage: ({ children }: { children: React.ReactNode }) => <main>{children}</main>,
}));

const API = '/api/plugin-proxy/llmcost-app/api/reports/why-changed';
const Address = () => <output>{useLocation().search}</output>;

function show(answer: TestAnswer, search = '') {
  const asked = givenBackend({ [API]: answer });
  render(
    <MemoryRouter initialEntries={[`/why${search}`]}>
      <WhyPage settings={{ datasourceUid: 'cost' }} />
      <Address />
    </MemoryRouter>
  );
  return { asked, user: userEvent.setup({ delay: null, pointerEventsCheck: PointerEventsCheckLevel.Never }) };
}

beforeEach(() => {
  costSource(new TestPostgres());
  givenLayout();
  givenTemplates({});
});
afterEach(() => jest.restoreAllMocks());

it('says in one sentence what happened, shows every cause, and who is behind it with a way on', async () => {
  show({ data: reportOf() });
  expect(await screen.findByText(/^Cost rose by \$10\.00/)).toBeInTheDocument();
  const causes = screen.getByRole('table', { name: 'What changed' });
  expect(within(causes).getByRole('row', { name: /Number of calls.*\+\$15\.00/ })).toBeInTheDocument();
  expect(within(causes).getByRole('row', { name: /Cache use.*−\$5\.00/ })).toBeInTheDocument();
  expect(within(causes).getByRole('row', { name: /^After \$20\.00/ })).toBeInTheDocument();
  const tenants = screen.getByRole('table', { name: 'By Tenant' });
  expect(within(tenants).getByRole('row', { name: /acme \$4\.00 \$12\.00 \+\$8\.00 80/ })).toBeInTheDocument();
  expect(within(tenants).getByRole('link', { name: 'acme' })).toHaveAttribute(
    'href',
    expect.stringMatching(/\/explore\?from=1794096000000&to=1794700800000&in=tenant%3Aacme$/)
  );
  expect(screen.getByText(/0 calls before, 3 after/)).toBeInTheDocument();
});

it('asks for the periods and filters of the address, those of a dashboard included', async () => {
  const { asked } = show(
    { data: reportOf() },
    '?from=1793836800000&to=1794441600000&compare_from=1793232000000&compare_to=1793836800000&var-tenant=acme&var-model=$__all'
  );
  await screen.findByText(/^Cost rose/);
  expect(asked[0]?.data).toEqual({
    from: '2026-11-05T00:00:00.000Z',
    to: '2026-11-12T00:00:00.000Z',
    compare_from: '2026-10-29T00:00:00.000Z',
    compare_to: '2026-11-05T00:00:00.000Z',
    filters: [{ dimension: 'tenant', operator: '=', values: ['acme'] }],
  });
});

it('takes a preset into the address and asks again', async () => {
  const { asked, user } = show({ data: reportOf() });
  await screen.findByText(/^Cost rose/);
  await user.click(screen.getByLabelText('Compare'));
  await user.click(await screen.findByRole('option', { name: /This month and last month/ }));
  await waitFor(() => expect(screen.getByText(/compare_from=now-1M%2FM/)).toBeInTheDocument());
  await waitFor(() => expect(asked).toHaveLength(2));
});

it('says what to do where nothing cost anything', async () => {
  const nothing = reportOf({ before: '0', factors: [], who: [] });
  show({ data: { ...nothing, after: { ...nothing.after, cost: '0' } } });
  expect(await screen.findByText('Neither period cost anything')).toBeInTheDocument();
  expect(screen.getByRole('link', { name: 'How to send calls' })).toBeInTheDocument();
});

it('says what is wrong when the collector is away, and asks again', async () => {
  const { asked, user } = show({ status: 502 });
  expect(await screen.findByText(/The collector can’t be reached/)).toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'Try again' }));
  await waitFor(() => expect(asked).toHaveLength(2));
});

it('as CSV keeps amounts exact and formulas harmless', () => {
  const lines = csvOf(reportOf()).split('\r\n');
  expect(lines[0]).toBe('part,name,before_usd,after_usd,difference_usd');
  expect(lines).toContain('cause,calls,,,15.000000000001');
  expect(lines).toContain('tenant,acme,4,12,8');
  expect(lines).toContain("tenant,'=cmd(),6,5,-1");
});
