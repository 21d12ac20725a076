import { LoadingState, type PanelProps } from '@grafana/data';
import { render, screen, within } from '@testing-library/react';
import React from 'react';
import { MemoryRouter } from 'react-router-dom';
import { DATASOURCE_TYPE, type LlmCostQuery } from '../../datasource/types';
import { givenBackend, type TestAnswer } from '../../testing/backend';
import { NOVEMBER, panelRequest, range } from '../../testing/sources';
import { givenTemplates } from '../../testing/templates';
import { reportOf } from '../../testing/why';
import { DEFAULT_OPTIONS, type WhyOptions } from './options';
import { WhyPanel } from './WhyPanel';

const API = '/api/plugin-proxy/llmcost-app/api/reports/why-changed';
const target: LlmCostQuery = {
  refId: 'A',
  datasource: { type: DATASOURCE_TYPE, uid: 'cost' },
  metrics: ['total_cost'],
  filters: [
    { dimension: 'tenant', operator: '=', values: ['$tenant'] },
    { dimension: 'model', operator: '=', values: ['$model'] },
  ],
};

interface Shown {
  readonly targets?: LlmCostQuery[];
  readonly options?: Partial<WhyOptions>;
  readonly width?: number;
  readonly timeRange?: typeof NOVEMBER;
}

function panelOf({ targets = [target], options = {}, width = 900, timeRange = NOVEMBER }: Shown) {
  const adHoc = [{ key: 'team', operator: '=', value: 'ml' }];
  const props = {
    title: 'Why',
    width,
    height: 400,
    timeZone: 'utc',
    timeRange,
    options: { ...DEFAULT_OPTIONS, ...options },
    fieldConfig: { defaults: {}, overrides: [] },
    data: { state: LoadingState.Done, series: [], timeRange, request: panelRequest(targets, { filters: adHoc }) },
  };
  return (
    <MemoryRouter>
      <WhyPanel {...(props as unknown as PanelProps<WhyOptions>)} />
    </MemoryRouter>
  );
}

function show(answer: TestAnswer, how: Shown = {}) {
  const asked = givenBackend({ [API]: answer });
  return { asked, ...render(panelOf(how)) };
}

beforeEach(() => givenTemplates({ tenant: { value: ['acme'] }, model: { value: ['$__all'], all: true } }));

it('shows the causes, the sentence and who, of the filters of its query, and leads to the page with the same periods', async () => {
  const { asked } = show({ data: reportOf() });
  expect(await screen.findByText(/^Cost rose by \$10\.00/)).toBeInTheDocument();
  expect(asked[0].data).toEqual({
    from: '2026-11-01T00:00:00.000Z',
    to: '2026-11-08T00:00:00.000Z',
    compare_from: '2026-10-25T00:00:00.000Z',
    compare_to: '2026-11-01T00:00:00.000Z',
    filters: [
      { dimension: 'tenant', operator: '=', values: ['acme'] },
      { dimension: 'team', operator: '=', values: ['ml'] },
    ],
  });
  const causes = screen.getByRole('table', { name: 'What changed' });
  expect(within(causes).getByRole('row', { name: /Number of calls.*\+\$15\.00/ })).toBeInTheDocument();
  expect(
    within(screen.getByRole('table', { name: 'By Tenant' })).getByRole('row', { name: /acme \+\$8\.00/ })
  ).toBeInTheDocument();
  expect(screen.getByText(/0 calls before, 3 after/)).toBeInTheDocument();
  expect(screen.getByRole('link', { name: 'Open as a page' })).toHaveAttribute(
    'href',
    `/a/llmcost-app/why?from=${Date.parse('2026-11-01')}&to=${Date.parse('2026-11-08')}&filter=tenant%7C%3D%7Cacme&filter=team%7C%3D%7Cml`
  );
});

it('compares with an average, and the link says so too', async () => {
  const { asked } = show({ data: reportOf() }, { options: { comparison: 'average', baselineDays: 14, who: 0 } });
  await screen.findByText(/^Cost rose/);
  expect(asked[0].data).toMatchObject({ compare_from: '2026-10-18T00:00:00.000Z', compare_average: true });
  expect(screen.getByRole('link', { name: 'Open as a page' })).toHaveAttribute(
    'href',
    expect.stringContaining('compare_average=true')
  );
  expect(screen.getByText(/compared with an average of /)).toBeInTheDocument();
  expect(screen.queryByRole('table', { name: 'By Tenant' })).not.toBeInTheDocument();
});

it('asks once a minute at most, however often it is refreshed, and keeps what it shows until the next answer', async () => {
  const { asked, rerender } = show({ data: reportOf() });
  await screen.findByText(/^Cost rose/);
  rerender(panelOf({ timeRange: range('2026-11-01T00:00:30Z', '2026-11-08T00:00:30Z') }));
  expect(asked).toHaveLength(1);
  rerender(panelOf({ timeRange: range('2026-11-01T00:01:01Z', '2026-11-08T00:01:01Z') }));
  expect(screen.getByText(/^Cost rose/)).toBeInTheDocument();
  expect(asked).toHaveLength(2);
  await screen.findByText(/^Cost rose/);
});

it('has room for names and amounts only where it is narrow', async () => {
  show({ data: reportOf() }, { width: 300 });
  const causes = await screen.findByRole('table', { name: 'What changed' });
  expect(within(causes).getByRole('row', { name: 'Cache use −$5.00' })).toBeInTheDocument();
});

it('says what to do where there is no cost, no query of ours, or the collector refuses', async () => {
  const nothing = reportOf({ before: '0' });
  const { unmount } = show({ data: { ...nothing, after: { ...nothing.after, cost: '0' } } });
  expect(await screen.findByText(/^Neither period cost anything.* 3 after\.$/)).toBeInTheDocument();
  unmount();
  const other = show({ data: nothing }, { targets: [{ refId: 'A', datasource: { type: 'prometheus', uid: 'p' } }] });
  expect(screen.getByText(/^Nothing to compare\. Give this panel a query/)).toBeInTheDocument();
  expect(other.asked).toEqual([]);
  other.unmount();
  show({ status: 403, detail: 'no tenant is assigned to you' });
  expect(await screen.findByText(/no tenant is assigned to you/)).toBeInTheDocument();
  expect(screen.getByRole('button', { name: 'Try again' })).toBeInTheDocument();
});
