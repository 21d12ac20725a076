import { PluginPage } from '@grafana/runtime';
import { Box, Combobox, EmptyState, Field, LinkButton, Stack, Tab, TabContent, TabsBar, Text } from '@grafana/ui';
import React from 'react';
import { useSearchParams } from 'react-router-dom';
import { APP_PATH } from '../../constants';
import { Answer } from '../shared/Answer';
import { useAsk } from '../shared/useAsk';
import { BillsTab } from './BillsTab';
import { listMonths, type Month } from './chargeback';
import { DeliveriesTab } from './DeliveriesTab';
import { SplitsTab } from './SplitsTab';
import { StatementTab } from './StatementTab';

/** What every tab takes. */
export interface TabProps {
  month: Month;
  /** Asks for the months anew, after one was closed. */
  onClosed: () => void;
}

/** `isOfAll`: of all tenants together, so refused to who sees some of them. */
const TABS = [
  { id: 'statement', label: 'Statement', body: StatementTab, isOfAll: false },
  { id: 'splits', label: 'Shared costs', body: SplitsTab, isOfAll: false },
  { id: 'deliveries', label: 'Deliveries', body: DeliveriesTab, isOfAll: true },
  { id: 'bills', label: 'Providers’ bills', body: BillsTab, isOfAll: true },
] as const;

const STATES: Readonly<Record<Month['state'], string>> = {
  running: 'not over yet',
  open: 'open: late calls and new prices still change it',
  closed: 'closed: it does not change any more',
};

/** Monthly statements, how costs are shared, and the providers' bills beside them. */
export function ReportsPage(): React.JSX.Element {
  const [search, setSearch] = useSearchParams();
  const { asked, again } = useAsk(listMonths);
  const active = TABS.find(({ id }) => id === search.get('tab')) ?? TABS[0];
  const Body = active.body;
  // Nothing is offered before it is known whether it will be answered, but for where the viewer is.
  const seesAll = asked.state === 'ok' && (asked.value.tenants ?? null) === null;
  const set = (name: string, value: string) =>
    setSearch((before) => {
      const after = new URLSearchParams(before);
      after.set(name, value);
      return after;
    });
  return (
    <PluginPage subTitle="Who is charged what for a month (UTC), down to calls and price rows; and what the providers bill.">
      <TabsBar>
        {TABS.filter((tab) => seesAll || !tab.isOfAll || tab === active).map(({ id, label }) => (
          <Tab key={id} label={label} active={id === active.id} onChangeTab={() => set('tab', id)} />
        ))}
      </TabsBar>
      <TabContent>
        <Box paddingTop={2}>
          <Answer asked={asked} again={again} what="the months">
            {({ months, tenants }) => {
              if (active.isOfAll && tenants) {
                return <OfAll label={active.label} tenants={tenants} />;
              }
              const month = months.find((one) => one.month === search.get('month')) ?? months[0];
              return month ? (
                <Stack direction="column" gap={2}>
                  <Field noMargin label="Month" description={STATES[month.state]} htmlFor="llmcost-reports-month">
                    <Combobox
                      id="llmcost-reports-month"
                      width={34}
                      options={months.map((one) => ({
                        value: one.month,
                        label: one.month,
                        description: STATES[one.state],
                      }))}
                      value={month.month}
                      onChange={({ value }) => set('month', value)}
                    />
                  </Field>
                  <Body month={month} onClosed={again} />
                </Stack>
              ) : (
                <EmptyState
                  variant="not-found"
                  message="There is nothing to report yet"
                  button={<LinkButton href={`${APP_PATH}/setup`}>How to send calls</LinkButton>}
                >
                  <Text element="p">Statements begin with the month of the first call.</Text>
                </EmptyState>
              );
            }}
          </Answer>
        </Box>
      </TabContent>
    </PluginPage>
  );
}

/** Why a tab that a link led to shows nothing. */
function OfAll({ label, tenants }: { label: string; tenants: readonly string[] }): React.JSX.Element {
  return (
    <EmptyState
      variant="not-found"
      message={`${label} are of all organizations together`}
      button={<LinkButton href="?tab=statement">Show the statement</LinkButton>}
    >
      <Text element="p">{`You see ${tenants.join(', ') || 'none of them'}. Ask who sees all organizations.`}</Text>
    </EmptyState>
  );
}
