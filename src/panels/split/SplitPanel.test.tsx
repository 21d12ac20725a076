import {
  type DataFrame,
  FieldType,
  type LinkModel,
  LoadingState,
  type PanelData,
  type PanelProps,
  toDataFrame,
} from '@grafana/data';
import { render, screen } from '@testing-library/react';
import React from 'react';
import { NOVEMBER } from '../../testing/sources';
import { DEFAULT_OPTIONS, type SplitOptions } from './options';
import { SplitPanel } from './SplitPanel';

const frame = (links: LinkModel[] = []): DataFrame => {
  const made = toDataFrame({
    fields: [
      { name: 'cost_type', type: FieldType.string, values: ['Input', 'Output'] },
      { name: 'cost', type: FieldType.number, values: [1, 3], config: { unit: 'currencyUSD', decimals: 2 } },
      { name: 'per 1K tokens', type: FieldType.number, values: [0.002, 0.004], config: { unit: 'currencyUSD' } },
    ],
  });
  made.fields[1].getLinks = () => links;
  return made;
};

function show(data: Partial<PanelData>, more: Partial<PanelProps<SplitOptions>> = {}) {
  const props = {
    title: 'Cost distribution',
    width: 600,
    height: 200,
    options: DEFAULT_OPTIONS,
    fieldConfig: { defaults: {}, overrides: [] },
    data: { state: LoadingState.Done, series: [], timeRange: NOVEMBER, ...data },
    ...more,
  };
  return render(<SplitPanel {...(props as unknown as PanelProps<SplitOptions>)} />);
}

it('is one image in words to a screen reader, with a card for each part', () => {
  show({ series: [frame()] });
  expect(screen.getByRole('img')).toHaveAccessibleName('Cost distribution: Input 25% ($1.00), Output 75% ($3.00)');
  const cards = screen.getAllByRole('listitem');
  expect(cards.map(({ textContent }) => textContent)).toEqual([
    'Input25%$1.00$0.00200 per 1K tokens',
    'Output75%$3.00$0.00400 per 1K tokens',
  ]);
});

it('is a table where cards have no room', () => {
  show({ series: [frame()] }, { width: 180, height: 120 });
  expect(screen.queryByRole('list')).not.toBeInTheDocument();
  expect(screen.getByRole('table', { name: 'Cost distribution' })).toHaveTextContent('Input$1.0025%Output$3.0075%');
});

it('can be the bar alone', () => {
  show({ series: [frame()] }, { options: { ...DEFAULT_OPTIONS, showCards: false } });
  expect(screen.queryByRole('list')).not.toBeInTheDocument();
});

it('leads on where a part has a data link', () => {
  const link = { href: '/d/x?var-model=a', title: 'Only this', target: '_self' as const, origin: {} };
  show({ series: [frame([link])] });
  expect(screen.getAllByRole('link')[0]).toHaveAttribute('href', '/d/x?var-model=a');
});

it('offers several data links as a menu', () => {
  const link = { href: '/d/x', title: 'One', target: '_self' as const, origin: {} };
  show({ series: [frame([link, { ...link, title: 'Two' }])] });
  expect(screen.getByRole('button', { name: 'Links of Input' })).toBeInTheDocument();
});

describe('with nothing to show', () => {
  it('says what to do', () => {
    show({});
    expect(screen.getByRole('status')).toHaveTextContent(/No calls in this time range.*longer range/);
  });

  it('says what the panel’s author says', () => {
    show({}, { fieldConfig: { defaults: { noValue: 'Nothing here' }, overrides: [] } });
    expect(screen.getByRole('status')).toHaveTextContent('Nothing here');
  });

  it('says that the query failed, not that there were no calls', () => {
    show({ state: LoadingState.Error, errors: [{ message: 'The database can’t be reached.' }] });
    expect(screen.getByRole('status')).toHaveTextContent('The database can’t be reached.');
  });

  it('says that nothing has a price', () => {
    const unpriced = toDataFrame({
      fields: [
        { name: 'model', type: FieldType.string, values: ['a'] },
        { name: 'cost', type: FieldType.number, values: [null] },
      ],
    });
    show({ series: [unpriced] });
    expect(screen.getByRole('status')).toHaveTextContent(/None of these calls has a price/);
  });
});
