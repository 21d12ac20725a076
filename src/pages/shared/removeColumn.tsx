import { ConfirmButton } from '@grafana/ui';
import React from 'react';
import type { TableColumn } from './DataTable';

/** A table's last column: a button that removes the row once it is confirmed. */
export const removeColumn = <R,>(busy: boolean, remove: (row: R) => void): TableColumn<R> => ({
  name: 'Remove',
  pinned: true,
  cell: (row) => (
    <ConfirmButton
      size="sm"
      confirmText="Remove"
      confirmVariant="destructive"
      disabled={busy}
      onConfirm={() => remove(row)}
    >
      Remove
    </ConfirmButton>
  ),
});
