import { LoadingState } from '@grafana/data';
import { render, screen, waitFor } from '@testing-library/react';
import userEvent, { PointerEventsCheckLevel } from '@testing-library/user-event';
import React, { useState } from 'react';
import { givenLayout } from '../../testing/layout';
import { costSource, NOVEMBER, panelRequest, tableFrame, TestPostgres } from '../../testing/sources';
import { givenTemplates } from '../../testing/templates';
import type { LlmCostQuery } from '../types';
import { QueryEditor } from './QueryEditor';

// Monaco needs a browser; what it holds is a text.
jest.mock('@grafana/ui', () => ({
  ...jest.requireActual<object>('@grafana/ui'),
  CodeEditor: ({ value, onBlur }: { value: string; onBlur: (text: string) => void }) => (
    <textarea aria-label="SQL text" defaultValue={value} onBlur={(event) => onBlur(event.currentTarget.value)} />
  ),
}));

const onRunQuery = jest.fn();
const changes: LlmCostQuery[] = [];

/** The editor as Grafana holds it: what it changes comes back to it. */
function Editor({ initial, postgres }: { initial: Partial<LlmCostQuery>; postgres: TestPostgres }) {
  const [query, setQuery] = useState<LlmCostQuery>({ refId: 'A', ...initial });
  const [source] = useState(() => costSource(postgres).source);
  const change = (changed: LlmCostQuery) => {
    changes.push(changed);
    setQuery(changed);
  };
  const request = panelRequest([query]);
  return (
    <QueryEditor
      datasource={source}
      query={query}
      onChange={change}
      onRunQuery={onRunQuery}
      range={NOVEMBER}
      data={{ state: LoadingState.Done, series: [], timeRange: NOVEMBER, request }}
    />
  );
}

const show = (initial: Partial<LlmCostQuery>, postgres = new TestPostgres()) => {
  render(<Editor initial={initial} postgres={postgres} />);
  return userEvent.setup({ delay: null, pointerEventsCheck: PointerEventsCheckLevel.Never });
};
const last = () => changes[changes.length - 1];
/** An option of the open list, by its label. Queries by role are slow on a page with lists. */
const option = (label: string) => screen.findByText(label, { selector: '[role=option] *' });

beforeEach(() => {
  givenLayout();
  givenTemplates({ tenant: { value: ['acme'] } });
  changes.length = 0;
  onRunQuery.mockReset();
});
afterEach(() => jest.restoreAllMocks());

it('picks metrics by their names, and runs the query', async () => {
  const user = show({ metrics: ['total_cost'] });
  await user.click(screen.getByLabelText('Metrics'));
  await user.type(screen.getByLabelText('Metrics'), 'Tokens per');
  await user.click(await option('Tokens per dollar'));
  expect(last().metrics).toEqual(['total_cost', 'tokens_per_dollar']);
  expect(onRunQuery).toHaveBeenCalledTimes(1);
});

it('groups by dimensions, tags that calls carry, and variables', async () => {
  const postgres = new TestPostgres();
  postgres.answer = () => tableFrame({ key: ['tags.ticket'] });
  const user = show({ metrics: ['total_cost'], groupBy: ['model'] }, postgres);
  await user.type(screen.getByLabelText('Group by'), 'tick');
  await user.click(await option('tags.ticket'));
  expect(last().groupBy).toEqual(['model', 'tags.ticket']);
  await user.clear(screen.getByLabelText('Group by'));
  await user.type(screen.getByLabelText('Group by'), '$ten');
  await user.click(await option('$tenant'));
  expect(last().groupBy).toEqual(['model', 'tags.ticket', '$tenant']);
});

it('offers what was typed as a tag last, after every dimension that it may mean', async () => {
  const user = show({ metrics: ['total_cost'] });
  await user.click(screen.getByLabelText('Group by'));
  await user.paste('proj');
  await option('tags.proj');
  const offered = screen.getAllByRole('option').map(({ textContent }) => textContent ?? '');
  expect(offered[0]).toContain('Project');
  expect(offered[offered.length - 1]).toContain('tags.proj');
  await user.click(await option('tags.proj'));
  expect(last().groupBy).toEqual(['tags.proj']);
});

