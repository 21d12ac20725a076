import { hasPermission, PluginPage } from '@grafana/runtime';
import { Button, ConfirmModal, EmptyState, Field, Input, RadioButtonGroup, Stack, Text } from '@grafana/ui';
import React, { useCallback, useMemo, useState } from 'react';
import { useSearchParams } from 'react-router-dom';
import type { AppSettings } from '../../settings';
import { Answer } from '../shared/Answer';
import { DataTable, type TableColumn } from '../shared/DataTable';
import { count } from '../shared/format';
import { useAction } from '../shared/useAction';
import { useAsk } from '../shared/useAsk';
import { AlertDrawer } from './AlertDrawer';
import { BudgetForm } from './BudgetForm';
import { BudgetMenu } from './BudgetMenu';
import {
  type Budget,
  type BudgetList,
  inputOf,
  listBudgets,
  removeBudget,
  updateBudget,
  WRITE_BUDGETS,
} from './budgets';
import { budgetColumns } from './columns';
import { find, SEARCHED_FROM, type Shown } from './find';
import { HistoryDrawer } from './HistoryDrawer';

/** What is open over the list. */
type Open =
  | { readonly what: 'form'; readonly budget: Budget | null }
  | { readonly what: 'history'; readonly budget: Budget }
  | { readonly what: 'alert'; readonly budget: Budget }
  | { readonly what: 'removal'; readonly budget: Budget };

const NONE: BudgetList = { budgets: [], tenants: null };

/** Every budget with how it stands; made, changed, switched off and removed here. */
export function BudgetsPage({ settings }: { settings: AppSettings }): React.JSX.Element {
  const canWrite = hasPermission(WRITE_BUDGETS);
  const { asked, again } = useAsk(listBudgets);
  const [search, setSearch] = useSearchParams();
  const [open, setOpen] = useState<Open>();
  const { budgets, tenants } = asked.state === 'ok' ? asked.value : NONE;
  // Links from dashboards and alerts name the budget.
  const linked = budgets.find(({ id }) => id === search.get('budget'));
  const shown: Open | undefined = open ?? (linked && { what: 'form', budget: linked });
  const close = useCallback(() => {
    setOpen(undefined);
    setSearch((before) => {
      before.delete('budget');
      return before;
    });
  }, [setSearch]);
  const changed = useCallback(() => {
    close();
    again();
  }, [close, again]);
  const act = useAction(
    'The budget was not changed',
    useCallback(
      async (work: () => Promise<unknown>, done: string) => {
        await work();
        again();
        return done;
      },
      [again]
    )
  );
  const columns = useMemo(
    () =>
      budgetColumns((budget) => (
        <BudgetMenu
          budget={budget}
          canWrite={canWrite}
          onForm={() => setOpen({ what: 'form', budget })}
          onAlert={() => setOpen({ what: 'alert', budget })}
          onHistory={() => setOpen({ what: 'history', budget })}
          onRemove={() => setOpen({ what: 'removal', budget })}
          onSwitch={() =>
            void act.run(
              () => updateBudget(budget.id, budget.version, { ...inputOf(budget), enabled: !budget.enabled }),
              budget.enabled
                ? `${budget.name} is switched off: it neither warns nor stops anything.`
                : `${budget.name} is switched on.`
            )
          }
        />
      )),
    [canWrite, act]
  );
  const create = (
    <Button icon="plus" onClick={() => setOpen({ what: 'form', budget: null })}>
      New budget
    </Button>
  );
  return (
    <PluginPage
      subTitle={
        canWrite
          ? 'How much may be spent, by whom and until when; who is told, and what is stopped.'
          : 'How much may be spent, by whom and until when. Editors and administrators can change budgets.'
      }
      actions={
        <Stack direction="row" gap={1}>
          <Button variant="secondary" icon="sync" aria-label="Refresh" tooltip="Refresh" onClick={again} />
          {canWrite && create}
        </Stack>
      }
    >
      {act.problem}
      <Answer asked={asked} again={again} what="budgets">
        {({ budgets: list }) =>
          list.length === 0 ? <NoBudgets>{canWrite && create}</NoBudgets> : <Found budgets={list} columns={columns} />
        }
      </Answer>
      {/* Of whom there may be budgets is known with the list. */}
      {shown && asked.state !== 'loading' && (
        <Opened
          open={shown}
          tenants={tenants}
          canWrite={canWrite}
          settings={settings}
          onClose={close}
          onSaved={changed}
          onRemove={({ id, name }) => {
            close();
            void act.run(() => removeBudget(id), `${name} is removed.`);
          }}
        />
      )}
    </PluginPage>
  );
}

