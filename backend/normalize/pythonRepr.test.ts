import fc from 'fast-check';
import { parsePythonRepr } from './pythonRepr';

/** Python's repr of plain values, as CPython writes it. */
function repr(value: unknown): string {
  if (value === null) {
    return 'None';
  }
  if (typeof value === 'boolean') {
    return value ? 'True' : 'False';
  }
  if (typeof value === 'string') {
    const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
    const escaped = value
      .replaceAll('\\', '\\\\')
      .replaceAll('\n', '\\n')
      .replaceAll('\t', '\\t')
      .replaceAll('\r', '\\r');
    return quote + (quote === "'" ? escaped.replaceAll("'", "\\'") : escaped) + quote;
  }
  if (Array.isArray(value)) {
    return `[${value.map(repr).join(', ')}]`;
  }
  if (typeof value === 'object') {
    return `{${Object.entries(value)
      .map(([key, item]) => `${repr(key)}: ${repr(item)}`)
      .join(', ')}}`;
  }
  return JSON.stringify(value);
}

describe("Python's repr", () => {
  it('is read back, whatever plain values it holds', () => {
    const plain = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constant(null),
        fc.boolean(),
        fc.integer(),
        fc.string(),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(fc.string(), tie('value'), { maxKeys: 4, noNullPrototype: true })
      ),
    })).value;
    fc.assert(fc.property(plain, (value) => expect(parsePythonRepr(repr(value))).toEqual(value)));
  });

  it('of LiteLLM', () => {
    const text =
      "{'prompt_tokens': 1037, 'cost': 2.9e-05, 'details': {'audio': None, 'cached': 653}, 'tags': ('a', 'b')}";
    expect(parsePythonRepr(text)).toEqual({
      prompt_tokens: 1037,
      cost: 2.9e-5,
      details: { audio: null, cached: 653 },
      tags: ['a', 'b'],
    });
  });

  it.each([['Usage(prompt_tokens=5)'], ["{'a': Usage(x=1)}"], ["{'a': 1"], ["{'a' 1}"], ["'open"], ['{1: 2}'], ['']])(
    'is not understood where it is that of an object: %s',
    (text) => {
      expect(parsePythonRepr(text)).toBeUndefined();
    }
  );

  it('cannot reach a prototype or the stack', () => {
    expect(Object.keys(parsePythonRepr("{'__proto__': {'polluted': True}}") as object)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(parsePythonRepr('['.repeat(10_000))).toBeUndefined();
  });

  it('never throws, and ends', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...`{}[]()'":,\\ NoneTrue019.-e`), maxLength: 60 }), (text) => {
        expect(() => parsePythonRepr(text)).not.toThrow();
      })
    );
  });
});
