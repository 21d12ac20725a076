import { changeProblems, draftOf, isSound, NO_CHANGE, NO_PLAN, plannedProblems, toScenario } from './draft';
import { readScenario, type Scenario, writeScenario } from './scenario';

const SCENARIO: Scenario = {
  tenant: 'acme',
  from: '2026-10-01',
  to: '2026-11-01',
  changes: [
    { where: { feature: ['chat'], operation: ['chat'] }, calls: '1.5', input_tokens: '0.8', cache_hit_ratio: '0.35' },
    { where: { model: ['gpt-4.1'] }, model: { provider: 'vertex', model: 'meta/llama-4', share: '0.4' } },
    { where: {}, price: '0.9', output_tokens: '1.25' },
  ],
  planned: [
    {
      feature: 'voice',
      provider: 'openai',
      model: 'gpt-4.1',
      calls_per_day: 2000,
      input_tokens: 1500,
      output_tokens: 300,
      cache_hit_ratio: '0.2',
    },
  ],
};

it('a scenario is the same after the form and the address', () => {
  const draft = draftOf(SCENARIO);
  expect(isSound(draft)).toBe(true);
  const address = writeScenario(new URLSearchParams('tab=saved'), toScenario(draft));
  expect(readScenario(new URLSearchParams(address.toString()))).toEqual(SCENARIO);
  expect(address.has('tab')).toBe(false);
});

it('an address that makes no sense is an empty scenario', () => {
  for (const text of ['{', '[]', '7', '{"changes":7}']) {
    expect(readScenario(new URLSearchParams({ scenario: text }))).toMatchObject({ changes: [], planned: [] });
  }
});

it('says which field is wrong', () => {
  expect(changeProblems({ ...NO_CHANGE, calls: 'twice', cache_hit_ratio: '120', share: '50' })).toEqual({
    calls: 'Per cent more or less, like +20 or -12.5',
    cache_hit_ratio: 'Per cent from 0 to 100',
    target: 'Provider and model, like openai/gpt-4.1-mini',
  });
  expect(Object.keys(plannedProblems(NO_PLAN))).toEqual([
    'feature',
    'target',
    'calls_per_day',
    'input_tokens',
    'output_tokens',
  ]);
  expect(isSound({ ...draftOf(SCENARIO), planned: [NO_PLAN] })).toBe(false);
});

it('moves all calls where no share is given', () => {
  const draft = {
    ...draftOf({ changes: [], planned: [] }),
    changes: [{ ...NO_CHANGE, target: 'openai/gpt-4.1-mini' }],
  };
  expect(toScenario(draft).changes).toEqual([
    { where: {}, model: { provider: 'openai', model: 'gpt-4.1-mini', share: '1' } },
  ]);
});
