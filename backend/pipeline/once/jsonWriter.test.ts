import { JsonWriter } from './jsonWriter';

function written(write: (json: JsonWriter) => void): string {
  const json = new JsonWriter();
  write(json);
  return json.take().toString();
}

test.each([
  0,
  7,
  9,
  10,
  99,
  100,
  -1,
  -10,
  1_767_225_599_999_999,
  2 ** 53 - 1,
  -(2 ** 53 - 1),
  0.1,
  -2.5,
  1e21,
  null,
  NaN,
])('the number %p is as JSON has it', (value) => {
  expect(written((json) => json.number(value))).toBe(JSON.stringify(value));
});

test.each([
  '',
  'chatcmpl-1',
  'a"b',
  'a\\b',
  'tab\t',
  'ümlaut',
  '😀',
  '\ud800',
  '\u007f',
  'x'.repeat(100_000),
  'é'.repeat(70_000),
])('a text is as JSON has it', (value) => {
  expect(JSON.parse(written((json) => json.text(value)))).toBe(value);
});

test('pieces of all kinds stand one after the other, over many sizes of the buffer', () => {
  const rows = Array.from({ length: 20_000 }, (_, i) => [i, `id ${i}`, { i }] as const);
  const text = written((json) => {
    json.raw('[');
    rows.forEach(([number, id, object], i) => {
      json.raw(i === 0 ? '[' : ',[');
      json.number(number);
      json.raw(',');
      json.text(id);
      json.raw(',');
      json.json(object);
      json.raw(']');
    });
    json.raw(']');
  });
  expect(JSON.parse(text)).toEqual(rows);
});
