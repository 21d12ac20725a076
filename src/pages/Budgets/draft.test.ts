import { budgetOf } from '../../testing/budgets';
import { inputOf } from './budgets';
import { draftOf, newDraft, problemsOf, stopsCalls, toInput, toPreview } from './draft';

it('a new budget needs an amount and nothing else', () => {
  const draft = newDraft(null, 'Europe/Berlin');
  expect(problemsOf(draft)).toEqual({ amount: expect.stringMatching(/^An amount like 250/) });
  expect(problemsOf({ ...draft, amount: '250' })).toEqual({});
  expect(toInput({ ...draft, amount: ' 250 ', tenant: 'acme' })).toMatchObject({
    name: 'acme per month',
    amount: '250',
    time_zone: 'Europe/Berlin',
    thresholds: [0.8, 1],
    actions: { '0.8': ['notify'], '1': ['notify'] },
    starts_on: null,
  });
});

it('who sees some tenants chooses one of them, who sees one has it', () => {
  const draft = { ...newDraft(['acme', 'globex'], 'UTC'), amount: '1' };
  expect(problemsOf(draft, ['acme', 'globex'])).toEqual({ tenant: 'Choose a tenant: acme, globex' });
  expect(problemsOf({ ...draft, tenant: 'globex' }, ['acme', 'globex'])).toEqual({});
  expect(newDraft(['acme'], 'UTC').tenant).toBe('acme');
});

it('what is read is sent back as it was', () => {
  const budget = budgetOf({
    scope: { agent: ['researcher', 'writer'], 'tags.ticket': ['T-1'] },
    thresholds: [0.125, 0.8, 1],
    actions: { '0.125': [], '0.8': ['notify'], '1': ['block'] },
    starts_on: 15,
    owner: 'finance',
  });
  expect(toInput(draftOf(budget))).toEqual(inputOf(budget));
});

it.each([
  ['0', 'amount'],
  ['1,50', 'amount'],
  ['1000000000', 'amount'],
  ['-1', 'amount'],
])('an amount of %s is told at once', (amount, field) => {
  expect(Object.keys(problemsOf({ ...newDraft(null, 'UTC'), amount }))).toEqual([field]);
});

it('tells thresholds that are no per cent or there twice, lines without values, and webhooks without an address', () => {
  const draft = { ...newDraft(null, 'UTC'), amount: '1' };
  const threshold = (percent: string, actions: Array<'webhook' | 'notify'> = ['notify']) => ({ percent, actions });
  expect(problemsOf({ ...draft, thresholds: [] }).thresholds).toMatch(/^At least one/);
  expect(problemsOf({ ...draft, thresholds: [threshold('eighty')] }).thresholds).toMatch(/^At least one/);
  expect(problemsOf({ ...draft, thresholds: [threshold('80'), threshold('80.0')] }).thresholds).toMatch(/once$/);
  expect(problemsOf({ ...draft, scope: [{ dimension: 'team', values: [] }] }).scope).toMatch(/^Choose a value/);
  const hooked = { ...draft, thresholds: [threshold('80', ['webhook', 'notify'])] };
  expect(problemsOf(hooked).webhook).toMatch(/address$/);
  expect(toPreview(hooked).actions).toEqual({ '0.8': ['notify'] });
  expect(problemsOf({ ...draft, period: 'week', starts_on: '8' }).starts_on).toBe('A day from 1 to 7');
});

it('a preview without an amount asks as if it were a dollar', () => {
  expect(toPreview(newDraft(null, 'UTC')).amount).toBe('1');
});

it('knows when it matters what is said while the database is away', () => {
  const draft = newDraft(null, 'UTC');
  expect(stopsCalls(draft)).toBe(false);
  expect(stopsCalls({ ...draft, hard: true })).toBe(true);
  expect(stopsCalls({ ...draft, thresholds: [{ percent: '80', actions: ['approval'] }] })).toBe(true);
});
