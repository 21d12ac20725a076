import type { PluginConfigPageProps, PluginMeta } from '@grafana/data';
import { locationService } from '@grafana/runtime';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';
import type { AppSettings } from '../../settings';
import { givenBackend } from '../../testing/backend';
import { givenDataSources } from '../../testing/sources';
import Configuration, { addressProblem } from './Configuration';

jest.mock('@grafana/runtime', () => ({
  ...jest.requireActual<object>('@grafana/runtime'),
  // Needs the whole of Grafana around it.
  DataSourcePicker: () => null,
}));

const URL = '/api/plugins/llmcost-app/settings';

function show(meta: Partial<PluginMeta<AppSettings>> = {}) {
  givenDataSources([]);
  const plugin = { meta: { enabled: true, pinned: false, jsonData: {}, ...meta } };
  const props = { plugin, query: {} } as unknown as PluginConfigPageProps<PluginMeta<AppSettings>>;
  render(<Configuration {...props} />);
  return userEvent.setup({ delay: null });
}

let reload: jest.SpyInstance;
beforeEach(() => {
  reload = jest.spyOn(locationService, 'reload').mockImplementation();
});
afterEach(() => reload.mockRestore());

it('saves the address without a slash at its end, and the key where only the server reads it', async () => {
  const asked = givenBackend({ [URL]: { data: {} } });
  const user = show();
  await user.type(screen.getByLabelText(/Collector address/), 'http://collector:4318/');
  await user.type(screen.getByLabelText(/Collector key/), 'secret');
  await user.click(screen.getByText('Save'));
  expect(asked[0]).toMatchObject({
    url: URL,
    method: 'POST',
    data: {
      enabled: true,
      jsonData: { collectorUrl: 'http://collector:4318' },
      secureJsonData: { collectorToken: 'secret' },
    },
  });
  expect(reload).toHaveBeenCalled();
});

it('leaves a key that is there alone', async () => {
  const asked = givenBackend({ [URL]: { data: {} } });
  const user = show({ jsonData: { collectorUrl: 'http://c:1' }, secureJsonFields: { collectorToken: true } });
  await user.click(screen.getByText('Save'));
  expect((asked[0].data as { secureJsonData?: unknown }).secureJsonData).toBeUndefined();
});

it('says why it was not saved', async () => {
  givenBackend({ [URL]: { status: 403 } });
  const user = show({ jsonData: { collectorUrl: 'http://c:1' } });
  await user.click(screen.getByText('Save'));
  expect(await screen.findByText('The settings were not saved')).toBeInTheDocument();
  expect(reload).not.toHaveBeenCalled();
});

it.each(['collector:4318', 'ftp://c', 'http://c:4318/v1', 'http:// c'])('refuses the address %s', (url) => {
  expect(addressProblem(url)).toBeDefined();
});

it.each(['http://127.0.0.1:4318', 'https://c.example.com', 'http://c:4318/'])('takes the address %s', (url) => {
  expect(addressProblem(url)).toBeUndefined();
});
