import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent, { PointerEventsCheckLevel } from '@testing-library/user-event';
import React from 'react';
import { MemoryRouter } from 'react-router-dom';
import { givenBackend, type TestAnswer } from '../../testing/backend';
import { monthOf, statementOf } from '../../testing/chargeback';
import { givenStillLayout } from '../../testing/layout';
import { ReportsPage } from './ReportsPage';
import { readTargets, targetsText } from './SplitForm';

let mayWrite = false;
const told: string[] = [];
const files: Array<{ name: string; text: string }> = [];
jest.mock('../ExploreCosts/open', () => ({ download: (name: string, text: string) => files.push({ name, text }) }));
jest.mock('@grafana/runtime', () => ({
  ...jest.requireActual<object>('@grafana/runtime'),
  hasPermission: () => mayWrite,
  getAppEvents: () => ({ publish: ({ payload }: { payload: string[] }) => told.push(...payload) }),
  // Needs the whole of Grafana around it.
  PluginPage: ({ children }: { children: React.ReactNode }) => <main>{children}</main>,
}));

const API = '/api/plugin-proxy/llmcost-app/api';
const STATEMENT = `${API}/reports/chargeback?month=2026-10&currency=USD`;
const MONTHS = [
  monthOf('2026-11', { state: 'running' }),
  monthOf('2026-10', { can_close: true }),
  monthOf('2026-09', { state: 'closed', currency: 'EUR', closed_at: '2026-10-03T08:00:00Z', closed_by: 'ann' }),
];

function show(search = '?month=2026-10', answers: Record<string, TestAnswer> = {}) {
  const asked = givenBackend({
    [`${API}/chargeback/months`]: { data: { months: MONTHS } },
    [`${STATEMENT}&format=json`]: { data: statementOf() },
    ...answers,
  });
  const { unmount } = render(
    <MemoryRouter initialEntries={[`/reports${search}`]}>
      <ReportsPage />
    </MemoryRouter>
  );
  return { asked, unmount, user: userEvent.setup({ delay: null, pointerEventsCheck: PointerEventsCheckLevel.Never }) };
}

beforeEach(() => {
  givenStillLayout();
  mayWrite = false;
  told.length = 0;
  files.length = 0;
});
afterEach(() => jest.restoreAllMocks());

it('shows who is charged, every line, and where a line comes from', async () => {
  show();
  const sums = await screen.findByRole('table', { name: 'Who is charged' });
  expect(within(sums).getByRole('row', { name: 'acme sales (not set) $2.00' })).toBeInTheDocument();
  const [, first, second] = within(screen.getByRole('table', { name: 'Lines' })).getAllByRole('row');
  expect(first).toHaveTextContent(/Usage.*\$2\.50.*Price row p1/);
  expect(second).toHaveTextContent(/Credit.*Goodwill.*-\$0\.50/);
  const { searchParams } = new URL(
    screen.getByRole('link', { name: '20 calls' }).getAttribute('href') ?? '',
    'http://g'
  );
  expect(searchParams.getAll('filter')).toEqual(
    expect.arrayContaining(['tenant|=|acme', 'team|=|sales', 'cost_center|=|(not set)', 'model|=|gpt-4.1'])
  );
  expect(searchParams.get('from')).toBe(String(Date.parse('2026-10-01')));
  expect(screen.getByText('calls without a price')).toBeInTheDocument();
  expect(screen.getByRole('link', { name: 'Give them a price' })).toHaveAttribute(
    'href',
    '/a/llmcost-app/prices?tab=unpriced'
  );
});

it('a closed month is asked for in the currency that it was closed in', async () => {
  const eur = `${API}/reports/chargeback?month=2026-09&currency=EUR&format=json`;
  show('?month=2026-09', { [eur]: { data: statementOf({ currency: 'EUR', total: '1.8' }) } });
  expect(await screen.findByText('€1.80')).toBeInTheDocument();
  expect(screen.getByText(/by ann$/)).toBeInTheDocument();
  expect(screen.getByLabelText('Currency')).toBeDisabled();
});

