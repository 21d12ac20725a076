import { dateTimeFormat } from '@grafana/data';
import { Button, Field, Input, Modal, RadioButtonGroup, Stack, Text, TextArea } from '@grafana/ui';
import React, { type FormEvent, useState } from 'react';
import { isAmount } from '../Budgets/draft';
import { usd } from '../shared/format';
import { type Approval, approve, deny, type Grant } from './approvals';
import { whoText } from './words';

export type Choice = 'approve' | 'deny';

interface Props {
  approval: Approval;
  choice: Choice;
  onClose: () => void;
  /** @param decide sends it; `told` is what to say when that has worked */
  onDecide: (decide: () => Promise<Approval>, told: string) => void;
}

/** How far to agree, or why not. */
export function DecideModal({ approval, choice, onClose, onDecide }: Props): React.JSX.Element {
  const Body = choice === 'approve' ? ApproveForm : DenyForm;
  return (
    <Modal isOpen title={`${choice === 'approve' ? 'Approve' : 'Deny'} ${usd(approval.amount)}?`} onDismiss={onClose}>
      <Stack direction="column" gap={2}>
        <Text>{`${whoText(approval)}, budget ${approval.budget}`}</Text>
        <Body approval={approval} onClose={onClose} onDecide={onDecide} />
      </Stack>
    </Modal>
  );
}

type FormProps = Omit<Props, 'choice'>;

const GRANTS: Array<{ value: Grant; label: string }> = [
  { value: 'once', label: 'This once' },
  { value: 'amount', label: 'So much more' },
  { value: 'until_reset', label: 'Until the reset' },
];

/** What an approval of this kind lets through. */
function meaning(grant: Grant, { amount, window_end }: Approval): string {
  switch (grant) {
    case 'once':
      return `Lets this request through, ${usd(amount)} at most; the next one waits again.`;
    case 'amount':
      return 'Calls of this budget go on without asking until so much more is spent than now.';
    default:
      return `Calls of this budget go on without a bound${
        window_end ? ` until ${dateTimeFormat(window_end, { format: 'MMM D, HH:mm' })}` : ' for this run'
      }.`;
  }
}

function ApproveForm({ approval, onClose, onDecide }: FormProps): React.JSX.Element {
  const [grant, setGrant] = useState<Grant>('once');
  const [amount, setAmount] = useState('');
  const lacking = grant === 'amount' && !isAmount(amount);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onDecide(() => approve(approval.id, grant, amount.trim()), `${usd(approval.amount)} is approved.`);
  };
  return (
    <form onSubmit={submit}>
      <Stack direction="column" gap={2}>
        <RadioButtonGroup<Grant> aria-label="How far" options={GRANTS} value={grant} onChange={setGrant} />
        <Text color="secondary">{meaning(grant, approval)}</Text>
        {grant === 'amount' && (
          <Field
            noMargin
            label="How much more"
            htmlFor="llmcost-approve-amount"
            invalid={amount !== '' && lacking}
            error="An amount like 20 or 0.50"
          >
            <Input
              id="llmcost-approve-amount"
              width={18}
              prefix="$"
              inputMode="decimal"
              value={amount}
              onChange={({ currentTarget }) => setAmount(currentTarget.value)}
            />
          </Field>
        )}
        <Modal.ButtonRow>
          <Button variant="secondary" type="button" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={lacking}>
            Approve
          </Button>
        </Modal.ButtonRow>
      </Stack>
    </form>
  );
}

function DenyForm({ approval, onClose, onDecide }: FormProps): React.JSX.Element {
  const [reason, setReason] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onDecide(() => deny(approval.id, reason.trim()), `${usd(approval.amount)} is denied.`);
  };
  return (
    <form onSubmit={submit}>
      <Stack direction="column" gap={2}>
        <Field noMargin label="Why" description="The caller is told" required htmlFor="llmcost-deny-reason">
          <TextArea
            id="llmcost-deny-reason"
            rows={2}
            maxLength={1_000}
            placeholder="Use the smaller model for this"
            value={reason}
            onChange={({ currentTarget }) => setReason(currentTarget.value)}
          />
        </Field>
        <Modal.ButtonRow>
          <Button variant="secondary" type="button" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" variant="destructive" disabled={reason.trim() === ''}>
            Deny
          </Button>
        </Modal.ButtonRow>
      </Stack>
    </form>
  );
}
