import { Combobox, type ComboboxOption } from '@grafana/ui';
import React from 'react';
import { offerValues } from '../Budgets/budgets';

interface Props {
  id: string;
  width?: number;
  placeholder?: string;
  tenant: string | null;
  onChange: (tenant: string | null) => void;
}

const tenants = (typed: string): Promise<ComboboxOption[]> => offerValues('tenant', null, typed);

/** One tenant of those that calls had lately, any that is typed, or none. */
export function TenantPicker({
  id,
  width = 34,
  placeholder = 'All that you see',
  tenant,
  onChange,
}: Props): React.JSX.Element {
  return (
    <Combobox
      id={id}
      width={width}
      placeholder={placeholder}
      isClearable
      createCustomValue
      options={tenants}
      value={tenant}
      onChange={(option: ComboboxOption | null) => onChange(option?.value ?? null)}
    />
  );
}
