import { FrameReader, ProtocolViolation } from './frameReader';
import { message } from './messages';

const types = (reader: FrameReader): string[] => {
  const seen: string[] = [];
  for (let frame = reader.next(); frame; frame = reader.next()) {
    seen.push(`${frame.type}${frame.bytes.length}`);
  }
  return seen;
};

test('messages come out whole, however the bytes arrive', () => {
  const bytes = Buffer.concat([message('Q', 'SELECT 1'), message('S'), message('d', Buffer.alloc(1000)), message('X')]);
  for (const size of [1, 3, 7, 64, 2000]) {
    const reader = new FrameReader(10_000);
    const seen: string[] = [];
    for (let at = 0; at < bytes.length; at += size) {
      reader.push(bytes.subarray(at, at + size));
      seen.push(...types(reader));
    }
    expect(seen).toEqual(['Q14', 'S5', 'd1005', 'X5']);
  }
});

test('a message longer than the limit, and one shorter than its header', () => {
  const long = new FrameReader(100);
  long.push(Buffer.from([0x51, 0, 0, 1, 0]));
  expect(() => long.next()).toThrow(new ProtocolViolation('a message of 257 bytes is not between 5 and 100'));
  const short = new FrameReader(100);
  short.push(Buffer.from([0x51, 0xff, 0xff, 0xff, 0xff]));
  expect(() => short.next()).toThrow(ProtocolViolation);
});
