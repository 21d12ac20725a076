import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';
import { givenBackend } from '../../testing/backend';
import { costSource, TestPostgres } from '../../testing/sources';
import { SetupPage } from './SetupPage';
import { snippets } from './snippets';

const URL = '/api/plugin-proxy/llmcost-app/api/status';

let mayConfigure = false;
jest.mock('@grafana/runtime', () => ({
  ...jest.requireActual<object>('@grafana/runtime'),
  hasPermission: (action: string) => action === 'plugins:write' && mayConfigure,
  // Needs the whole of Grafana around it.
  PluginPage: ({ children, actions }: { children: React.ReactNode; actions: React.ReactNode }) => (
    <main>
      {actions}
      {children}
    </main>
  ),
}));

it('says what is wrong with each half, and gives configuration with the collector’s address', async () => {
  const asked = givenBackend({ [URL]: { status: 502 } });
  const postgres = new TestPostgres();
  postgres.health = { status: 'error', message: 'connection refused' };
  costSource(postgres);
  render(<SetupPage settings={{ collectorUrl: 'http://collector:4318/', datasourceUid: 'cost' }} />);
  expect(await screen.findByText(/can’t be reached from Grafana’s server/)).toBeInTheDocument();
  expect(await screen.findByText(/database can’t be reached/)).toBeInTheDocument();
  expect(asked[0]).toMatchObject({ url: URL, showErrorAlert: false });
  await userEvent.click(screen.getByText('curl'));
  expect(screen.getByText(/^curl -sS http:\/\/collector:4318\/v1\/events/)).toBeInTheDocument();
});

it('shows who sends calls', async () => {
  const status = {
    version: '0.1.0',
    started_at: '2026-11-22T08:00:00Z',
    events_total: 5,
    last_event_at: '2026-11-22T09:00:00Z',
    unpriced_calls_24h: 0,
    sources: [{ source: 'otlp:@opentelemetry/instrumentation-openai', calls: 5, last_seen: '2026-11-22T09:00:00Z' }],
    attributes: ['gen_ai.request.model'],
  };
  givenBackend({ [URL]: { data: status } });
  costSource();
  render(<SetupPage settings={{ collectorUrl: 'http://127.0.0.1:4318', datasourceUid: 'cost' }} />);
  expect(await screen.findByText('otlp:@opentelemetry/instrumentation-openai')).toBeInTheDocument();
  expect(screen.getByText('Attributes seen: gen_ai.request.model')).toBeInTheDocument();
});

it.each(snippets('http://127.0.0.1:4318/'))('$name: the address is there, without a double slash', ({ code }) => {
  expect(code).toContain('http://127.0.0.1:4318');
  expect(code).not.toMatch(/4318\/\//);
});

it('the call by hand is an event that the collector takes', () => {
  const { code } = snippets('http://127.0.0.1:4318')[3];
  const body = code
    .slice(code.indexOf("-d '") + 4, code.indexOf("}'") + 1)
    .replace(/'"\$\(date[^)]*\)"'/, '2026-11-22T00:00:00Z');
  expect(JSON.parse(body)).toMatchObject({ id: 'first-call', model: 'gpt-4o-mini', usage: { input_tokens: 1200 } });
});

it('leads to the configuration those who may change it', async () => {
  givenBackend({ [URL]: { status: 502 } });
  costSource(new TestPostgres());
  mayConfigure = true;
  const { unmount } = render(<SetupPage settings={{ datasourceUid: 'cost' }} />);
  expect(await screen.findByRole('link', { name: 'Configuration' })).toBeInTheDocument();
  unmount();
  mayConfigure = false;
  render(<SetupPage settings={{ datasourceUid: 'cost' }} />);
  expect(await screen.findByRole('link', { name: 'Overview' })).toBeInTheDocument();
  expect(screen.queryByRole('link', { name: 'Configuration' })).not.toBeInTheDocument();
});
