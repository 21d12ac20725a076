import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';
import { DataTable } from './DataTable';

const table = (length: number) => (
  <DataTable
    caption="Tenants"
    columns={[{ name: 'Name', cell: (name: string) => name }]}
    rows={Array.from({ length }, (_, i) => `tenant-${i}`)}
    idOf={(name) => name}
  />
);

it('shows the first two hundred rows of thousands, and all by a click', async () => {
  render(table(1_253));
  expect(screen.getAllByRole('row')).toHaveLength(201);
  await userEvent.click(screen.getByRole('button', { name: 'Show all 1,253 rows' }));
  expect(screen.getAllByRole('row')).toHaveLength(1_254);
  expect(screen.queryByRole('button')).not.toBeInTheDocument();
});

it('offers no more where all are shown', () => {
  render(table(200));
  expect(screen.getAllByRole('row')).toHaveLength(201);
  expect(screen.queryByRole('button')).not.toBeInTheDocument();
});
