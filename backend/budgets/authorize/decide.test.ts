import fc from 'fast-check';
import { type Budget, budgetSchema, type BudgetInput, reachedAt, toRule } from '../budget';
import { allowance, type Asked, type Concerned, decide, type Held, rule } from './decide';

const USD = 1_000_000_000_000n;

function budget(input: Partial<BudgetInput>): Budget {
  const result = toRule(budgetSchema.parse({ name: 'b', tenant: 't', amount: '10', period: 'month', ...input }));
  if ('problem' in result) {
    throw new Error(result.problem);
  }
  const at = new Date(0);
  return {
    ...result.rule,
    budget_id: 'id',
    version: 1,
    origin: 'api',
    created_at: at,
    created_by: '',
    updated_at: at,
    updated_by: '',
  };
}

const held = (spent: bigint, more: Partial<Held> = {}): Held => ({
  counterId: '1',
  spent,
  committed: 0n,
  ceiling: null,
  unlimited: false,
  ...more,
});

const concerned = (
  input: Partial<BudgetInput>,
  spent: bigint,
  more: Partial<Held> = {},
  asked: Asked | null = null
): Concerned => ({
  budget: budget(input),
  held: held(spent, more),
  asked,
});
const verdict = (list: Concerned[], estimate: bigint | null) => {
  const [{ verdict: said, reason }] = decide(list, estimate);
  return [said, reason];
};
const HARD = { hard: true };
const APPROVAL = { thresholds: [0.5, 1], actions: { 0.5: ['approval' as const] } };
const approved: Asked = { approvalId: 'a', state: 'approved', once: true, reason: null };

test.each<[string, Concerned[], bigint | null, [string, string]]>([
  ['no budget', [], USD, ['allow', 'no_budget']],
  ['a soft budget stops nothing', [concerned({}, 50n * USD)], USD, ['allow', 'within_budget']],
  ['exactly what is left', [concerned(HARD, 9n * USD)], USD, ['allow', 'within_budget']],
  ['a pico-USD more', [concerned(HARD, 9n * USD)], USD + 1n, ['deny', 'limit']],
  ['what others reserved counts', [concerned(HARD, 4n * USD, { committed: 5n * USD })], USD + 1n, ['deny', 'limit']],
  ['a disabled budget', [concerned({ ...HARD, enabled: false }, 50n * USD)], USD, ['allow', 'no_budget']],
  ['no price, hard', [concerned(HARD, 0n)], null, ['deny', 'no_price']],
  ['no price, soft', [concerned({}, 0n)], null, ['allow', 'within_budget']],
  ['blocked', [concerned({ actions: { 0.8: ['block'] } }, 8n * USD)], 0n, ['deny', 'blocked']],
  ['not yet blocked', [concerned({ actions: { 0.8: ['block'] } }, 8n * USD - 1n)], USD, ['allow', 'within_budget']],
  ['below the approval', [concerned(APPROVAL, 4n * USD)], USD, ['allow', 'within_budget']],
  ['beyond the approval', [concerned(APPROVAL, 4n * USD)], USD + 1n, ['needs_approval', 'approval']],
  ['approved once', [concerned(APPROVAL, 9n * USD, {}, approved)], USD, ['allow', 'within_budget']],
  ['approved up to', [concerned(APPROVAL, 5n * USD, { ceiling: 6n * USD })], USD, ['allow', 'within_budget']],
  [
    'beyond what was approved',
    [concerned(APPROVAL, 5n * USD, { ceiling: 6n * USD })],
    USD + 1n,
    ['needs_approval', 'approval'],
  ],
  [
    'approved until the reset',
    [concerned({ ...APPROVAL, hard: true }, 50n * USD, { unlimited: true })],
    USD,
    ['allow', 'within_budget'],
  ],
  [
    'denied',
    [concerned(APPROVAL, 9n * USD, {}, { ...approved, state: 'denied' })],
    USD,
    ['deny', 'denied_by_approver'],
  ],
  [
    'hard with approval',
    [concerned({ hard: true, thresholds: [2], actions: { 2: ['approval'] } }, 10n * USD)],
    1n,
    ['needs_approval', 'approval'],
  ],
  ['the strictest of several', [concerned(APPROVAL, 9n * USD), concerned(HARD, 9n * USD)], 2n * USD, ['deny', 'limit']],
])('%s', (_, list, estimate, expected) => expect(verdict(list, estimate)).toEqual(expected));

