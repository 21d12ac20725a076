import { createTheme, formattedValueToString, getDisplayProcessor } from '@grafana/data';
import { type PriceRow, priceFrame } from './prices';

const row = (provider: string, model: string, more: Partial<PriceRow> = {}): PriceRow => ({
  provider,
  model,
  aliases: [],
  match: 'prefix-date',
  tenant: null,
  deployment: null,
  input: '2',
  cache_read: null,
  cache_write_5m: null,
  cache_write_1h: null,
  output: '8',
  origin: 'catalogue',
  ...more,
});

const book = [
  row('anthropic', 'claude-sonnet-4-0', { aliases: ['claude-sonnet-4'], cache_read: '0.3' }),
  row('openai', 'gpt-4.1'),
  row('openai', 'gpt-4.1-mini', { tenant: 'acme', origin: 'override', input: '0.4' }),
  row('openai', 'gpt-5.1'),
];
const column = (name: string, narrowed: Partial<Parameters<typeof priceFrame>[2]>) =>
  priceFrame('A', book, { called: [], calledOnly: false, ...narrowed }).fields.find((field) => field.name === name)
    ?.values;

it('has the models that were called first, also under an alias and as dated snapshots', () => {
  const called = ['claude-sonnet-4-20250514', 'gpt-4.1-mini-2025-04-14'];
  expect(column('Model', { called })).toEqual(['claude-sonnet-4-0', 'gpt-4.1-mini', 'gpt-4.1', 'gpt-5.1']);
  expect(column('Model', { called, calledOnly: true })).toEqual(['claude-sonnet-4-0', 'gpt-4.1-mini']);
});

it('takes no loose prefix for a name', () => {
  expect(column('Model', { called: ['gpt-4.1-nano', 'gpt-5.1-codex'], calledOnly: true })).toEqual([]);
});

it('leaves a rate that a row has not empty, which is not zero', () => {
  expect(column('Cache read', {})).toEqual([0.3, null, null, null]);
  expect(column('Input', {})).toEqual([2, 2, 0.4, 2]);
});

it('writes prices to their last digit, with cents at least', () => {
  const rows = [row('a', 'x', { input: '3' }), row('a', 'y', { input: '0.125' }), row('a', 'z', { input: '0.40' })];
  const [, , field] = priceFrame('A', rows, { called: [], calledOnly: false }).fields;
  const display = getDisplayProcessor({ field, theme: createTheme() });
  expect(field.values.map((value) => formattedValueToString(display(value)))).toEqual(['$3.00', '$0.125', '$0.40']);
});

it('says whom a row is for, and is narrowed by provider', () => {
  expect(column('For', { providers: ['openai'] })).toEqual(['everybody', 'acme', 'everybody']);
  expect(column('From', { providers: ['openai'] })).toEqual(['catalogue', 'override', 'catalogue']);
});

it('has the provider that was called before others that sell the same model', () => {
  const rows = [row('azure', 'gpt-4.1'), row('openai', 'gpt-4.1')];
  const asked = { called: ['gpt-4.1'], calledOnly: true, calledProviders: ['openai'] };
  expect(priceFrame('A', rows, asked).fields[1].values).toEqual(['openai', 'azure']);
});
