import { render, screen } from '@testing-library/react';
import React from 'react';
import type { Trail } from './trail';
import { TrailSteps } from './TrailSteps';

const START: Trail = { metric: 'total_cost', split: 'tenant', steps: [] };
const ACME: Trail = { ...START, split: 'project', steps: [{ dimension: 'tenant', value: 'acme' }] };

it('whoever steps in or back by keyboard goes on from the step, not from the top of the page', () => {
  const { rerender } = render(<TrailSteps trail={START} onBack={jest.fn()} />);
  expect(document.body).toHaveFocus();
  rerender(<TrailSteps trail={ACME} onBack={jest.fn()} />);
  expect(screen.getByText('Tenant: acme')).toHaveFocus();
  rerender(<TrailSteps trail={{ ...ACME, split: 'model' }} onBack={jest.fn()} />);
  rerender(<TrailSteps trail={START} onBack={jest.fn()} />);
  expect(screen.getByText('Everything')).toHaveFocus();
});
