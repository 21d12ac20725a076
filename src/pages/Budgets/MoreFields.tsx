import { Field, Input, RadioButtonGroup, Stack, Switch, TextArea } from '@grafana/ui';
import React from 'react';
import type { PartProps } from './BudgetForm';
import { stopsCalls } from './draft';

const AWAY = [
  { value: 'allow' as const, label: 'Let calls through' },
  { value: 'deny' as const, label: 'Deny calls' },
];

/** What is stopped, and whom to ask. */
export function MoreFields({ draft, change }: PartProps): React.JSX.Element {
  return (
    <>
      <Field
        noMargin
        label="Hard limit"
        description="Calls that ask before (POST /v1/authorize) are never let through beyond the limit"
        htmlFor="llmcost-budget-hard"
      >
        <Switch
          id="llmcost-budget-hard"
          value={draft.hard}
          onChange={({ currentTarget }) => change({ hard: currentTarget.checked })}
        />
      </Field>
      {stopsCalls(draft) && (
        <Field noMargin label="While the database is away" htmlFor="llmcost-budget-away">
          <RadioButtonGroup
            id="llmcost-budget-away"
            options={AWAY}
            value={draft.on_unavailable}
            onChange={(on_unavailable) => change({ on_unavailable })}
          />
        </Field>
      )}
      <Stack direction="row" gap={2} wrap="wrap">
        <Field noMargin label="Owner" htmlFor="llmcost-budget-owner">
          <Input
            id="llmcost-budget-owner"
            width={28}
            placeholder="Whom to ask"
            value={draft.owner ?? ''}
            onChange={({ currentTarget }) => change({ owner: currentTarget.value })}
          />
        </Field>
        <Field noMargin label="Note" htmlFor="llmcost-budget-note">
          <TextArea
            id="llmcost-budget-note"
            cols={40}
            rows={1}
            value={draft.note ?? ''}
            onChange={({ currentTarget }) => change({ note: currentTarget.value })}
          />
        </Field>
      </Stack>
    </>
  );
}
