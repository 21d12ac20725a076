import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent, { PointerEventsCheckLevel } from '@testing-library/user-event';
import React from 'react';
import { MemoryRouter } from 'react-router-dom';
import { givenBackend, type TestAnswer } from '../../testing/backend';
import { givenLayout } from '../../testing/layout';
import { PricesPage } from './PricesPage';

let mayWrite = false;
const told: string[] = [];
jest.mock('@grafana/runtime', () => ({
  ...jest.requireActual<object>('@grafana/runtime'),
  hasPermission: () => mayWrite,
  getAppEvents: () => ({ publish: ({ payload }: { payload: string[] }) => told.push(...payload) }),
  // Needs the whole of Grafana around it.
  PluginPage: ({ children }: { children: React.ReactNode }) => <main>{children}</main>,
}));

const API = '/api/plugin-proxy/llmcost-app/api/prices';
const price = (model: string, more: object = {}) => ({
  price_id: model,
  version: 1,
  origin: 'catalogue',
  provider: 'openai',
  model,
  tenant: null,
  deployment: null,
  effective_from: null,
  effective_to: null,
  input: '2',
  cache_read: '0.5',
  cache_write_5m: null,
  cache_write_1h: null,
  output: '8',
  ...more,
});
const list = (...prices: object[]): TestAnswer => ({ data: { prices, total: prices.length, next_offset: null } });
const unpriced = {
  reason: 'unknown_model',
  provider: 'openai',
  model: 'gpt-4.1-custom',
  deployment: null,
  calls: 12,
  tokens: 3400,
  first_seen: '2026-11-01T00:00:00Z',
  last_seen: '2026-11-02T00:00:00Z',
  nearest: [{ price_id: 'x', provider: 'openai', model: 'gpt-4.1' }],
};
const repricing = (dry_run: boolean) => ({
  dry_run,
  audit_id: dry_run ? null : 9,
  events: 40,
  changed: 12,
  newly_priced: 12,
  newly_unpriced: 0,
  old_cost: '1.00',
  new_cost: '1.25',
  difference: '0.25',
  largest_movers: [{ tenant: 'acme', model: 'm', calls: 12, old_cost: '0', new_cost: '0.25', difference: '0.25' }],
});

const show = (tab: string) => {
  render(
    <MemoryRouter initialEntries={[`/prices?tab=${tab}`]}>
      <PricesPage />
    </MemoryRouter>
  );
  return userEvent.setup({ delay: null, pointerEventsCheck: PointerEventsCheckLevel.Never });
};

beforeEach(() => {
  givenLayout();
  mayWrite = true;
  told.length = 0;
});
afterEach(() => jest.restoreAllMocks());

it('lists prices with their dates and whom they are for, and searches by model', async () => {
  const override = price('gpt-5.1', {
    origin: 'override',
    tenant: 'globex',
    effective_from: '2026-01-01T00:00:00Z',
    effective_to: '2026-07-01T00:00:00Z',
  });
  const asked = givenBackend({
    [`${API}?limit=50&offset=0`]: list(price('gpt-4.1'), override),
    [`${API}?model=%2Agpt-5%2A&limit=50&offset=0`]: list(override),
  });
  const user = show('book');
  expect(await screen.findByText('2026-01-01 – 2026-07-01')).toBeInTheDocument();
  expect(screen.getByText('tenant globex')).toBeInTheDocument();
  await user.type(screen.getByLabelText('Model'), 'gpt-5');
  await waitFor(() => expect(asked.at(-1)?.url).toContain('model=%2Agpt-5%2A'));
  await waitFor(() => expect(screen.queryByText('gpt-4.1')).not.toBeInTheDocument());
});

it('lets Viewers read only', async () => {
  mayWrite = false;
  givenBackend({ [`${API}?limit=50&offset=0`]: list(price('a', { origin: 'override' }), price('b')) });
  show('history');
  expect(await screen.findByText('a')).toBeInTheDocument();
  for (const name of ['Add override', 'Override', 'Remove', 'Price again', 'History']) {
    expect(screen.queryByRole('button', { name })).not.toBeInTheDocument();
    expect(screen.queryByRole('tab', { name })).not.toBeInTheDocument();
  }
});