it('gives the files as the collector writes them; who may only read can’t close', async () => {
  const { user } = show(undefined, { [`${STATEMENT}&format=focus`]: { data: 'BilledCost\r\n2\r\n' } });
  await user.click(await screen.findByRole('button', { name: 'FOCUS 1.2' }));
  await waitFor(() => expect(files).toEqual([{ name: 'focus-1.2-2026-10-USD.csv', text: 'BilledCost\r\n2\r\n' }]));
  expect(screen.queryByRole('button', { name: 'Close this month' })).not.toBeInTheDocument();
  expect(screen.queryByRole('button', { name: 'Give a credit' })).not.toBeInTheDocument();
});

it('closes a month once that was confirmed', async () => {
  mayWrite = true;
  const { asked, user } = show(undefined, { [`${API}/chargeback/close`]: { data: statementOf() } });
  await user.click(await screen.findByRole('button', { name: 'Close this month' }));
  expect(asked.some(({ method }) => method === 'POST')).toBe(false);
  expect(screen.getByText(/It can’t be opened again/)).toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'Close the month' }));
  await waitFor(() => expect(told).toEqual(['2026-10 is closed.']));
  expect(asked.find(({ method }) => method === 'POST')?.data).toEqual({ month: '2026-10', currency: 'USD' });
});

it('says why a month can’t be closed', async () => {
  mayWrite = true;
  const refused = { status: 409, detail: 'months are closed in their order: after 2026-08 comes 2026-09' };
  const { user } = show(undefined, { [`${API}/chargeback/close`]: refused });
  await user.click(await screen.findByRole('button', { name: 'Close this month' }));
  await user.click(screen.getByRole('button', { name: 'Close the month' }));
  expect(await screen.findByText(refused.detail)).toBeInTheDocument();
});

it('lists shared costs, and shows the bills beside ours with what explains the difference', async () => {
  show('?month=2026-10&tab=bills', {
    [`${API}/reports/reconciliation?from=2026-10-01&to=2026-11-01`]: {
      data: {
        providers: [
          {
            provider: 'openai',
            total: { ours: '10', theirs: '9.5', difference: '0.5', difference_percent: '5.26' },
            days: [
              {
                day: '2026-10-01',
                pulled_at: '2026-10-02T00:00:00Z',
                ours: '10',
                theirs: '9.5',
                difference: '0.5',
                difference_percent: '5.26',
                explanations: [{ reason: 'prices_differ', text: 'the prices differ' }],
              },
            ],
          },
        ],
        notes: [],
      },
    },
  });
  const days = await screen.findByRole('table', { name: 'Days of openai' });
  expect(
    within(days).getByRole('row', { name: /2026-10-01 \$10\.00 \$9\.50 \+\$0\.50 5\.26% the prices differ/ })
  ).toBeInTheDocument();
});

it('says what to do where no bill was read, no cost is shared, or the collector is away', async () => {
  show('?tab=splits', { [`${API}/chargeback/splits`]: { data: { splits: [] } } });
  expect(await screen.findByText('No cost is shared')).toBeInTheDocument();
});

const DELIVERIES = {
  names: ['erp', 'finance'],
  deliveries: [
    {
      name: 'erp',
      month: '2026-09',
      attempts: 3,
      delivered_at: null,
      next_attempt_at: '2026-10-03T10:00:00Z',
      last_error: 'the receiver answered 503',
    },
    {
      name: 'old',
      month: '2026-08',
      attempts: 1,
      delivered_at: '2026-09-03T08:00:00Z',
      next_attempt_at: null,
      last_error: null,
    },
  ],
};

