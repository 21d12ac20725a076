import { render, screen, within } from '@testing-library/react';
import React from 'react';
import { MemoryRouter } from 'react-router-dom';
import { givenBackend, type TestAnswer } from '../../testing/backend';
import { givenStillLayout } from '../../testing/layout';
import { evidenceText, headsOf, type Routing, scenarioOf } from './savings';
import { SavingsTab } from './SavingsTab';

const ROUTING: Routing = {
  tenant: 'acme',
  feature: 'chat',
  operation: 'chat',
  output_size: 'short',
  provider: 'openai',
  model: 'gpt-4.1',
  calls: 400,
  success_ratio: 0.95,
  score: null,
  cost: '14',
  candidates: [
    {
      provider: 'openai',
      model: 'gpt-4.1-mini',
      price_id: 'p1',
      cost: '2.8',
      saving: '11.2',
      saving_ratio: 0.8,
      arithmetic: [{ what: 'input', tokens: '1000000', rate: '0.4', usd: '0.4' }],
      evidence: 'same_feature',
      seen: { calls: 120, success_ratio: 0.945, score: null },
    },
  ],
};
const [CANDIDATE] = ROUTING.candidates;

function show(answer: TestAnswer) {
  givenBackend({ '/api/plugin-proxy/llmcost-app/api/reports/savings': answer });
  render(
    <MemoryRouter>
      <SavingsTab />
    </MemoryRouter>
  );
}

beforeEach(() => givenStillLayout());
afterEach(() => jest.restoreAllMocks());

it('shows candidates with their arithmetic and evidence, and leads to a scenario', async () => {
  const caching = { tenant: 'acme', feature: 'chat', provider: 'openai', model: 'gpt-4.1', hit_ratio: 0.25 };
  const amounts = { saved: '3', wasted: '0.5', possible: null, arithmetic: '9 tokens were read' };
  show({ data: { from: '', to: '', routing: [ROUTING], caching: [{ ...caching, ...amounts }], batch: [] } });
  const table = await screen.findByRole('table', { name: 'Cheaper models' });
  const row = within(table).getAllByRole('row')[1];
  expect(row).toHaveTextContent(/gpt-4\.1, \$14\.00.*gpt-4\.1-mini, \$2\.80\$11\.20/);
  expect(row).toHaveTextContent('94.5% of 120 calls succeed for the same feature, beside 95.0% now');
  expect(row).toHaveTextContent('1,000,000 input tokens × $0.4 per 1M = $0.40');
  expect(within(row).getByRole('link', { name: 'As a scenario' })).toHaveAttribute(
    'href',
    expect.stringContaining('gpt-4.1-mini')
  );
  expect(screen.getByRole('table', { name: 'Caching' })).toHaveTextContent('25.0%$3.00$0.50–9 tokens were read');
  expect(screen.queryByRole('table', { name: 'Batches' })).not.toBeInTheDocument();
});

it('adds up only what is known well, of each work its best', () => {
  const thin = { ...CANDIDATE, evidence: 'thin' as const, saving: '13' };
  const second = { ...CANDIDATE, saving: '5' };
  const routing: Routing[] = [
    { ...ROUTING, candidates: [CANDIDATE, second] },
    { ...ROUTING, candidates: [thin] },
  ];
  const nobody = { tenant: 'a', feature: null, operation: null, provider: null, model: null };
  const caching = { ...nobody, service_tier: null, hit_ratio: 0, arithmetic: '' };
  const heads = headsOf({
    from: '',
    to: '',
    routing,
    caching: [
      { ...caching, saved: '1', wasted: '0.25', possible: '2' },
      { ...caching, saved: '-0.5', wasted: '0', possible: null },
    ],
    batch: [],
  });
  expect(heads.map(({ value }) => value)).toEqual(['$11.20', '$2.00', '$0.00', '$0.50', '$0.25']);
});

it('says what all ways come to when each call goes one of them, and how that is reckoned', async () => {
  const work = { tenant: 'acme', feature: 'chat', operation: 'chat', provider: 'openai', model: 'gpt-4.1' };
  const works = [
    { ...work, routing: '11.2', caching: '4', batch: null, best: 'routing', saving: '11.2' },
    { ...work, feature: 'nightly', routing: null, caching: '1', batch: '7', best: 'batch', saving: '7' },
  ];
  show({ data: { from: '', to: '', routing: [ROUTING], caching: [], batch: [], together: { saving: '18.2', works } } });
  expect((await screen.findAllByRole('definition'))[0]).toHaveTextContent('$18.20');
  expect(screen.getByText('How $18.20 is reckoned: the best way of each, added up')).toBeInTheDocument();
  const rows = within(screen.getByRole('table', { name: 'One way each' })).getAllByRole('row');
  expect(rows[1]).toHaveTextContent('acme: chatchatgpt-4.1$11.20$4.00–A cheaper model$11.20');
  expect(rows[2]).toHaveTextContent('acme: nightlychatgpt-4.1–$1.00$7.00Batches$7.00');
});

it('says when evidence is thin', () => {
  const thin = { ...CANDIDATE, evidence: 'thin' as const, seen: { calls: 4, success_ratio: 1, score: null } };
  expect(evidenceText(ROUTING, thin)).toMatch(/^Evidence is thin: 4 calls/);
});

it('a suggestion is a scenario of exactly that work', () => {
  expect(scenarioOf({ ...ROUTING, feature: null }).changes).toEqual([
    {
      where: { operation: ['chat'], provider: ['openai'], model: ['gpt-4.1'] },
      model: { provider: 'openai', model: 'gpt-4.1-mini', share: '1' },
    },
  ]);
});

it('says that nothing was found, or what is wrong', async () => {
  show({ data: { from: '', to: '', routing: [], caching: [], batch: [] } });
  expect(await screen.findByText('Nothing to save was found')).toBeInTheDocument();
});

it('says what is wrong when the collector is away', async () => {
  show({ status: 502 });
  expect(await screen.findByText(/The collector can’t be reached/)).toBeInTheDocument();
});
