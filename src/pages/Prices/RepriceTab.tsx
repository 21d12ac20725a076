import { Alert, Button, ConfirmModal, Field, Input, Stack, Text } from '@grafana/ui';
import React, { type FormEvent, useCallback, useState } from 'react';
import { DataTable, type TableColumn } from '../shared/DataTable';
import { Figures } from '../shared/Figures';
import { count, usd } from '../shared/format';
import { useAction } from '../shared/useAction';
import { reprice, type RepriceOrder, type Repricing } from './prices';

type Mover = Repricing['largest_movers'][number];

const MOVERS: Array<TableColumn<Mover>> = [
  { name: 'Tenant', cell: ({ tenant }) => tenant },
  { name: 'Model', cell: ({ model }) => model ?? '(not set)' },
  { name: 'Calls', numeric: true, cell: ({ calls }) => count(calls) },
  { name: 'Before', numeric: true, wide: true, cell: ({ old_cost }) => usd(old_cost) },
  { name: 'After', numeric: true, wide: true, cell: ({ new_cost }) => usd(new_cost) },
  { name: 'Difference', numeric: true, cell: ({ difference }) => usd(difference) },
];

const DAY_MS = 86_400_000;
const daysAgo = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);

interface Asked {
  from: string;
  to: string;
  tenant: string;
  provider: string;
  model: string;
  why: string;
}

const FIELDS: ReadonlyArray<{ name: keyof Asked; label: string; type?: 'date'; description?: string }> = [
  { name: 'from', label: 'From', type: 'date', description: 'UTC' },
  { name: 'to', label: 'Until', type: 'date', description: 'UTC, this day not included' },
  { name: 'tenant', label: 'Tenant', description: 'Empty: all' },
  { name: 'provider', label: 'Provider', description: 'Empty: all' },
  { name: 'model', label: 'Model', description: 'Empty: all' },
];

function orderOf({ from, to, why, ...filters }: Asked, dryRun: boolean): RepriceOrder {
  return {
    from: `${from}T00:00:00Z`,
    to: `${to}T00:00:00Z`,
    filters: Object.entries(filters)
      .filter(([, value]) => value.trim())
      .map(([dimension, value]) => ({ dimension, operator: '=' as const, values: [value.trim()] })),
    dry_run: dryRun,
    why: why.trim(),
  };
}

/** Prices past calls with the book as it is now: first what would change, then, if wanted, the change itself. */
export function RepriceTab(): React.JSX.Element {
  const [asked, setAsked] = useState<Asked>({
    from: daysAgo(31),
    to: daysAgo(-1),
    tenant: '',
    provider: '',
    model: '',
    why: '',
  });
  // What was previewed is what is applied, not what the form has become since.
  const [preview, setPreview] = useState<{ of: Asked; found: Repricing }>();
  const [confirming, setConfirming] = useState(false);
  const ask = useAction(
    'There is no preview',
    useCallback(async (of: Asked) => {
      setPreview({ of, found: await reprice(orderOf(of, true)) });
      return undefined;
    }, [])
  );
  const apply = useAction(
    'The calls were not priced again',
    useCallback(async (of: Asked) => {
      const { changed, difference, audit_id } = await reprice(orderOf(of, false));
      setPreview(undefined);
      return `${count(changed)} calls have another price now, ${usd(difference)} in all. “History” undoes it (number ${audit_id}).`;
    }, [])
  );
  const change = (patch: Partial<Asked>) => {
    setAsked({ ...asked, ...patch });
    setPreview(undefined);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void ask.run(asked);
  };
  return (
    <Stack direction="column" gap={2}>
      <Text color="secondary">
        Calls keep the cost that they had when they arrived. After prices were added or mended, price the calls of those
        dates again: the old amounts are kept, and it can be undone.
      </Text>
      <form onSubmit={submit}>
        <Stack direction="column" gap={2}>
          <Stack direction="row" gap={2} wrap="wrap">
            {FIELDS.map(({ name, label, type, description }) => (
              <Field key={name} noMargin label={label} description={description} htmlFor={`llmcost-reprice-${name}`}>
                <Input
                  id={`llmcost-reprice-${name}`}
                  width={22}
                  type={type ?? 'text'}
                  required={type === 'date'}
                  value={asked[name]}
                  onChange={({ currentTarget }) => change({ [name]: currentTarget.value })}
                />
              </Field>
            ))}
          </Stack>
          <Field noMargin label="Why" description="For the history" htmlFor="llmcost-reprice-why">
            <Input
              id="llmcost-reprice-why"
              width={60}
              placeholder="New contract of January"
              value={asked.why}
              onChange={({ currentTarget }) => setAsked({ ...asked, why: currentTarget.value })}
            />
          </Field>
          <div>
            <Button type="submit" variant="secondary" disabled={ask.busy || apply.busy || asked.from >= asked.to}>
              {ask.busy ? 'Counting …' : 'Preview'}
            </Button>
          </div>
        </Stack>
      </form>
      {ask.problem}
      {apply.problem}
      {preview && <Preview found={preview.found} busy={apply.busy} onApply={() => setConfirming(true)} />}
      {preview && (
        <ConfirmModal
          isOpen={confirming}
          title="Price these calls again?"
          body={`${count(preview.found.changed)} calls change by ${usd(preview.found.difference)} in all. The old amounts are kept.`}
          confirmText="Price again"
          confirmButtonVariant="primary"
          onConfirm={() => {
            setConfirming(false);
            void apply.run({ ...preview.of, why: asked.why });
          }}
          onDismiss={() => setConfirming(false)}
        />
      )}
    </Stack>
  );
}

interface PreviewProps {
  found: Repricing;
  busy: boolean;
  onApply: () => void;
}

function Preview({ found, busy, onApply }: PreviewProps): React.JSX.Element {
  const { events, changed, newly_priced, newly_unpriced, old_cost, new_cost, difference, largest_movers } = found;
  if (changed === 0) {
    return (
      <Alert severity="info" title="Nothing would change">
        {`All ${count(events)} calls of these dates have the price that the book gives them now.`}
      </Alert>
    );
  }
  const both = [
    newly_priced ? `${count(newly_priced)} get a price` : '',
    newly_unpriced ? `${count(newly_unpriced)} lose theirs` : '',
  ].filter(Boolean);
  return (
    <Stack direction="column" gap={2}>
      <Figures
        figures={[
          { label: 'Calls that change', value: count(changed), note: `of ${count(events)}` },
          { label: 'Cost before', value: usd(old_cost) },
          { label: 'Cost after', value: usd(new_cost), note: both.join(', ') },
          { label: 'Difference', value: usd(difference) },
        ]}
      />
      <DataTable
        caption="Largest differences"
        columns={MOVERS}
        rows={largest_movers}
        idOf={({ tenant, model }) => JSON.stringify([tenant, model])}
      />
      <div>
        <Button disabled={busy} onClick={onApply}>
          {busy ? 'Pricing …' : 'Price these calls again'}
        </Button>
      </div>
    </Stack>
  );
}
