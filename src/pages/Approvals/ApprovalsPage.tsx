import { hasPermission, PluginPage } from '@grafana/runtime';
import { Alert, Box, Tab, TabContent, TabsBar } from '@grafana/ui';
import React from 'react';
import { useSearchParams } from 'react-router-dom';
import { DECIDE } from './approvals';
import { HistoryTab } from './HistoryTab';
import { WaitingTab } from './WaitingTab';

const TABS = [
  { id: 'waiting', label: 'Waiting' },
  { id: 'history', label: 'History' },
] as const;

/** Calls that wait for somebody to agree, and those about which somebody decided. */
export function ApprovalsPage(): React.JSX.Element {
  const [search, setSearch] = useSearchParams();
  const canDecide = hasPermission(DECIDE);
  const active = search.get('tab') === 'history' ? 'history' : 'waiting';
  return (
    <PluginPage subTitle="Calls that would go beyond a budget and wait for somebody to agree. Who decides is on record, by name.">
      {!canDecide && (
        <Alert severity="info" title="You can look, not decide">
          Editors and administrators decide about approvals. Ask one of them, or an administrator to give you the role.
        </Alert>
      )}
      <TabsBar>
        {TABS.map(({ id, label }) => (
          <Tab key={id} label={label} active={id === active} onChangeTab={() => setSearch({ tab: id })} />
        ))}
      </TabsBar>
      <TabContent>
        <Box paddingTop={2}>{active === 'history' ? <HistoryTab /> : <WaitingTab canDecide={canDecide} />}</Box>
      </TabContent>
    </PluginPage>
  );
}
