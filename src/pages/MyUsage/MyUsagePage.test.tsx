import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';
import { MemoryRouter } from 'react-router-dom';
import { givenBackend } from '../../testing/backend';
import { givenLayout } from '../../testing/layout';
import { MyUsagePage } from './MyUsagePage';

jest.mock('@grafana/runtime', () => ({
  ...jest.requireActual<object>('@grafana/runtime'),
  // Need the whole of Grafana around them.
  PluginPage: ({ children }: { children: React.ReactNode }) => <main>{children}</main>,
  PanelRenderer: ({ title }: { title: string }) => <div>{`chart: ${title}`}</div>,
}));

const reply = (columns: string[], ...rows: unknown[][]) => ({
  columns: columns.map((name) => ({ name, type: 'text' })),
  rows,
});
const usage = (calls: number) => ({
  user: { name: 'Alice', user_ids: ['alice@example.org', 'alice'] },
  total: {
    ...reply(
      ['total_cost', 'calls', 'input_tokens', 'cache_read_tokens', 'output_tokens', 'total_tokens', 'errors'],
      ['0.0123', calls, 4000, 1000, 500, 4500, 0]
    ),
    unpriced: { calls: 2, tokens: 10 },
  },
  previous: reply(['total_cost', 'calls', 'total_tokens'], ['0.00615', 3, 100]),
  by_day: reply(['time', 'total_cost', 'calls'], ['2026-11-01T00:00:00Z', '0.0123', calls]),
  by_model: reply(
    ['provider', 'model', 'total_cost', 'calls', 'input_tokens', 'output_tokens'],
    ['openai', 'gpt-4.1', '0.0123', 3, 4000, 500],
    ['self-hosted', 'qwen', null, 2, 4000, 500]
  ),
  by_project: reply(['tenant', 'project', 'total_cost', 'calls', 'input_tokens', 'output_tokens']),
});

const RANGE = '?from=2026-11-01T00:00:00.000Z&to=2026-11-08T00:00:00.000Z';
const URL = `/api/plugin-proxy/llmcost-app/api/me/usage${RANGE}&time_zone=UTC`;
const show = () =>
  render(
    <MemoryRouter initialEntries={[`/${RANGE}`]}>
      <MyUsagePage />
    </MemoryRouter>
  );

beforeEach(() => givenLayout());
afterEach(() => jest.restoreAllMocks());

it('shows what was used, compared with before, and says what has no price', async () => {
  givenBackend({ [URL]: { data: usage(5) } });
  show();
  expect(await screen.findAllByText('$0.0123')).toHaveLength(2);
  expect(screen.getByText('100% more than in the period before')).toBeInTheDocument();
  expect(screen.getByText('25.0%')).toBeInTheDocument();
  expect(screen.getByText(/2 of your calls have no price yet/)).toBeInTheDocument();
  expect(screen.getByText('No price')).toBeInTheDocument();
  expect(screen.getByText('Calls with the user id alice@example.org or alice.')).toBeInTheDocument();
});

it('says what makes a call the own where there are none', async () => {
  givenBackend({ [URL]: { data: usage(0) } });
  show();
  expect(await screen.findByText('No calls of yours in this time')).toBeInTheDocument();
  expect(screen.getByText(/carry the user id alice@example.org or alice/)).toBeInTheDocument();
});

it('says why it can not be shown, and asks again', async () => {
  const asked = givenBackend({ [URL]: { status: 401, detail: 'set GRAFANA_URL' } });
  show();
  expect(await screen.findByText(/set GRAFANA_URL/)).toBeInTheDocument();
  await userEvent.click(screen.getByText('Try again'));
  expect(asked).toHaveLength(2);
});
