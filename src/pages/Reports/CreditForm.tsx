import { Drawer, Field, Input, Stack } from '@grafana/ui';
import React, { type FormEvent, useCallback, useState } from 'react';
import { FormEnd } from '../shared/FormEnd';
import { useAction } from '../shared/useAction';
import { type Credit, giveCredit } from './chargeback';

const FIELDS = [
  { name: 'id', label: 'Id', description: 'Your own: the same credit is never booked twice', required: true },
  { name: 'tenant', label: 'Tenant', description: 'Whose', required: true },
  { name: 'team', label: 'Team', description: 'Empty: of no team', required: false },
  { name: 'cost_center', label: 'Cost center', description: 'Empty: of no cost center', required: false },
  { name: 'amount', label: 'Amount', description: 'USD; above 0 lowers what is charged', required: true },
  { name: 'description', label: 'Why', description: 'Stands on the statement', required: true },
] as const;

interface Props {
  month: string;
  tenant: string | null;
  onClose: () => void;
  onGiven: () => void;
}

/** Lowers what is charged for an open month. */
export function CreditForm({ month, tenant, onClose, onGiven }: Props): React.JSX.Element {
  const [values, setValues] = useState<Partial<Record<(typeof FIELDS)[number]['name'], string>>>({
    tenant: tenant ?? '',
  });
  const { run, busy, problem } = useAction(
    'The credit was not given',
    useCallback(
      async (credit: Credit) => {
        await giveCredit(credit);
        onGiven();
        return `The credit of ${credit.amount} USD stands on the statement of ${credit.month}.`;
      },
      [onGiven]
    )
  );
  const complete = FIELDS.every(({ name, required }) => !required || values[name]?.trim());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const filled = Object.entries(values).flatMap(([name, text]) => (text?.trim() ? [[name, text.trim()]] : []));
    void run({ month, ...(Object.fromEntries(filled) as Omit<Credit, 'month'>) });
  };
  return (
    <Drawer
      title={`Credit for ${month}`}
      subtitle="It lowers what is charged, and stays once the month is closed"
      onClose={onClose}
    >
      <form onSubmit={submit}>
        <Stack direction="column" gap={2}>
          {FIELDS.map(({ name, label, description, required }) => (
            <Field
              key={name}
              noMargin
              label={label}
              description={description}
              required={required}
              htmlFor={`llmcost-credit-${name}`}
            >
              <Input
                id={`llmcost-credit-${name}`}
                required={required}
                value={values[name] ?? ''}
                onChange={({ currentTarget }) => setValues({ ...values, [name]: currentTarget.value })}
              />
            </Field>
          ))}
          {problem}
          <FormEnd send="Give the credit" disabled={busy || !complete} onCancel={onClose} />
        </Stack>
      </form>
    </Drawer>
  );
}
