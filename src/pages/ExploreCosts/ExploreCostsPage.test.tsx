import { locationService } from '@grafana/runtime';
import { render, screen, waitFor } from '@testing-library/react';
import userEvent, { PointerEventsCheckLevel } from '@testing-library/user-event';
import React from 'react';
import { MemoryRouter, useLocation } from 'react-router-dom';
import { givenLayout } from '../../testing/layout';
import { costSource, tableFrame, TestPostgres } from '../../testing/sources';
import { givenTemplates } from '../../testing/templates';
import { ExploreCostsPage } from './ExploreCostsPage';

let permissions: string[] = [];
jest.mock('@grafana/runtime', () => ({
  ...jest.requireActual<object>('@grafana/runtime'),
  hasPermission: (name: string) => permissions.includes(name),
  // Need the whole of Grafana around them.
  PluginPage: ({ children }: { children: React.ReactNode }) => <main>{children}</main>,
  PanelRenderer: ({ title }: { title: string }) => <div>{`chart: ${title}`}</div>,
}));

const Address = () => <output>{useLocation().search}</output>;
const show = (postgres: TestPostgres, search = '') => {
  costSource(postgres);
  render(
    <MemoryRouter initialEntries={[`/explore${search}`]}>
      <ExploreCostsPage settings={{ datasourceUid: 'cost' }} />
      <Address />
    </MemoryRouter>
  );
  return userEvent.setup({ delay: null, pointerEventsCheck: PointerEventsCheckLevel.Never });
};

/** Costs by tenant: twice as much of acme as before, globex is new. */
function costs(): TestPostgres {
  const postgres = new TestPostgres();
  postgres.answer = ({ refId }) => {
    switch (refId) {
      case 'total':
        return tableFrame({ total_cost: [30], calls: [300], unpriced_calls: [7] });
      case 'before':
        return tableFrame({ total_cost: [15], unpriced_calls: [0] });
      case 'groups':
        return tableFrame({ tenant: ['acme', 'globex', 'Other'], total_cost: [20, 9, 1], calls: [200, 90, 10] });
      case 'groups-before':
        return tableFrame({ tenant: ['acme'], total_cost: [10] });
      default:
        return tableFrame({});
    }
  };
  return postgres;
}

beforeEach(() => {
  permissions = [];
  givenLayout();
  givenTemplates({});
});
afterEach(() => jest.restoreAllMocks());

it('shows the total, its parts, and what was before', async () => {
  show(costs());
  expect(await screen.findByText('$30.00')).toBeInTheDocument();
  expect(screen.getByText('100% more than in the period before')).toBeInTheDocument();
  expect(screen.getByText('66.7%')).toBeInTheDocument();
  expect(screen.getByText('+100%')).toBeInTheDocument();
  expect(screen.getByText(/^7 calls have no price/)).toBeInTheDocument();
  expect(screen.queryByRole('button', { name: 'Other' })).not.toBeInTheDocument();
});

it('steps into a value, asks again within it, and back; the way is in the address', async () => {
  const postgres = costs();
  const user = show(postgres, '?from=now-7d&to=now');
  await user.click(await screen.findByText('acme'));
  await waitFor(() => expect(screen.getByRole('status')).toHaveTextContent('in=tenant%3Aacme'));
  expect(screen.getByRole('status')).toHaveTextContent(/from=now-7d.*split=project/);
  await waitFor(() => expect(postgres.asked.at(-1)?.rawSql).toContain("tenant IN ('acme')"));
  await user.click(await screen.findByText('Everything'));
  await waitFor(() => expect(screen.getByRole('status')).not.toHaveTextContent('in='));
});

it('offers only what the viewer may make', async () => {
  show(costs());
  expect(await screen.findByText('CSV')).toBeInTheDocument();
  expect(screen.queryByText('Alert')).not.toBeInTheDocument();
  expect(screen.queryByText('Panel')).not.toBeInTheDocument();
});

it('opens the rule form, filled in', async () => {
  permissions = ['alert.rules:create'];
  const push = jest.spyOn(locationService, 'push');
  const user = show(costs());
  await user.click(await screen.findByText('Alert'));
  await waitFor(() => expect(push).toHaveBeenCalledWith(expect.stringMatching(/^\/alerting\/new\?defaults=/)));
  const { searchParams } = new URL(String(push.mock.calls[0][0]), 'http://grafana');
  expect(JSON.parse(searchParams.get('defaults') ?? '')).toMatchObject({ name: 'Cost by Tenant above threshold' });
});

it('says that there is nothing, or what is wrong', async () => {
  const empty = new TestPostgres();
  empty.answer = ({ refId }) =>
    refId === 'total' ? tableFrame({ total_cost: [0], calls: [0], unpriced_calls: [0] }) : tableFrame({});
  show(empty);
  expect(await screen.findByText('No calls here')).toBeInTheDocument();
});

it('says what is wrong when the database is away', async () => {
  const away = new TestPostgres();
  away.answer = () => new Error('dial tcp 127.0.0.1:5432: connect: connection refused');
  show(away);
  expect(await screen.findByText(/The database can’t be reached/)).toBeInTheDocument();
});
