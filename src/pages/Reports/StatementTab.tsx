import { dateTimeFormat } from '@grafana/data';
import { hasPermission } from '@grafana/runtime';
import { Button, ConfirmModal, EmptyState, Field, Input, LinkButton, Stack, Text, TextLink } from '@grafana/ui';
import React, { useCallback, useMemo, useState } from 'react';
import { useSearchParams } from 'react-router-dom';
import { APP_PATH } from '../../constants';
import { download } from '../ExploreCosts/open';
import { Answer } from '../shared/Answer';
import { Figures } from '../shared/Figures';
import { count } from '../shared/format';
import { TenantPicker } from '../shared/TenantPicker';
import { useAction } from '../shared/useAction';
import { useAsk } from '../shared/useAsk';
import {
  amountText,
  type Asked,
  askStatement,
  closeMonth,
  type Month,
  type Statement,
  statementFile,
  WRITE_CHARGEBACK,
} from './chargeback';
import { CreditForm } from './CreditForm';
import { Lines, Sums } from './Lines';
import type { TabProps } from './ReportsPage';
import { isSumsBy, type SumsBy } from './sumsBy';

const CURRENCY = /^[A-Z]{3}$/;

/** The statement of a month, as a whole or of one tenant. */
export function StatementTab({ month, onClosed }: TabProps): React.JSX.Element {
  const [search, setSearch] = useSearchParams();
  const tenant = search.get('tenant');
  const currency = month.currency ?? search.get('currency') ?? 'USD';
  const wanted = useMemo(() => ({ month: month.month, tenant, currency }), [month.month, tenant, currency]);
  const { asked, again } = useAsk(useCallback(() => askStatement(wanted), [wanted]));
  const set = (name: string, value: string | null) =>
    setSearch((before) => {
      const after = new URLSearchParams(before);
      after.delete(name);
      if (value) {
        after.set(name, value);
      }
      return after;
    });
  return (
    <Stack direction="column" gap={2}>
      <Stack direction="row" gap={2} wrap="wrap" alignItems="flex-end">
        <Field noMargin label="Tenant" htmlFor="llmcost-reports-tenant">
          <TenantPicker
            id="llmcost-reports-tenant"
            width={30}
            tenant={tenant}
            onChange={(value) => set('tenant', value)}
          />
        </Field>
        <Field noMargin label="Currency" htmlFor="llmcost-reports-currency">
          <Input
            key={currency}
            id="llmcost-reports-currency"
            width={10}
            maxLength={3}
            disabled={month.currency !== null}
            defaultValue={currency}
            onBlur={({ currentTarget: { value } }) => {
              const code = value.trim().toUpperCase();
              if (CURRENCY.test(code) && code !== currency) {
                set('currency', code);
              }
            }}
          />
        </Field>
      </Stack>
      <Answer asked={asked} again={again} what="the statement">
        {(statement) => (
          <Found statement={statement} wanted={wanted} month={month} onChanged={again} onClosed={onClosed} />
        )}
      </Answer>
    </Stack>
  );
}

interface FoundProps {
  statement: Statement;
  wanted: Asked;
  month: Month;
  onChanged: () => void;
  onClosed: () => void;
}

const stateText = ({ state, closed_at, closed_by }: Month): { value: string; note?: string } =>
  state === 'closed'
    ? {
        value: 'Closed',
        note: `${dateTimeFormat(closed_at ?? 0, { format: 'YYYY-MM-DD HH:mm' })} by ${closed_by ?? '?'}`,
      }
    : state === 'open'
      ? { value: 'Open' }
      : { value: 'Not over yet', note: 'the amounts grow' };

