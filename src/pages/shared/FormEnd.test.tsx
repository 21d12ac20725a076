import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';
import { FormEnd } from './FormEnd';

it('sends the form, and leaves it without sending', async () => {
  const [onSubmit, onCancel] = [jest.fn((event: React.FormEvent) => event.preventDefault()), jest.fn()];
  const form = (disabled: boolean) => (
    <form onSubmit={onSubmit}>
      <FormEnd send="Give the credit" disabled={disabled} onCancel={onCancel} />
    </form>
  );
  const { rerender } = render(form(false));
  await userEvent.click(screen.getByRole('button', { name: 'Cancel' }));
  expect([onSubmit.mock.calls.length, onCancel.mock.calls.length]).toEqual([0, 1]);
  await userEvent.click(screen.getByRole('button', { name: 'Give the credit' }));
  expect(onSubmit).toHaveBeenCalledTimes(1);
  rerender(form(true));
  expect(screen.getByRole('button', { name: 'Give the credit' })).toBeDisabled();
  expect(screen.getByRole('button', { name: 'Cancel' })).toBeEnabled();
});