it('filters by values that occur in the data', async () => {
  const postgres = new TestPostgres();
  postgres.answer = ({ refId }) => tableFrame(refId === 'tags' ? { key: [] } : { project: ['chat', 'search'] });
  const user = show({ metrics: ['total_cost'] }, postgres);
  await user.click(screen.getByText('Add filter'));
  await user.type(screen.getByLabelText('Filter by', { exact: true }), 'proj');
  await user.click(await option('Project'));
  await user.click(screen.getByLabelText('Values of Project'));
  await user.click(await option('search'));
  expect(last().filters).toEqual([{ dimension: 'project', operator: '=', values: ['search'] }]);
  await user.click(screen.getByLabelText('Remove the filter by Project'));
  expect(last().filters).toEqual([]);
});

it('forgets the values of a filter whose dimension changes', async () => {
  const user = show({
    metrics: ['total_cost'],
    filters: [{ dimension: 'model', operator: '!=', values: ['gpt-4.1'] }],
  });
  await user.click(screen.getByLabelText('Filter by', { exact: true }));
  await user.click(await option('Tenant'));
  expect(last().filters).toEqual([{ dimension: 'tenant', operator: '!=', values: [] }]);
});

it('shows the top groups and adds the others up', async () => {
  const user = show({ metrics: ['total_cost'], groupBy: ['model'] });
  await user.type(screen.getByLabelText('Show the top'), '5');
  await user.tab();
  expect(last().limit).toBe(5);
  await user.click(screen.getByLabelText('The rest as “Other”'));
  expect(last().withOther).toBe(false);
});

it('takes no limit below one', async () => {
  const user = show({ metrics: ['total_cost'], groupBy: ['model'], limit: 5 });
  await user.clear(screen.getByLabelText('Show the top'));
  await user.type(screen.getByLabelText('Show the top'), '0');
  await user.tab();
  expect(last().limit).toBeUndefined();
});

it('drops an order by something that is no longer asked for', async () => {
  const user = show({ metrics: ['total_cost'], groupBy: ['model'], orderBy: 'model', direction: 'asc' });
  await user.click(screen.getByLabelText('Remove Model'));
  expect(last()).toMatchObject({ groupBy: [], orderBy: undefined, direction: undefined });
});

it('offers scaled sums in tables only', async () => {
  const user = show({ metrics: ['total_cost'], format: 'table' });
  await user.click(screen.getByLabelText('Sums as'));
  await user.click(await option('Per day'));
  expect(last().scale).toBe('per_day');
  await user.click(screen.getByLabelText('Time series'));
  expect(last()).toMatchObject({ format: 'time_series', scale: undefined });
  expect(screen.queryByLabelText('Sums as')).not.toBeInTheDocument();
});

it('shows the SQL and what answers it', async () => {
  const user = show({ metrics: ['total_cost'], groupBy: ['model'], format: 'table' });
  await user.click(screen.getByText('SQL'));
  expect(screen.getByTestId('llmcost-sql')).toHaveTextContent(/^WITH base AS .*public\.usage_model_1d/);
  expect(screen.getByText('Answered by usage_model_1d')).toBeInTheDocument();
  expect(screen.getByText('Copy as PostgreSQL query')).toBeInTheDocument();
});

it('says why a query cannot be answered', async () => {
  show({ metrics: ['retry_cost'], groupBy: ['cost_type'], format: 'table' });
  await waitFor(() => expect(screen.getByText(/retry_cost can't be divided by cost type/)).toBeInTheDocument());
  expect(screen.queryByText('SQL')).not.toBeInTheDocument();
});

it('goes on with the SQL of the query, with macros in place of the range, and back to the builder', async () => {
  const user = show({ metrics: ['total_cost'], groupBy: ['model'], format: 'table' });
  await user.click(screen.getByText('SQL'));
  await user.click(screen.getByText('Edit SQL'));
  expect(last().sql).toMatch(/^WITH base AS[^]*\$__timeFrom\(\)/);
  const text = screen.getByLabelText('SQL text');
  await user.clear(text);
  await user.paste('SELECT 1');
  await user.tab();
  expect(last()).toMatchObject({ sql: 'SELECT 1', metrics: ['total_cost'], format: 'table' });
  await user.click(screen.getByText('Back to the builder'));
  await user.click(screen.getByText('Discard this SQL'));
  expect(last().sql).toBeUndefined();
  expect(screen.getByLabelText('Metrics')).toBeInTheDocument();
});
