import { PluginPage } from '@grafana/runtime';
import { Box, Tab, TabContent, TabsBar } from '@grafana/ui';
import React from 'react';
import { useSearchParams } from 'react-router-dom';
import { SavedTab } from './SavedTab';
import { SavingsTab } from './SavingsTab';
import { ScenarioTab } from './ScenarioTab';

const TABS = [
  { id: 'scenario', label: 'What if', body: ScenarioTab },
  { id: 'saved', label: 'Saved', body: SavedTab },
  { id: 'savings', label: 'Savings', body: SavingsTab },
] as const;

/** What the work would cost with changes, scenarios that are kept, and what could be saved. */
export function WhatIfPage(): React.JSX.Element {
  const [search, setSearch] = useSearchParams();
  const active = TABS.find(({ id }) => id === search.get('tab')) ?? TABS[0];
  const Body = active.body;
  return (
    <PluginPage subTitle="Start with what the last days cost, change what you like, and see what a month and a year cost.">
      <TabsBar>
        {TABS.map(({ id, label }) => (
          <Tab
            key={id}
            label={label}
            active={id === active.id}
            onChangeTab={() =>
              setSearch((before) => {
                const after = new URLSearchParams(before);
                after.set('tab', id);
                return after;
              })
            }
          />
        ))}
      </TabsBar>
      <TabContent>
        <Box paddingTop={2}>
          <Body />
        </Box>
      </TabContent>
    </PluginPage>
  );
}