it('shows where closed months went and why they did not, and sends one again', async () => {
  mayWrite = true;
  const url = `${API}/chargeback/deliveries`;
  const { asked, user } = show('?month=2026-09&tab=deliveries', { [url]: { data: DELIVERIES } });
  const table = await screen.findByRole('table', { name: 'Deliveries' });
  const [, erp, finance, old] = within(table).getAllByRole('row');
  expect(erp).toHaveTextContent(/^2026-09erpFailed 3 times; again 2026-10-03 .*the receiver answered 503/);
  expect(finance).toHaveTextContent(/^2026-09financeNot sent: it was closed before this receiver was there/);
  expect(old).toHaveTextContent(/^2026-08old \(no longer configured\)Delivered 2026-09-03/);
  expect(within(old).queryByRole('button')).not.toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'Deliver 2026-09 to erp' }));
  await waitFor(() => expect(told).toEqual(['2026-09 goes to “erp”.']));
  expect(asked.find(({ method }) => method === 'POST')).toMatchObject({ url, data: { name: 'erp', month: '2026-09' } });
});

it('says how deliveries are configured, and that only closed months are delivered', async () => {
  const url = `${API}/chargeback/deliveries`;
  const { unmount } = show('?tab=deliveries', { [url]: { data: { names: [], deliveries: [] } } });
  expect(await screen.findByText(/LLMCOST_CONFIG/)).toBeInTheDocument();
  expect(screen.getByText(/folder: \/srv\/statements/)).toBeInTheDocument();
  unmount();
  show('?month=2026-10&tab=deliveries', { [url]: { data: { names: ['erp'], deliveries: [] } } });
  expect(await screen.findByText(/Once one is, its statement goes to erp/)).toBeInTheDocument();
});

it('tells the sums by team or cost center', async () => {
  const sums = [
    { tenant: 'acme', team: 'sales', cost_center: 'c-1', amount: '1.25', usd: '1.25' },
    { tenant: 'acme', team: 'sales', cost_center: 'c-2', amount: '0.75', usd: '0.75' },
  ];
  const { user } = show('?month=2026-10', { [`${STATEMENT}&format=json`]: { data: statementOf({ sums }) } });
  await user.click(await screen.findByRole('radio', { name: 'Team' }));
  expect(
    within(screen.getByRole('table', { name: 'Who is charged' })).getByRole('row', { name: 'acme sales $2.00' })
  ).toBeInTheDocument();
});

it('offers who sees some tenants no tab that is refused, and says why a link leads to nothing', async () => {
  const months = { [`${API}/chargeback/months`]: { data: { months: MONTHS, tenants: ['acme', 'globex'] } } };
  const { unmount } = show(undefined, months);
  await screen.findByRole('table', { name: 'Who is charged' });
  expect(screen.getAllByRole('tab').map(({ textContent }) => textContent)).toEqual(['Statement', 'Shared costs']);
  unmount();
  const { asked } = show('?month=2026-10&tab=bills', months);
  expect(await screen.findByText('You see acme, globex. Ask who sees all organizations.')).toBeInTheDocument();
  expect(screen.getByRole('link', { name: 'Show the statement' })).toBeInTheDocument();
  expect(asked.map(({ url }) => url)).toEqual([`${API}/chargeback/months`]);
});

it('offers all tabs to who sees every tenant', async () => {
  show();
  await screen.findByRole('table', { name: 'Who is charged' });
  expect(screen.getAllByRole('tab').map(({ textContent }) => textContent)).toEqual([
    'Statement',
    'Shared costs',
    'Deliveries',
    'Providers’ bills',
  ]);
});

it('says what is wrong when the collector is away', async () => {
  show('', { [`${API}/chargeback/months`]: { status: 502 } });
  expect(await screen.findByText(/The collector can’t be reached/)).toBeInTheDocument();
});

it('shares are read as they are written', () => {
  expect(readTargets('sales 0.6, customer success 0.4, ops')).toEqual({
    sales: '0.6',
    'customer success': '0.4',
    ops: '1',
  });
  expect(readTargets(' ')).toBeUndefined();
  expect(targetsText({ by: 'usage', targets: { sales: '1', support: '2' } })).toBe('sales, support 2');
  expect(targetsText({ by: 'shares', targets: { sales: '1' } })).toBe('sales 1');
});
