import type { PluginConfigPageProps, PluginMeta } from '@grafana/data';
import { DataSourcePicker, getBackendSrv, locationService } from '@grafana/runtime';
import { Alert, Button, Field, Input, SecretInput, Stack } from '@grafana/ui';
import React, { type FormEvent, useState } from 'react';
import { lastValueFrom } from 'rxjs';
import { collectorProblem } from '../../collector/client';
import { APP_ID, DEFAULT_COLLECTOR_URL } from '../../constants';
import { DATASOURCE_TYPE } from '../../datasource/types';
import type { AppSecrets, AppSettings } from '../../settings';

type Props = PluginConfigPageProps<PluginMeta<AppSettings>>;

/** What is wrong with an address, or undefined. */
export function addressProblem(url: string): string | undefined {
  if (!/^https?:\/\/[^\s/]+/.test(url)) {
    return 'An address begins with http:// or https://, e.g. http://127.0.0.1:4318';
  }
  return /^https?:\/\/[^\s/]+\/./.test(url) ? 'Without a path: the app adds /v1/…' : undefined;
}

/** Where the collector is, with which key, and which data source the pages read. */
export default function Configuration({ plugin: { meta } }: Props): React.JSX.Element {
  const [settings, setSettings] = useState<AppSettings>({ ...meta.jsonData });
  const [token, setToken] = useState('');
  const [tokenKept, setTokenKept] = useState(Boolean(meta.secureJsonFields?.collectorToken));
  const [failed, setFailed] = useState<string>();
  const collectorUrl = settings.collectorUrl ?? '';
  const problem = collectorUrl ? addressProblem(collectorUrl) : undefined;

  const save = async () => {
    const secrets: AppSecrets | undefined = tokenKept ? undefined : { collectorToken: token };
    const data = {
      enabled: meta.enabled,
      pinned: meta.pinned,
      jsonData: { ...settings, collectorUrl: collectorUrl.replace(/\/+$/, '') },
      secureJsonData: secrets,
    };
    try {
      await lastValueFrom(getBackendSrv().fetch({ url: `/api/plugins/${APP_ID}/settings`, method: 'POST', data }));
      // The app is loaded with its settings once; it has to be loaded again to know them.
      locationService.reload();
    } catch (error) {
      setFailed(collectorProblem(error));
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void save();
  };

  return (
    <form onSubmit={submit}>
      <Stack direction="column" gap={2} alignItems="flex-start">
        <Field
          noMargin
          label="Collector address"
          description="As Grafana’s server reaches it. Pages ask the collector through Grafana, never from the browser."
          invalid={Boolean(problem)}
          error={problem}
          htmlFor="llmcost-collector-url"
        >
          <Input
            id="llmcost-collector-url"
            width={60}
            placeholder={DEFAULT_COLLECTOR_URL}
            value={collectorUrl}
            onChange={({ currentTarget }) => setSettings({ ...settings, collectorUrl: currentTarget.value })}
          />
        </Field>
        <Field
          noMargin
          label="Collector key"
          description="A key with the scope “read”. Not needed for a collector without keys on the same machine."
          htmlFor="llmcost-collector-token"
        >
          <SecretInput
            id="llmcost-collector-token"
            width={60}
            isConfigured={tokenKept}
            value={token}
            onChange={({ currentTarget }) => setToken(currentTarget.value)}
            onReset={() => setTokenKept(false)}
          />
        </Field>
        <Field noMargin label="Data source" description="The cost data source that the app’s pages read.">
          <DataSourcePicker
            type={DATASOURCE_TYPE}
            current={settings.datasourceUid ?? null}
            noDefault
            placeholder="The first LLM Cost data source"
            onChange={({ uid }) => setSettings({ ...settings, datasourceUid: uid })}
          />
        </Field>
        {failed && (
          <Alert severity="error" title="The settings were not saved">
            {failed}
          </Alert>
        )}
        <Button type="submit" disabled={!collectorUrl || Boolean(problem)}>
          Save
        </Button>
      </Stack>
    </form>
  );
}
