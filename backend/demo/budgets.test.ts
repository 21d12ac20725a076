import { budgetSchema, toRule } from '../budgets/budget';
import { DEMO_BUDGETS } from './budgets';
import { slotCalls, slotOf } from './generator';

test('the demo’s budgets are budgets, of calls that the demo makes', () => {
  const start = Date.parse('2026-01-13T00:00:00Z');
  const world = { seed: '42', start };
  const day = slotOf(start + 24 * 3_600_000) - slotOf(start);
  const calls = Array.from({ length: day }, (_, i) => slotCalls(world, slotOf(start) + i)).flat();
  for (const budget of DEMO_BUDGETS) {
    const made = toRule(budgetSchema.parse(budget));
    expect([budget.name, 'rule' in made]).toEqual([budget.name, true]);
    const counted = calls.filter(
      (call) =>
        call.tenant === budget.tenant &&
        Object.entries(budget.scope ?? {}).every(([name, values]) =>
          values.includes(String((call as unknown as Record<string, unknown>)[name]))
        ) &&
        (budget.period !== 'run' || call.run_id !== undefined)
    );
    expect([budget.name, counted.length > 0]).toEqual([budget.name, true]);
  }
});
