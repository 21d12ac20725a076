import { Combobox, type ComboboxOption, MultiCombobox } from '@grafana/ui';
import React, { useCallback } from 'react';
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

interface TargetProps {
  id: string;
  target: string;
  invalid?: boolean;
  onChange: (target: string) => void;
}

/** Options of the price book, as `provider/model`. */
async function priced(typed: string): Promise<ComboboxOption[]> {
  const model = typed.includes('/') ? typed.slice(typed.indexOf('/') + 1) : typed;
  const { prices } = await listPrices({ model, offset: 0 }).catch(() => ({ prices: [] }));
  return [...new Set(prices.map((price) => `${price.provider}/${price.model}`))].map((value) => ({ value }));
}

/** A model that has a price. */
export function ModelPicker({ id, target, invalid, onChange }: TargetProps): React.JSX.Element {
  return (
    <Combobox
      id={id}
      width={34}
      placeholder="Provider/model"
      isClearable
      createCustomValue
      invalid={invalid}
      options={priced}
      value={target || null}
      onChange={(option) => onChange(option?.value ?? '')}
    />
  );
}
