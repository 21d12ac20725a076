import { css } from '@emotion/css';
import { Alert, Button, Drawer, Stack } from '@grafana/ui';
import React, { type FormEvent, useCallback, useState } from 'react';
import { useAction } from '../shared/useAction';
import { type Budget, type BudgetList, createBudget, updateBudget } from './budgets';
import { type Draft, draftOf, newDraft, problemsOf, toInput } from './draft';
import { MoreFields } from './MoreFields';
import { PreviewBox } from './PreviewBox';
import { ScopeFields } from './ScopeFields';
import { ThresholdFields } from './ThresholdFields';
import { WindowFields } from './WindowFields';

/** What every part of the form takes. */
export interface PartProps {
  draft: Draft;
  problems: ReturnType<typeof problemsOf>;
  /** Of whom the editor may make budgets; null for all. */
  tenants: BudgetList['tenants'];
  change: (patch: Partial<Draft>) => void;
}

interface Props {
  /** Null: a new one. */
  budget: Budget | null;
  tenants: BudgetList['tenants'];
  canWrite: boolean;
  onClose: () => void;
  onSaved: () => void;
}

/** Why a budget can't be changed here; undefined when it can. */
function readOnlyReason(budget: Budget | null, canWrite: boolean): string | undefined {
  if (budget?.origin === 'file') {
    return 'It is provisioned: change or remove it in the collector’s configuration file (budgets), and start the collector again.';
  }
  return canWrite ? undefined : 'Editors and administrators can change budgets.';
}

/** Makes or changes a budget, with what it would say beside it. */
export function BudgetForm({ budget, tenants, canWrite, onClose, onSaved }: Props): React.JSX.Element {
  const [draft, setDraft] = useState<Draft>(() => (budget ? draftOf(budget) : newDraft(tenants)));
  const [tried, setTried] = useState(false);
  const reason = readOnlyReason(budget, canWrite);
  const problems = problemsOf(draft, tenants);
  const broken = Object.keys(problems).length > 0;
  const change = (patch: Partial<Draft>) => setDraft((before) => ({ ...before, ...patch }));
  const save = useAction(
    'The budget was not saved',
    useCallback(
      async (input: Draft) => {
        const sent = toInput(input);
        await (budget ? updateBudget(budget.id, budget.version, sent) : createBudget(sent));
        onSaved();
        return `${sent.name} is saved.`;
      },
      [budget, onSaved]
    )
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!broken) {
      void save.run(draft);
    }
  };
  const part: PartProps = { draft, problems: tried ? problems : {}, tenants, change };
  return (
    <Drawer
      title={budget ? budget.name : 'New budget'}
      subtitle={budget ? `Version ${budget.version}, by ${budget.updated_by}` : 'A limit, for whom, and until when'}
      size="md"
      onClose={onClose}
    >
      <form onSubmit={submit} noValidate>
        <Stack direction="column" gap={2}>
          {reason && (
            <Alert severity="info" title="Read only">
              {reason}
            </Alert>
          )}
          <fieldset disabled={reason !== undefined} className={plain}>
            <Stack direction="column" gap={2}>
              <WindowFields {...part} />
              <ScopeFields {...part} />
              <ThresholdFields {...part} />
              <MoreFields {...part} />
            </Stack>
          </fieldset>
          {problems.tenant === undefined && (
            <PreviewBox draft={draft} onUse={reason ? undefined : (amount) => change({ amount })} />
          )}
          {save.problem}
          {tried && broken && (
            <Alert severity="warning" title="Not saved yet">
              {Object.values(problems).join('. ')}
            </Alert>
          )}
          <Stack direction="row" gap={1}>
            {!reason && (
              <Button type="submit" disabled={save.busy}>
                {save.busy ? 'Saving …' : 'Save'}
              </Button>
            )}
            <Button variant="secondary" type="button" onClick={onClose}>
              {reason ? 'Close' : 'Cancel'}
            </Button>
          </Stack>
        </Stack>
      </form>
    </Drawer>
  );
}

const plain = css({ border: 0, margin: 0, padding: 0, minWidth: 0 });
