import { Drawer, Field, Input, Stack, Text } from '@grafana/ui';
import React, { type FormEvent, useCallback, useState } from 'react';
import { FormEnd } from '../shared/FormEnd';
import { useAction } from '../shared/useAction';
import { addPrice, type NewPrice } from './prices';

type Name = keyof NewPrice;

interface FormField {
  readonly name: Name;
  readonly label: string;
  readonly description?: string;
  readonly required?: boolean;
  readonly placeholder?: string;
  readonly type?: 'date';
}

const WHAT: readonly FormField[] = [
  { name: 'provider', label: 'Provider', required: true, placeholder: 'openai' },
  { name: 'model', label: 'Model', required: true, placeholder: 'gpt-4.1' },
  { name: 'tenant', label: 'Tenant', description: 'Empty: for every tenant' },
  { name: 'deployment', label: 'Deployment', description: 'Empty: for every deployment' },
];
const WHEN: readonly FormField[] = [
  { name: 'effective_from', label: 'Holds from', type: 'date', description: 'UTC; empty: from the beginning' },
  { name: 'effective_to', label: 'Holds until', type: 'date', description: 'UTC, this day not included; empty: open' },
];
const RATES: readonly FormField[] = [
  { name: 'input', label: 'Input', placeholder: '2.00' },
  { name: 'output', label: 'Output', placeholder: '8.00' },
  { name: 'cache_read', label: 'Cache read', placeholder: '0.50' },
  { name: 'cache_write_5m', label: 'Cache write, 5 minutes' },
  { name: 'cache_write_1h', label: 'Cache write, 1 hour' },
];
const WHY: readonly FormField[] = [{ name: 'source', label: 'Source', placeholder: 'Contract of 2026-02' }];

/** Decimal text; a comma or a currency would be refused by the collector, which this says at once. */
const isDecimal = (text: string): boolean => /^\d+(\.\d+)?$/.test(text);

interface Props {
  initial: NewPrice;
  onClose: () => void;
  onAdded: () => void;
}

/** Adds an override to the price book. */
export function PriceForm({ initial, onClose, onAdded }: Props): React.JSX.Element {
  const [values, setValues] = useState<Partial<Record<Name, string>>>(() =>
    Object.fromEntries(Object.entries(initial).filter(([, value]) => typeof value === 'string'))
  );
  const add = useAction(
    'The override was not added',
    useCallback(
      async (price: NewPrice) => {
        await addPrice(price);
        onAdded();
        return 'The override is added. It prices calls from now on; “Price again” does so for past ones.';
      },
      [onAdded]
    )
  );
  const wrong = (name: Name): boolean => {
    const text = values[name]?.trim();
    return Boolean(text) && !isDecimal(text ?? '');
  };
  const broken = RATES.some(({ name }) => wrong(name)) || !RATES.some(({ name }) => values[name]?.trim());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const filled = Object.entries(values).filter(([, text]) => text.trim() !== '');
    void add.run(Object.fromEntries(filled.map(([name, text]) => [name, text.trim()])));
  };
  const fields = (list: readonly FormField[]) =>
    list.map(({ name, label, description, required, placeholder, type }) => (
      <Field
        key={name}
        noMargin
        label={label}
        description={description}
        required={required}
        htmlFor={`llmcost-price-${name}`}
        invalid={list === RATES && wrong(name)}
        error="A decimal like 0.15"
      >
        <Input
          id={`llmcost-price-${name}`}
          width={24}
          type={type ?? 'text'}
          required={required}
          placeholder={placeholder}
          value={values[name] ?? ''}
          onChange={({ currentTarget }) => setValues({ ...values, [name]: currentTarget.value })}
        />
      </Field>
    ));
  return (
    <Drawer
      title="Add override"
      subtitle="Overrides come before the catalogue, for the calls of their dates"
      onClose={onClose}
    >
      <form onSubmit={submit}>
        <Stack direction="column" gap={2}>
          <Stack direction="row" gap={2} wrap="wrap">
            {fields(WHAT)}
          </Stack>
          <Stack direction="row" gap={2} wrap="wrap">
            {fields(WHEN)}
          </Stack>
          <Text color="secondary">
            USD per 1M tokens. A call that uses what has no rate here is unpriced: rates are never guessed.
          </Text>
          <Stack direction="row" gap={2} wrap="wrap">
            {fields(RATES)}
          </Stack>
          {fields(WHY)}
          {add.problem}
          <FormEnd
            send="Add"
            disabled={add.busy || broken || !values.provider?.trim() || !values.model?.trim()}
            onCancel={onClose}
          />
        </Stack>
      </form>
    </Drawer>
  );
}
