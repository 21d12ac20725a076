import { hasPermission, PluginPage } from '@grafana/runtime';
import { Box, Tab, TabContent, TabsBar } from '@grafana/ui';
import React from 'react';
import { useSearchParams } from 'react-router-dom';
import { HistoryTab } from './HistoryTab';
import { PriceBookTab } from './PriceBookTab';
import { WRITE_PRICES } from './prices';
import { RepriceTab } from './RepriceTab';
import { UnpricedTab } from './UnpricedTab';

const TABS = [
  { id: 'book', label: 'Price book', writes: false, body: PriceBookTab },
  { id: 'unpriced', label: 'Unpriced models', writes: false, body: UnpricedTab },
  { id: 'reprice', label: 'Price again', writes: true, body: RepriceTab },
  { id: 'history', label: 'History', writes: true, body: HistoryTab },
] as const;

/** The price book, what has no price, pricing the past again, and who changed what. */
export function PricesPage(): React.JSX.Element {
  const [search, setSearch] = useSearchParams();
  const canWrite = hasPermission(WRITE_PRICES);
  const tabs = TABS.filter(({ writes }) => canWrite || !writes);
  const active = tabs.find(({ id }) => id === search.get('tab')) ?? tabs[0];
  const Body = active.body;
  return (
    <PluginPage
      subTitle={
        canWrite
          ? 'What calls are priced with: the catalogue, your overrides with their dates, and what has no price yet.'
          : 'What calls are priced with. Administrators can change prices.'
      }
    >
      <TabsBar>
        {tabs.map(({ id, label }) => (
          <Tab key={id} label={label} active={id === active.id} onChangeTab={() => setSearch({ tab: id })} />
        ))}
      </TabsBar>
      <TabContent>
        <Box paddingTop={2}>
          <Body canWrite={canWrite} />
        </Box>
      </TabContent>
    </PluginPage>
  );
}
