import { render, screen } from '@testing-library/react';
import React from 'react';
import { Scroller } from './Scroller';

/** Sizes as a browser would measure them, px. */
function givenSizes(content: number, box: number) {
  jest.spyOn(Element.prototype, 'scrollHeight', 'get').mockReturnValue(content);
  jest.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(box);
}
afterEach(() => jest.restoreAllMocks());

it('is reached with the tab key where it scrolls', () => {
  givenSizes(400, 100);
  render(<Scroller label="Budgets">much</Scroller>);
  expect(screen.getByRole('region', { name: 'Budgets' })).toHaveAttribute('tabindex', '0');
});

it('is no stop where everything is in sight', () => {
  givenSizes(100, 100);
  render(<Scroller label="Budgets">little</Scroller>);
  expect(screen.queryByRole('region')).not.toBeInTheDocument();
  expect(screen.getByText('little')).not.toHaveAttribute('tabindex');
});
