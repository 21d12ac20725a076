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
