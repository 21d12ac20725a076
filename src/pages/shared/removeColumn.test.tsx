import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';
import { DataTable } from './DataTable';
import { removeColumn } from './removeColumn';

it('removes the row that was confirmed, not the one that was only clicked', async () => {
  const remove = jest.fn();
  const rows = [{ name: 'one' }, { name: 'two' }];
  const columns = [{ name: 'Name', cell: ({ name }: { name: string }) => name }, removeColumn(false, remove)];
  render(<DataTable caption="Rules" columns={columns} rows={rows} idOf={({ name }) => name} />);
  const second = () => screen.getAllByRole('row')[2];
  await userEvent.click(screen.getAllByRole('button', { name: 'Remove' }).filter((one) => second().contains(one))[0]);
  expect(remove).not.toHaveBeenCalled();
  const confirm = screen.getAllByRole('button', { name: 'Remove' }).filter((one) => second().contains(one));
  await userEvent.click(confirm[confirm.length - 1]);
  expect(remove.mock.calls).toEqual([[{ name: 'two' }]]);
});
