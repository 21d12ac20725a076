import { Dropdown, IconButton, Menu } from '@grafana/ui';
import React from 'react';
import type { Budget } from './budgets';

interface Props {
  budget: Budget;
  canWrite: boolean;
  onForm: () => void;
  onAlert: () => void;
  onHistory: () => void;
  onRemove: () => void;
  onSwitch: () => void;
}

/** What can be done with a budget. */
export function BudgetMenu({ budget, canWrite, ...on }: Props): React.JSX.Element {
  const { name, enabled, origin } = budget;
  const editable = canWrite && origin === 'api';
  const menu = (
    <Menu>
      <Menu.Item label={editable ? 'Edit' : 'Show'} icon={editable ? 'pen' : 'eye'} onClick={on.onForm} />
      <Menu.Item label="Alert me through …" icon="bell" onClick={on.onAlert} />
      <Menu.Item label="History" icon="history" onClick={on.onHistory} />
      {editable && <Menu.Item label={enabled ? 'Switch off' : 'Switch on'} icon="power" onClick={on.onSwitch} />}
      {editable && <Menu.Item label="Remove" icon="trash-alt" destructive onClick={on.onRemove} />}
    </Menu>
  );
  return (
    <Dropdown overlay={menu} placement="bottom-end">
      <IconButton name="ellipsis-v" aria-label={`Actions of ${name}`} />
    </Dropdown>
  );
}
