import { hasPermission, PluginPage } from '@grafana/runtime';
import { Alert, LinkButton, Stack, Text } from '@grafana/ui';
import React, { useCallback } from 'react';
import { getStatus } from '../../collector/client';
import { CONFIGURATION_PATH, DEFAULT_COLLECTOR_URL } from '../../constants';
import type { AppSettings } from '../../settings';
import { type Check, collectorCheck, dataCheck, testDataSource } from './checks';
import { Snippets } from './Snippets';
import { Sources } from './Sources';
import { usePolling } from '../shared/usePolling';

/** A first call should show up while somebody is looking. */
const POLL_MS = 5_000;

function CheckAlert({ status, title, message }: Check): React.JSX.Element {
  return (
    <Alert severity={status === 'loading' ? 'info' : status} title={title}>
      {message}
    </Alert>
  );
}

/** Grafana's own permission to change an app's settings; the page says nothing to anybody else. */
const CONFIGURE = 'plugins:write';

/** Is the collector there, is data arriving, and how to send some. */
export function SetupPage({ settings }: { settings: AppSettings }): React.JSX.Element {
  const status = usePolling(getStatus, POLL_MS);
  const ask = useCallback(() => testDataSource(settings), [settings]);
  const data = usePolling(ask, POLL_MS);
  return (
    <PluginPage
      subTitle="Is the collector there, is data arriving, and what to paste into a client."
      actions={
        <Stack direction="row" gap={1}>
          {hasPermission(CONFIGURE) && (
            <LinkButton variant="secondary" icon="cog" href={CONFIGURATION_PATH}>
              Configuration
            </LinkButton>
          )}
          <LinkButton icon="apps" href="/d/llm-cost-overview">
            Overview
          </LinkButton>
        </Stack>
      }
    >
      <Stack direction="column" gap={2}>
        <div>
          <CheckAlert {...collectorCheck(settings, status)} />
          <CheckAlert {...dataCheck(data)} />
        </div>
        {status.state === 'ok' && status.value.sources.length > 0 && (
          <section>
            <Text element="h2" variant="h4">
              Sources
            </Text>
            <Sources {...status.value} />
          </section>
        )}
        <section>
          <Text element="h2" variant="h4">
            Send calls
          </Text>
          <Snippets url={settings.collectorUrl ?? DEFAULT_COLLECTOR_URL} />
        </section>
      </Stack>
    </PluginPage>
  );
}
