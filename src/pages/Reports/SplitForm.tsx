import { Drawer, Field, Input, RadioButtonGroup, Stack } from '@grafana/ui';
import React, { type FormEvent, useCallback, useState } from 'react';
import { FormEnd } from '../shared/FormEnd';
import { useAction } from '../shared/useAction';
import { setSplit, type Split } from './chargeback';

const DIMENSIONS = [
  { label: 'Teams', value: 'team' as const },
  { label: 'Cost centers', value: 'cost_center' as const },
];
const WAYS = [
  { label: 'By usage', value: 'usage' as const, description: 'By what each of them cost itself in the month' },
  { label: 'Fixed shares', value: 'shares' as const, description: 'Their proportion counts' },
];

/** "sales 0.6, support 0.4"; by usage the weight of 1 goes without saying. */
export const targetsText = ({ by, targets }: Pick<Split, 'by' | 'targets'>): string =>
  Object.entries(targets)
    .map(([name, share]) => (by === 'usage' && share === '1' ? name : `${name} ${share}`))
    .join(', ');

/** Reads it back: a number at the end of a part is its share, 1 unless said. Undefined for nothing. */
export function readTargets(text: string): Split['targets'] | undefined {
  const parts = text.split(',').map((part) => /^(.+?)(?:\s+(\d+(?:\.\d+)?))?$/.exec(part.trim()));
  return text.trim() === '' || parts.includes(null)
    ? undefined
    : Object.fromEntries(parts.flatMap((part) => (part ? [[part[1], part[2] ?? '1']] : [])));
}

interface Props {
  onClose: () => void;
  onSaved: () => void;
}

/** Sets how a shared cost is divided; one of the same name takes its place. */
export function SplitForm({ onClose, onSaved }: Props): React.JSX.Element {
  const [split, setRule] = useState<Split>({
    name: '',
    tenant: '',
    dimension: 'team',
    source: '',
    by: 'usage',
    targets: {},
  });
  const [over, setOver] = useState('');
  const { run, busy, problem } = useAction(
    'The rule was not saved',
    useCallback(
      async (rule: Split) => {
        await setSplit(rule);
        onSaved();
        return `“${rule.name}” is shared from now on, in every month that is not closed.`;
      },
      [onSaved]
    )
  );
  const targets = readTargets(over);
  const text = (name: 'name' | 'tenant' | 'source', label: string, description: string) => (
    <Field noMargin label={label} description={description} required htmlFor={`llmcost-split-${name}`}>
      <Input
        id={`llmcost-split-${name}`}
        required
        value={split[name]}
        onChange={({ currentTarget }) => setRule({ ...split, [name]: currentTarget.value })}
      />
    </Field>
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (targets) {
      void run({ ...split, targets });
    }
  };
  return (
    <Drawer title="Share a cost" subtitle="What the source cost in a month is given to the others" onClose={onClose}>
      <form onSubmit={submit}>
        <Stack direction="column" gap={2}>
          {text('name', 'Name', 'What is shared; one of this name is replaced')}
          {text('tenant', 'Tenant', 'Whose')}
          <Field noMargin label="Among">
            <RadioButtonGroup
              options={DIMENSIONS}
              value={split.dimension}
              onChange={(dimension) => setRule({ ...split, dimension })}
            />
          </Field>
          {text('source', 'Source', 'Whose cost is given away')}
          <Field noMargin label="Divided">
            <RadioButtonGroup options={WAYS} value={split.by} onChange={(by) => setRule({ ...split, by })} />
          </Field>
          <Field
            noMargin
            required
            label="Over"
            description="Names with their shares, divided by commas: sales 0.6, support 0.4"
            htmlFor="llmcost-split-over"
          >
            <Input
              id="llmcost-split-over"
              required
              value={over}
              onChange={({ currentTarget }) => setOver(currentTarget.value)}
            />
          </Field>
          {problem}
          <FormEnd
            send="Save"
            disabled={busy || !targets || !split.name || !split.tenant || !split.source}
            onCancel={onClose}
          />
        </Stack>
      </form>
    </Drawer>
  );
}