it('adds an override, begun from the catalogue, and shows what the collector says against it', async () => {
  const answers: Record<string, TestAnswer> = {
    [`${API}?limit=50&offset=0`]: list(price('gpt-4.1')),
    [API]: { status: 409, detail: 'a price of openai/gpt-4.1 already holds: end or remove it first' },
  };
  const asked = givenBackend(answers);
  const user = show('book');
  await user.click(await screen.findByRole('button', { name: 'Override' }));
  const form = within(await screen.findByRole('dialog'));
  await user.clear(form.getByLabelText('Input'));
  await user.type(form.getByLabelText('Input'), '1,5');
  expect(form.getByText('A decimal like 0.15')).toBeInTheDocument();
  expect(form.getByRole('button', { name: 'Add' })).toBeDisabled();
  await user.clear(form.getByLabelText('Input'));
  await user.type(form.getByLabelText('Input'), '1.5');
  await user.type(form.getByLabelText(/^Tenant/), 'acme');
  await user.click(form.getByRole('button', { name: 'Add' }));
  expect(await screen.findByText(/end or remove it first/)).toBeInTheDocument();
  expect(asked.at(-1)).toMatchObject({
    method: 'POST',
    data: { provider: 'openai', model: 'gpt-4.1', tenant: 'acme', input: '1.5', output: '8', cache_read: '0.5' },
  });
});

it('maps an unpriced model to the nearest known one in one click', async () => {
  const asked = givenBackend({
    [`${API}/unpriced`]: { data: { unpriced: [unpriced, { ...unpriced, reason: 'no_usage', model: 'silent' }] } },
    [`${API}/map`]: { data: { repricing: repricing(false) } },
  });
  const user = show('unpriced');
  expect(await screen.findByText('The price book doesn’t know the model')).toBeInTheDocument();
  // What the client doesn't say can't be priced.
  expect(screen.getAllByRole('button', { name: 'Map' })).toHaveLength(1);
  await user.click(screen.getByRole('button', { name: 'Map' }));
  await waitFor(() =>
    expect(told[0]).toMatch(/gpt-4.1-custom is priced as gpt-4.1: 12 calls have a price now, \$0.25/)
  );
  expect(asked.find(({ url }) => url.endsWith('/map'))?.data).toEqual({
    provider: 'openai',
    model: 'gpt-4.1-custom',
    to: { provider: 'openai', model: 'gpt-4.1' },
  });
});

it('prices again what was previewed, after a confirmation', async () => {
  const asked = givenBackend({ [`${API}/reprice`]: { data: repricing(true) } });
  const user = show('reprice');
  await user.type(screen.getByLabelText(/^Model/), 'm');
  await user.click(screen.getByRole('button', { name: 'Preview' }));
  expect(await screen.findByText('of 40')).toBeInTheDocument();
  expect(asked[0].data).toMatchObject({
    dry_run: true,
    filters: [{ dimension: 'model', operator: '=', values: ['m'] }],
  });
  await user.click(screen.getByRole('button', { name: 'Price these calls again' }));
  const dialog = within(await screen.findByRole('dialog'));
  await user.click(dialog.getByRole('button', { name: 'Price again' }));
  await waitFor(() => expect(asked).toHaveLength(2));
  expect(asked[1].data).toEqual({ ...(asked[0].data as object), dry_run: false });
});

it('undoes a repricing once', async () => {
  const entry = { at: '2026-11-01T10:00:00Z', by: 'alice', action: 'reprice', why: 'contract', version: 3 };
  const asked = givenBackend({
    [`${API}/audit`]: {
      data: {
        entries: [
          { ...entry, audit_id: 8, details: { undone: 7, events: 3 } },
          { ...entry, audit_id: 7, details: { changed: 3, difference: '-1.5' } },
          { ...entry, audit_id: 6, details: { changed: 5, difference: '2' } },
          { ...entry, audit_id: 5, action: 'add', details: { price_ids: ['x'] } },
        ],
      },
    },
    [`${API}/undo`]: { data: { events: 5 } },
  });
  const user = show('history');
  expect(await screen.findByText('Priced 5 calls again, $2.00 in all')).toBeInTheDocument();
  expect(screen.getByText('Undid number 7 for 3 calls')).toBeInTheDocument();
  expect(screen.getByText('Added 1 price')).toBeInTheDocument();
  const row = within(screen.getByText('Priced 5 calls again, $2.00 in all').closest('tr') as HTMLElement);
  expect(within(screen.getByText('Added 1 price').closest('tr') as HTMLElement).queryByRole('button')).toBeNull();
  await user.click(row.getAllByRole('button', { name: 'Undo' })[0]);
  await user.click(row.getAllByRole('button', { name: 'Undo' }).at(-1) as HTMLElement);
  await waitFor(() => expect(asked.find(({ url }) => url.endsWith('/undo'))?.data).toMatchObject({ audit_id: 6 }));
});
