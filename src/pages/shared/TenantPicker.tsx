import { Combobox, type ComboboxOption } from '@grafana/ui';
import React from 'react';
import { offerValues } from '../Budgets/budgets';

interface Props {
  id: string;
  width?: number;
  placeholder?: string;
  tenant: string | null;
  /** What there is to choose from; null: what calls had lately, and whatever is typed. */
  among?: readonly string[] | null;
  onChange: (tenant: string | null) => void;
}

const seenLately = (typed: string): Promise<ComboboxOption[]> => offerValues('tenant', null, typed);

/** One tenant of those that there are, or none. */
export function TenantPicker({
  id,
  width = 34,
  placeholder = 'All that you see',
  tenant,
  among = null,
  onChange,
}: Props): React.JSX.Element {
  return (
    <Combobox
      id={id}
      width={width}
      placeholder={placeholder}
      isClearable
      createCustomValue={among === null}
      options={among?.map((value): ComboboxOption => ({ value })) ?? seenLately}
      value={tenant}
      onChange={(option: ComboboxOption | null) => onChange(option?.value ?? null)}
    />
  );
}
