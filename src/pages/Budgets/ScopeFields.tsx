import { Button, Combobox, type ComboboxOption, Field, IconButton, MultiCombobox, Stack } from '@grafana/ui';
import React, { useCallback } from 'react';
import { dimensionLabel, SCOPE_DIMENSIONS } from '../../query';
import { Group } from '../shared/Group';
import { TenantPicker } from '../shared/TenantPicker';
import type { PartProps } from './BudgetForm';
import { offerValues } from './budgets';
import type { DraftScope } from './draft';

const DIMENSIONS: ComboboxOption[] = SCOPE_DIMENSIONS.map((value) => ({ value, label: dimensionLabel(value) }));

/** Which calls count: a tenant's or everybody's, and of those the ones that carry what is chosen. */
export function ScopeFields({ draft, problems, tenants, change }: PartProps): React.JSX.Element {
  const { tenant, scope } = draft;
  const replace = (at: number, next: DraftScope | null) =>
    change({ scope: scope.flatMap((one, i) => (i === at ? (next ?? []) : one)) });
  return (
    <Stack direction="column" gap={1}>
      <Field
        noMargin
        label="Tenant"
        description="Whose calls count"
        htmlFor="llmcost-budget-tenant"
        invalid={problems.tenant !== undefined}
        error={problems.tenant}
      >
        <TenantPicker
          id="llmcost-budget-tenant"
          width={40}
          placeholder={tenants === null ? 'All tenants' : 'Choose a tenant'}
          among={tenants}
          tenant={tenant}
          onChange={(chosen) => change({ tenant: chosen })}
        />
      </Field>
      <Field
        noMargin
        label="Only calls of"
        description={
          scope.length ? 'Every line must match; values of a line are alternatives' : 'Everything of the tenant counts'
        }
        invalid={problems.scope !== undefined}
        error={problems.scope}
      >
        <Group>
          {scope.map((one, i) => (
            <ScopeLine
              key={i}
              line={one}
              number={i + 1}
              tenant={tenant}
              taken={scope.map(({ dimension }) => dimension)}
              onChange={(next) => replace(i, next)}
            />
          ))}
          <div>
            <Button
              size="sm"
              variant="secondary"
              icon="plus"
              type="button"
              onClick={() => {
                const taken = scope.map(({ dimension }) => dimension);
                const next = SCOPE_DIMENSIONS.find((name) => !taken.includes(name)) ?? '';
                change({ scope: [...scope, { dimension: next, values: [] }] });
              }}
            >
              Narrow it down
            </Button>
          </div>
        </Group>
      </Field>
    </Stack>
  );
}

interface LineProps {
  line: DraftScope;
  number: number;
  tenant: string | null;
  taken: readonly string[];
  onChange: (next: DraftScope | null) => void;
}

function ScopeLine({ line, number, tenant, taken, onChange }: LineProps): React.JSX.Element {
  const { dimension, values } = line;
  const options = useCallback((typed: string) => offerValues(dimension, tenant, typed), [dimension, tenant]);
  return (
    <Stack direction="row" gap={1} wrap="wrap" alignItems="center">
      <Combobox
        aria-label={`Dimension ${number}`}
        width={20}
        createCustomValue
        customValueDescription="Use as a tag (tags.…)"
        options={DIMENSIONS.filter(({ value }) => value === dimension || !taken.includes(value))}
        value={dimension}
        onChange={({ value }) => onChange({ dimension: value, values: [] })}
      />
      {/* It takes no aria-label. */}
      <label className="sr-only" htmlFor={`llmcost-budget-values-${number}`}>
        {`Values of ${dimensionLabel(dimension)}`}
      </label>
      <MultiCombobox
        id={`llmcost-budget-values-${number}`}
        width="auto"
        minWidth={28}
        maxWidth={60}
        placeholder="Choose or type values"
        createCustomValue
        options={options}
        value={values.map((value) => ({ value }))}
        onChange={(chosen) => onChange({ dimension, values: chosen.map(({ value }) => value) })}
      />
      <IconButton name="trash-alt" aria-label={`Remove line ${number}`} onClick={() => onChange(null)} />
    </Stack>
  );
}
