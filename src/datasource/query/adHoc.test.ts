import { QueryError } from '../../query';
import { fromAdHoc, whyNotApplicable } from './adHoc';

const filter = (operator: string, values?: string[]) => ({
  key: 'model',
  operator,
  value: values?.[0] ?? 'gpt-4.1',
  values,
});

describe("Grafana's operators", () => {
  it.each([
    ['=', '='],
    ['!=', '!='],
    ['=~', '=~'],
    ['!~', '!~'],
  ])('%s with one value', (operator, ours) => {
    expect(fromAdHoc(filter(operator))).toEqual({ dimension: 'model', operator: ours, values: ['gpt-4.1'] });
  });

  it.each([
    ['=|', '='],
    ['!=|', '!='],
  ])('%s with several values', (operator, ours) => {
    expect(fromAdHoc(filter(operator, ['a', 'b']))).toEqual({ dimension: 'model', operator: ours, values: ['a', 'b'] });
  });

  it.each(['<', '<=', '>', '>=', '~'])('%s is refused, with the operators that work', (operator) => {
    expect(whyNotApplicable(filter(operator))).toMatch(/Model is text.*= != =~ or !~/);
    expect(() => fromAdHoc(filter(operator))).toThrow(QueryError);
  });

  it('does not take names of Object.prototype for operators', () => {
    expect(whyNotApplicable(filter('toString'))).toBeDefined();
  });
});

describe('keys', () => {
  it.each(['tenant', 'user_id', 'cost_type', 'tags.ticket'])('%s can be filtered by', (key) => {
    expect(whyNotApplicable({ key, operator: '=' })).toBeUndefined();
  });

  it('an unknown one is refused by name', () => {
    expect(whyNotApplicable({ key: 'colour', operator: '=' })).toMatch(/no dimension "colour"/);
  });
});

it('values with a comma or a bar are whole, though Grafana takes these for its own dividers in a link', () => {
  const read = (value: string, valueLabels?: string[]) =>
    fromAdHoc({ key: 'agent', operator: '=', value, valueLabels }).values;
  expect(read('planner')).toEqual(['planner']);
  expect(read('planner', ['planner'])).toEqual(['planner']);
  expect(read('Doe', [' Jane'])).toEqual(['Doe, Jane']);
  expect(read('a', ['a', 'b'])).toEqual(['a|b']);
});