function Found({ statement, wanted, month, onChanged, onClosed }: FoundProps): React.JSX.Element {
  const { lines, sums, total, total_usd, currency, notes, unpriced_calls } = statement;
  const adjusted = lines.filter(({ kind }) => kind === 'adjustment').length;
  return (
    <Stack direction="column" gap={2}>
      <Figures
        figures={[
          {
            label: 'Total',
            value: amountText(total, currency),
            note: currency === 'USD' ? undefined : amountText(total_usd, 'USD'),
          },
          { label: 'State', ...stateText(month) },
          {
            label: 'Lines',
            value: count(lines.length),
            note: adjusted ? `${count(adjusted)} correct earlier months` : undefined,
          },
          ...(unpriced_calls > 0
            ? [{ label: 'Charged to nobody', value: count(unpriced_calls), note: 'calls without a price' }]
            : []),
        ]}
      />
      {notes.map((note) => (
        <Text key={note} color="secondary" element="p">
          {note}
        </Text>
      ))}
      {unpriced_calls > 0 && (
        <Text element="p">
          <TextLink inline={false} href={`${APP_PATH}/prices?tab=unpriced`}>
            Give them a price
          </TextLink>
        </Text>
      )}
      <Actions wanted={wanted} month={month} onChanged={onChanged} onClosed={onClosed} />
      {lines.length === 0 ? (
        <EmptyState
          variant="not-found"
          message="Nothing is charged for this month"
          button={<LinkButton href={`${APP_PATH}/setup`}>How to send calls</LinkButton>}
        >
          <Text element="p">Take another month or tenant.</Text>
        </EmptyState>
      ) : (
        <>
          <SumsInTheAddress sums={sums} currency={currency} />
          <Lines lines={lines} currency={currency} />
        </>
      )}
    </Stack>
  );
}

/** By what the sums are told stays in the address, so that a link shows the same. */
function SumsInTheAddress(props: Pick<Statement, 'sums' | 'currency'>): React.JSX.Element {
  const [search, setSearch] = useSearchParams();
  const by = search.get('by');
  const set = (value: SumsBy) =>
    setSearch((before) => {
      const after = new URLSearchParams(before);
      after.set('by', value);
      return after;
    });
  return <Sums {...props} by={isSumsBy(by) ? by : 'all'} onBy={set} />;
}

type ActionsProps = Pick<FoundProps, 'wanted' | 'month' | 'onChanged' | 'onClosed'>;

function Actions({ wanted, month, onChanged, onClosed }: ActionsProps): React.JSX.Element {
  const [confirming, setConfirming] = useState(false);
  const [crediting, setCrediting] = useState(false);
  const mayWrite = hasPermission(WRITE_CHARGEBACK);
  const save = useAction(
    'There is no file',
    useCallback(
      async (format: 'csv' | 'focus') => {
        const name = `${format === 'focus' ? 'focus-1.2' : 'chargeback'}-${wanted.month}-${wanted.currency}.csv`;
        download(name, await statementFile(wanted, format));
        return undefined;
      },
      [wanted]
    )
  );
  const close = useAction(
    'The month was not closed',
    useCallback(async () => {
      await closeMonth(wanted.month, wanted.currency);
      onClosed();
      return `${wanted.month} is closed.`;
    }, [wanted, onClosed])
  );
  return (
    <>
      <Stack direction="row" gap={1} wrap="wrap">
        <Button variant="secondary" icon="download-alt" disabled={save.busy} onClick={() => void save.run('csv')}>
          CSV
        </Button>
        <Button variant="secondary" icon="download-alt" disabled={save.busy} onClick={() => void save.run('focus')}>
          FOCUS 1.2
        </Button>
        {mayWrite && month.state !== 'closed' && (
          <Button variant="secondary" icon="plus" onClick={() => setCrediting(true)}>
            Give a credit
          </Button>
        )}
        {mayWrite && month.can_close && (
          <Button variant="secondary" icon="lock" disabled={close.busy} onClick={() => setConfirming(true)}>
            Close this month
          </Button>
        )}
      </Stack>
      {save.problem}
      {close.problem}
      <ConfirmModal
        isOpen={confirming}
        title={`Close ${wanted.month}?`}
        body={`Its statements, of all tenants and in ${wanted.currency}, are kept as they are now. It can’t be opened again, and months before it can’t be closed any more. What changes about its calls later appears as adjustments in the next month.`}
        confirmText="Close the month"
        onConfirm={() => {
          setConfirming(false);
          void close.run();
        }}
        onDismiss={() => setConfirming(false)}
      />
      {crediting && (
        <CreditForm
          month={wanted.month}
          tenant={wanted.tenant}
          onClose={() => setCrediting(false)}
          onGiven={() => {
            setCrediting(false);
            onChanged();
          }}
        />
      )}
    </>
  );
}
