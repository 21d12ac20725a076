import { parsePython } from './pythonJson';

describe("Python's JSON", () => {
  it.each([
    ['[1,NaN,-Infinity,Infinity]', [1, null, null, null]],
    ['{"a":NaN,"b":"NaN, \\"x\\" Infinity","c":[ NaN ]}', { a: null, b: 'NaN, "x" Infinity', c: [null] }],
    ['{"a":1}', { a: 1 }],
  ])('%s', (text, value) => {
    expect(parsePython(text)).toEqual(value);
  });

  it.each(['{', 'NaNa', '{"a":NaN', '"NaN', ''])('%s stays no JSON', (text) => {
    expect(() => parsePython(text)).toThrow(SyntaxError);
  });

  it('a long text that never ends is refused soon', () => {
    expect(() => parsePython(`{"a":NaN,"b":"${'\\\\'.repeat(500_000)}`)).toThrow(SyntaxError);
  });
});
