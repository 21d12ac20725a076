import fc from 'fast-check';
import { literal } from './literal';

it.each([
  ['acme', "'acme'"],
  ["O'Reilly", "'O''Reilly'"],
  ['pay$me', "E'pay\\x24me'"],
  ['${tenant}', "E'\\x24{tenant}'"],
  ['[[tenant]]', "E'\\x5B[tenant]]'"],
  ['a\\b', "E'a\\\\b'"],
  ["\\'; DROP TABLE x; --", "E'\\\\''; DROP TABLE x; --'"],
])('%s', (value, sql) => expect(literal(value)).toBe(sql));

it('refuses NUL', () => expect(() => literal('a\0b')).toThrow('NUL'));

/** Reads a literal as PostgreSQL does (standard_conforming_strings on). */
function read(sql: string): string {
  const match = /^(E?)'((?:[^']|'')*)'$/s.exec(sql);
  if (!match) {
    throw new Error(`not one literal: ${sql}`);
  }
  const body = match[2]!.replace(/''/g, "'");
  return match[1] === 'E'
    ? body.replace(/\\(x([0-9A-F]{2})|\\)/g, (_, escape: string, hex?: string) =>
        hex ? String.fromCharCode(parseInt(hex, 16)) : escape
      )
    : body;
}

const hostile = fc
  .array(fc.oneof(fc.constantFrom("'", '\\', '$', '${x}', '[[', ']]', '$__time', 'E', '--', ';', '\n'), fc.string()))
  .map((parts) => parts.join('').replace(/\0/g, ''));

it('is one literal that reads back as the value and holds nothing that Grafana would replace', () => {
  fc.assert(
    fc.property(hostile, (value) => {
      const sql = literal(value);
      expect(read(sql)).toBe(value);
      expect(sql).not.toContain('$');
      expect(sql).not.toContain('[[');
    })
  );
});
