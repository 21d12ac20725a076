/** A client that sends messages one by one, for tests of what drivers hide. */
import net from 'node:net';
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { FrameReader } from './frameReader';
import { int32, message, sync } from './messages';

export const parse = (name: string, sql: string): Buffer => message('P', name, sql, Buffer.from([0, 0]));
export const bind = (statement = ''): Buffer => message('B', '', statement, Buffer.alloc(6));
export const execute = (rows = 0): Buffer => message('E', '', int32(rows));
export const describePortal = (): Buffer => message('D', Buffer.from('P'), '');
export const flush = (): Buffer => message('H');
export { sync };
export { query } from './messages';

/** One message of the server, as short text: `1`, `C SELECT 1`, `Z I`, `E 42601`, `D 5`. */
function short(type: string, bytes: Buffer): string {
  const text = bytes.toString('utf8', 5, bytes.length);
  switch (type) {
    case 'C':
      return `C ${text.slice(0, -1)}`;
    case 'Z':
      return `Z ${text}`;
    case 'E':
      return `E ${
        text
          .split('\0')
          .find((field) => field.startsWith('C'))
          ?.slice(1) ?? ''
      }`;
    case 'D':
      return `D ${text.replace(/[^ -~]/g, '')}`;
    default:
      return type;
  }
}

export class TestClient {
  private readonly reader = new FrameReader(1e9);
  private readonly received: string[] = [];
  private readonly waiting: Array<{ last: string; resolve(seen: string[]): void }> = [];

  private constructor(readonly socket: net.Socket) {
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      this.reader.push(chunk);
      for (let frame = this.reader.next(); frame; frame = this.reader.next()) {
        this.arrived(short(frame.type, frame.bytes), frame.bytes);
      }
    });
  }

  private raw: ((bytes: Buffer) => void) | null = null;

  /** Logs in with SCRAM-SHA-256. */
  static async connect(url: string): Promise<TestClient> {
    const { hostname, port, username, password } = new URL(url);
    const client = new TestClient(net.connect(Number(port), hostname));
    const start = Buffer.concat([int32(196608), Buffer.from(`user\0${username}\0\0`)]);
    client.send(int32(start.length + 4), start);
    await client.until('R');
    const first = 'n=,r=abcdefghijklmnop';
    client.send(message('p', 'SCRAM-SHA-256', int32(first.length + 3), Buffer.from(`n,,${first}`)));
    const challenge = await client.bytesOf('R');
    const answered = challenge.toString('utf8', 9);
    const [nonce = '', salt = '', rounds = ''] = answered.split(',').map((part) => part.slice(2));
    const salted = pbkdf2Sync(password, Buffer.from(salt, 'base64'), Number(rounds), 32, 'sha256');
    const key = createHmac('sha256', salted).update('Client Key').digest();
    const final = `c=biws,r=${nonce}`;
    const signature = createHmac('sha256', createHash('sha256').update(key).digest())
      .update(`${first},${answered},${final}`)
      .digest();
    const proof = Buffer.from(key.map((byte, index) => byte ^ (signature[index] ?? 0))).toString('base64');
    client.send(message('p', Buffer.from(`${final},p=${proof}`)));
    await client.until('Z I');
    return client;
  }

  send(...messages: Uint8Array[]): void {
    this.socket.write(Buffer.concat(messages));
  }

  /** Everything that has arrived since the last call, up to and with `last`. */
  until(last: string): Promise<string[]> {
    return new Promise((resolve) => {
      this.waiting.push({ last, resolve });
      this.settle();
    });
  }

  end(): void {
    this.socket.destroy();
  }

  private bytesOf(type: string): Promise<Buffer> {
    return new Promise((resolve) => {
      this.raw = (bytes) => {
        if (String.fromCharCode(bytes[0] ?? 0) === type) {
          this.raw = null;
          resolve(bytes);
        }
      };
    });
  }

  private arrived(text: string, bytes: Buffer): void {
    this.raw?.(bytes);
    this.received.push(text);
    this.settle();
  }

  private settle(): void {
    const [first] = this.waiting;
    const at = first ? this.received.indexOf(first.last) : -1;
    if (first && at >= 0) {
      this.waiting.shift();
      first.resolve(this.received.splice(0, at + 1));
    }
  }
}