test('a denial says what is left, reserved and wanted', () => {
  const [{ message }] = decide([concerned({ ...HARD, name: 'acme' }, 8n * USD, { committed: USD })], 2n * USD);
  expect(message).toBe(
    'the budget "acme" has 1 of 10 USD left (1 reserved by calls that are under way); this call may cost 2 USD'
  );
});

test('a budget that asks for an approval says from which share on, as it was given', () => {
  const asks = concerned({ name: 'acme', thresholds: [0.55], actions: { 0.55: ['approval'] } }, 6n * USD);
  expect(decide([asks], USD)[0].message).toBe('the budget "acme" asks for an approval from 55% of 10 USD on');
});

test('whatever comes in whatever order, what is let through stays within every hard budget', () => {
  const amounts = fc.bigInt({ min: 1n, max: 3n * USD });
  fc.assert(
    fc.property(fc.array(fc.tuple(amounts, fc.integer({ min: 1, max: 3 })), { maxLength: 80 }), (asks) => {
      const [small, large] = [concerned(HARD, 0n), concerned({ ...HARD, amount: '15' }, 0n)];
      let [first, second] = [0n, 0n];
      for (const [estimate, which] of asks) {
        const list = [...(which & 1 ? [small] : []), ...(which & 2 ? [large] : [])];
        const fits = list.every(({ budget: { amount }, held: { committed } }) => committed + estimate <= amount);
        const [{ verdict: said }] = decide(list, estimate);
        expect(said).toBe(fits ? 'allow' : 'deny');
        first += said === 'allow' && which & 1 ? estimate : 0n;
        second += said === 'allow' && which & 2 ? estimate : 0n;
      }
      expect([small.held.committed, large.held.committed]).toEqual([first, second]);
      expect(first <= 10n * USD && second <= 15n * USD).toBe(true);
    })
  );
});

test('a threshold is reached at the first amount that is not below it, exactly', () => {
  expect(reachedAt(10n, 0.8)).toBe(8n);
  expect(reachedAt(1n, 0.8)).toBe(1n);
  expect(reachedAt(3n * USD, 0.333)).toBe(999_000_000_000n);
});

test('what stays within the allowance is let through, and nothing else, whatever was decided about the same call before', () => {
  const amount = fc.bigInt({ min: 0n, max: 25n }).map((usd) => usd * USD);
  const inputs = fc.record({
    hard: fc.boolean(),
    thresholds: fc.constant<number[]>([0.5, 1, 1.5]),
    actions: fc.constantFrom<NonNullable<BudgetInput['actions']>>(
      {},
      { 0.5: ['approval'] },
      { 1.5: ['approval'] },
      { 1: ['block'] },
      { 0.5: ['approval'], 1: ['block'] }
    ),
  });
  const counters = fc.record({ committed: amount, ceiling: fc.option(amount), unlimited: fc.boolean() });
  const before = fc.constantFrom<Asked | null>(null, approved, { ...approved, state: 'denied', once: false });
  fc.assert(
    fc.property(inputs, amount, counters, amount, before, (input, spent, more, estimate, asked) => {
      const call = concerned(input, spent, more, asked);
      const { line, block } = allowance(call.budget);
      const highest = line !== null && more.ceiling !== null && more.ceiling > line ? more.ceiling : line;
      const within =
        (block === null || spent < block) &&
        (more.unlimited || highest === null || spent + more.committed + estimate <= highest);
      const { verdict: said } = rule(call, estimate);
      // One that an approver let through once may go beyond.
      expect(said === 'allow').toBe(within || (asked?.once === true && (block === null || spent < block)));
    })
  );
});
