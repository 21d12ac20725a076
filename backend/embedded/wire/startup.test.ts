import { ProtocolViolation } from './frameReader';
import { int32 } from './messages';
import { parseStartPacket } from './startup';

const packet = (code: number, ...rest: Buffer[]): Buffer => {
  const body = Buffer.concat([int32(code), ...rest]);
  return Buffer.concat([int32(body.length + 4), body]);
};
const text = (...words: string[]): Buffer => Buffer.from(words.map((word) => `${word}\0`).join('') + '\0');
const PROTOCOL_3 = 196608;

test('user and settings; names in lower case; command-line options', () => {
  const words = text(
    'user',
    'me',
    'database',
    'd',
    'TimeZone',
    'UTC',
    'options',
    '-c search_path=a\\ b --work-mem=1MB -cjit=off'
  );
  expect(parseStartPacket(packet(PROTOCOL_3, words))).toEqual({
    kind: 'start',
    minor: 0,
    unknownOptions: [],
    user: 'me',
    settings: new Map([
      ['search_path', 'a b'],
      ['work_mem', '1MB'],
      ['jit', 'off'],
      ['timezone', 'UTC'],
    ]),
  });
});

test('a newer minor version and its options are told apart', () => {
  const parsed = parseStartPacket(packet(PROTOCOL_3 + 2, text('user', 'me', '_pq_.new', '1')));
  expect(parsed).toMatchObject({ minor: 2, unknownOptions: ['_pq_.new'], settings: new Map() });
});

test('encryption and cancel requests', () => {
  expect(parseStartPacket(packet(80877103))).toEqual({ kind: 'encryption' });
  expect(parseStartPacket(packet(80877104))).toEqual({ kind: 'encryption' });
  const cancel = packet(80877102, int32(7), int32(9));
  expect(parseStartPacket(cancel)).toEqual({ kind: 'cancel', processId: 7, secret: 9 });
});

test.each([
  ['an old protocol', packet(131072)],
  ['HTTP', Buffer.from('GET / HTTP/1.1\r\n')],
  ['too short a packet', Buffer.from([0, 0, 0, 4])],
  ['half a cancel request', packet(80877102, int32(7))],
])('%s is refused', (_what, bytes) => {
  expect(() => parseStartPacket(bytes)).toThrow(ProtocolViolation);
});
