import { message } from './messages';
import { ReplyScanner } from './replyScanner';
import { readRows } from './rows';

const row = (...values: Array<string | null>): Buffer => {
  const columns = values.map((value) => {
    const length = Buffer.alloc(4);
    length.writeInt32BE(value === null ? -1 : Buffer.byteLength(value));
    return Buffer.concat([length, Buffer.from(value ?? '')]);
  });
  const count = Buffer.alloc(2);
  count.writeInt16BE(values.length);
  return message('D', count, ...columns);
};

test('hidden messages are left out, whatever the pieces; the rest stays as it is', () => {
  const shown = [row('a'), row('b'), message('C', 'SELECT 2')];
  const bytes = Buffer.concat([
    message('1'),
    ...shown.slice(0, 2),
    message('N', 'x'),
    ...shown.slice(2),
    message('Z', Buffer.from('I')),
  ]);
  for (const size of [1, 4, 9, 1000]) {
    const scanner = new ReplyScanner({ visit: (type) => !'1NZ'.includes(String.fromCharCode(type)) });
    for (let at = 0; at < bytes.length; at += size) {
      scanner.push(bytes.subarray(at, at + size));
    }
    expect(Buffer.from(scanner.take())).toEqual(Buffer.concat(shown));
    expect(scanner.size).toBe(0);
  }
});

test('rows and the first error of an answer', () => {
  const error = message('E', 'SERROR', 'C22012', 'Mdivision by zero', Buffer.from([0]));
  expect(readRows(Buffer.concat([row('1', null), row('ü', '')]))).toEqual({
    rows: [
      ['1', ''],
      ['ü', ''],
    ],
    error: null,
  });
  expect(readRows(Buffer.concat([row('1'), error]))).toEqual({ rows: [['1']], error: 'division by zero' });
});
