import { Combobox, type ComboboxOption, Field, Input, Stack } from '@grafana/ui';
import React from 'react';
import type { PartProps } from './BudgetForm';
import { type Period, PERIODS } from './budgets';
import { STARTS_ON } from './draft';
import { nameOf, PERIOD_LABELS } from './words';

const PERIOD_OPTIONS = PERIODS.map((value) => ({ value, label: PERIOD_LABELS[value] }));
const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'].map((label, i) => ({
  value: String(i + 1),
  label,
}));
const ZONES: ComboboxOption[] = ['UTC', ...Intl.supportedValuesOf('timeZone')].map((value) => ({ value }));

/** How much, how long, and in whose calendar. */
export function WindowFields({ draft, problems, change }: PartProps): React.JSX.Element {
  const scope = Object.fromEntries(draft.scope.map(({ dimension, values }) => [dimension, [...values]]));
  return (
    <>
      <Stack direction="row" gap={2} wrap="wrap">
        <Field
          noMargin
          label="Limit"
          required
          htmlFor="llmcost-budget-amount"
          invalid={problems.amount !== undefined}
          error={problems.amount}
        >
          <Input
            id="llmcost-budget-amount"
            width={18}
            prefix="$"
            inputMode="decimal"
            placeholder="250"
            autoFocus
            value={draft.amount}
            onChange={({ currentTarget }) => change({ amount: currentTarget.value })}
          />
        </Field>
        <Field noMargin label="Per" htmlFor="llmcost-budget-period">
          <Combobox<Period>
            id="llmcost-budget-period"
            width={16}
            options={PERIOD_OPTIONS}
            value={draft.period}
            onChange={({ value }) => change({ period: value, starts_on: '' })}
          />
        </Field>
        <StartsOn draft={draft} problems={problems} change={change} />
        {draft.period !== 'run' && (
          <Field noMargin label="Time zone of the calendar" htmlFor="llmcost-budget-zone">
            <Combobox
              id="llmcost-budget-zone"
              width={28}
              options={ZONES}
              value={draft.time_zone}
              onChange={({ value }) => change({ time_zone: value })}
            />
          </Field>
        )}
      </Stack>
      <Field noMargin label="Name" description="For people; empty: as shown" htmlFor="llmcost-budget-name">
        <Input
          id="llmcost-budget-name"
          placeholder={nameOf({ ...draft, scope })}
          value={draft.name}
          onChange={({ currentTarget }) => change({ name: currentTarget.value })}
        />
      </Field>
    </>
  );
}

/** On which day the period begins, where that can be chosen. */
function StartsOn({ draft, problems, change }: Omit<PartProps, 'tenants'>): React.JSX.Element | null {
  const last = STARTS_ON[draft.period];
  if (last === undefined) {
    return null;
  }
  return draft.period === 'week' ? (
    <Field noMargin label="Begins on" htmlFor="llmcost-budget-start">
      <Combobox
        id="llmcost-budget-start"
        width={16}
        options={WEEKDAYS}
        value={draft.starts_on || '1'}
        onChange={({ value }) => change({ starts_on: value })}
      />
    </Field>
  ) : (
    <Field
      noMargin
      label="Begins on day"
      htmlFor="llmcost-budget-start"
      invalid={problems.starts_on !== undefined}
      error={problems.starts_on}
    >
      <Input
        id="llmcost-budget-start"
        width={12}
        inputMode="numeric"
        placeholder="1"
        value={draft.starts_on}
        onChange={({ currentTarget }) => change({ starts_on: currentTarget.value })}
      />
    </Field>
  );
}