interface OpenedProps {
  open: Open;
  tenants: BudgetList['tenants'];
  canWrite: boolean;
  settings: AppSettings;
  onClose: () => void;
  onSaved: () => void;
  onRemove: (budget: Budget) => void;
}

/** What stands over the list. */
function Opened({ open, tenants, canWrite, settings, onClose, onSaved, onRemove }: OpenedProps): React.JSX.Element {
  switch (open.what) {
    case 'form':
      return (
        <BudgetForm
          key={open.budget?.id ?? 'new'}
          budget={open.budget}
          tenants={tenants}
          canWrite={canWrite}
          onClose={onClose}
          onSaved={onSaved}
        />
      );
    case 'alert':
      return <AlertDrawer budget={open.budget} settings={settings} onClose={onClose} />;
    case 'history':
      return <HistoryDrawer budget={open.budget} onClose={onClose} />;
    case 'removal':
      return (
        <ConfirmModal
          isOpen
          title={`Remove ${open.budget.name}?`}
          body="It no longer warns or stops anything, and its alerts end. Its history stays on record. To keep it for later, switch it off instead."
          confirmText="Remove"
          onConfirm={() => onRemove(open.budget)}
          onDismiss={onClose}
        />
      );
  }
}

const SHOWN: Array<{ value: Shown; label: string }> = [
  { value: 'all', label: 'All' },
  { value: 'trouble', label: 'Not OK' },
];

/** The list; a long one can be searched. */
function Found({
  budgets,
  columns,
}: {
  budgets: readonly Budget[];
  columns: ReadonlyArray<TableColumn<Budget>>;
}): React.JSX.Element {
  const [text, setText] = useState('');
  const [shown, setShown] = useState<Shown>('all');
  const found = useMemo(() => find(budgets, text, shown), [budgets, text, shown]);
  const number = `${count(budgets.length)} ${budgets.length === 1 ? 'budget' : 'budgets'}`;
  return (
    <>
      {budgets.length > SEARCHED_FROM && (
        <Stack direction="row" gap={2} alignItems="flex-end" wrap="wrap">
          <Field noMargin label="Find" htmlFor="llmcost-budgets-find">
            <Input
              id="llmcost-budgets-find"
              width={30}
              placeholder="Part of a name, tenant or scope"
              value={text}
              onChange={({ currentTarget }) => setText(currentTarget.value)}
            />
          </Field>
          <Field noMargin label="Show">
            <RadioButtonGroup options={SHOWN} value={shown} onChange={setShown} />
          </Field>
        </Stack>
      )}
      <div role="status">{found.length === 0 && <Text color="secondary">None of them is like that.</Text>}</div>
      {found.length > 0 && (
        <DataTable
          caption={found.length === budgets.length ? number : `${count(found.length)} of ${number}`}
          columns={columns}
          rows={found}
          idOf={({ id }) => id}
        />
      )}
    </>
  );
}

function NoBudgets({ children }: { children: React.ReactNode }): React.JSX.Element {
  return (
    <EmptyState variant="call-to-action" message="No budget yet" button={children || undefined}>
      <Text color="secondary">
        A budget says how much an organisation, project, agent, user or anything else may spend per hour to year, or per
        run. Grafana alerts at the thresholds; calls that ask before (POST /v1/authorize) can wait for an approval or be
        denied.
        {!children && ' Ask an editor or administrator to make one.'}
      </Text>
    </EmptyState>
  );
}
