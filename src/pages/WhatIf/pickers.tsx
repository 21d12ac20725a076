import { Combobox, type ComboboxOption, Field, MultiCombobox } from '@grafana/ui';
import React, { useCallback, useId } from 'react';
import { offerValues } from '../Budgets/budgets';
import { listPrices } from '../Prices/prices';

interface ValuesProps {
  id: string;
  dimension: 'feature' | 'model';
  tenant: string | null;
  placeholder: string;
  values: readonly string[];
  onChange: (values: string[]) => void;
}

/** Several values of a dimension, of those that calls had lately. */
export function ValuesPicker({ id, dimension, tenant, placeholder, values, onChange }: ValuesProps): React.JSX.Element {
  const options = useCallback((typed: string) => offerValues(dimension, tenant, typed), [dimension, tenant]);
  return (
    <MultiCombobox
      id={id}
      width={30}
      placeholder={placeholder}
      createCustomValue
      options={options}
      value={values.map((value) => ({ value }))}
      onChange={(picked) => onChange(picked.map(({ value }) => value))}
    />
  );
}

interface ModelProps {
  label: string;
  about: string;
  target: string;
  problem?: string;
  onChange: (target: string) => void;
}

/** Options of the price book, as `provider/model`. */
async function priced(typed: string): Promise<ComboboxOption[]> {
  const model = typed.includes('/') ? typed.slice(typed.indexOf('/') + 1) : typed;
  const { prices } = await listPrices({ model, offset: 0 }).catch(() => ({ prices: [] }));
  return [...new Set(prices.map((price) => `${price.provider}/${price.model}`))].map((value) => ({ value }));
}

/** A model that has a price. */
export function ModelField({ label, about, target, problem, onChange }: ModelProps): React.JSX.Element {
  const id = useId();
  return (
    <Field noMargin label={label} description={about} htmlFor={id} invalid={problem !== undefined} error={problem}>
      <Combobox
        id={id}
        width={34}
        placeholder="Provider/model"
        isClearable
        createCustomValue
        options={priced}
        value={target || null}
        onChange={(option) => onChange(option?.value ?? '')}
      />
    </Field>
  );
}
