import { Button, Field, IconButton, Input, MultiCombobox, Stack } from '@grafana/ui';
import React from 'react';
import { Group } from '../shared/Group';
import type { PartProps } from './BudgetForm';
import { type Action, ACTIONS } from './budgets';
import { type DraftThreshold, sendsWebhooks } from './draft';
import { ACTION_LABELS } from './words';

const OPTIONS = ACTIONS.map((value) => ({ value, ...ACTION_LABELS[value] }));

/** What happens at which part of the limit. */
export function ThresholdFields({ draft, problems, change }: PartProps): React.JSX.Element {
  const { thresholds } = draft;
  const replace = (at: number, next: DraftThreshold | null) =>
    change({ thresholds: thresholds.flatMap((one, i) => (i === at ? (next ?? []) : one)) });
  return (
    <>
      <Field
        noMargin
        label="Thresholds"
        description="Each is told once until the reset"
        invalid={problems.thresholds !== undefined}
        error={problems.thresholds}
      >
        <Group>
          {thresholds.map((one, i) => (
            <Stack key={i} direction="row" gap={1} wrap="wrap" alignItems="center">
              <Input
                aria-label={`Threshold ${i + 1}`}
                width={12}
                suffix="%"
                inputMode="decimal"
                value={one.percent}
                onChange={({ currentTarget }) => replace(i, { ...one, percent: currentTarget.value })}
              />
              <label
                className="sr-only"
                htmlFor={`llmcost-budget-actions-${i}`}
              >{`Actions of threshold ${i + 1}`}</label>
              <MultiCombobox<Action>
                id={`llmcost-budget-actions-${i}`}
                width="auto"
                minWidth={28}
                maxWidth={60}
                placeholder="Nothing: it is only shown"
                options={OPTIONS}
                value={[...one.actions]}
                onChange={(chosen) => replace(i, { ...one, actions: chosen.map(({ value }) => value) })}
              />
              {thresholds.length > 1 && (
                <IconButton
                  name="trash-alt"
                  aria-label={`Remove threshold ${i + 1}`}
                  onClick={() => replace(i, null)}
                />
              )}
            </Stack>
          ))}
          <div>
            <Button
              size="sm"
              variant="secondary"
              icon="plus"
              type="button"
              onClick={() => change({ thresholds: [...thresholds, { percent: '90', actions: ['notify'] }] })}
            >
              Add threshold
            </Button>
          </div>
        </Group>
      </Field>
      {sendsWebhooks(draft) && (
        <Field
          noMargin
          label="Webhook"
          description="Signed with LLMCOST_WEBHOOK_SECRET of the collector"
          htmlFor="llmcost-budget-webhook"
          invalid={problems.webhook !== undefined}
          error={problems.webhook}
        >
          <Input
            id="llmcost-budget-webhook"
            type="url"
            placeholder="https://example.com/hook"
            value={draft.webhook_url ?? ''}
            onChange={({ currentTarget }) => change({ webhook_url: currentTarget.value })}
          />
        </Field>
      )}
    </>
  );
}
