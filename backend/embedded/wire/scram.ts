import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';

/** SCRAM-SHA-256 for a server (RFC 5802, RFC 7677), without channel binding: the server has no TLS. */
export const SCRAM_MECHANISM = 'SCRAM-SHA-256';

const ITERATIONS = 4096;
const hmac = (key: Uint8Array, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** What a server keeps of a password: it can check a proof and can't log in elsewhere. */
export interface ScramSecret {
  readonly salt: Buffer;
  readonly storedKey: Buffer;
  readonly serverKey: Buffer;
}

export function scramSecret(password: string, salt: Buffer = randomBytes(16)): ScramSecret {
  const salted = pbkdf2Sync(password.normalize('NFKC'), salt, ITERATIONS, 32, 'sha256');
  return {
    salt,
    storedKey: createHash('sha256').update(hmac(salted, 'Client Key')).digest(),
    serverKey: hmac(salted, 'Server Key'),
  };
}

function attributes(text: string): Map<string, string> {
  return new Map(text.split(',').map((part) => [part.slice(0, 1), part.slice(2)]));
}

/** One exchange with one client. A null secret (unknown user) runs through and always fails. */
export class ScramExchange {
  private readonly secret: ScramSecret;
  private readonly nonce = randomBytes(18).toString('base64');
  private clientNonce = '';
  private clientFirstBare = '';
  private serverFirst = '';
  private header = '';

  constructor(private readonly known: ScramSecret | null) {
    this.secret = known ?? scramSecret(randomBytes(16).toString('hex'));
  }

  /** @returns the server's first message, or null where the client's message is malformed or asks for TLS binding */
  first(clientFirst: string): string | null {
    const match = /^([ny],(?:a=[^,]*)?,)((?:n=[^,]*),r=([\x21-\x2b\x2d-\x7e]+)(?:,.*)?)$/.exec(clientFirst);
    if (!match) {
      return null;
    }
    this.header = match[1] ?? '';
    this.clientFirstBare = match[2] ?? '';
    this.clientNonce = match[3] ?? '';
    this.serverFirst = `r=${this.clientNonce}${this.nonce},s=${this.secret.salt.toString('base64')},i=${ITERATIONS}`;
    return this.serverFirst;
  }

  /** @returns the server's final message, or null where the proof is wrong */
  final(clientFinal: string): string | null {
    const proofAt = clientFinal.lastIndexOf(',p=');
    const withoutProof = clientFinal.slice(0, Math.max(proofAt, 0));
    const given = attributes(withoutProof);
    const proof = Buffer.from(clientFinal.slice(proofAt + 3), 'base64');
    if (
      proofAt < 0 ||
      !this.known ||
      proof.length !== 32 ||
      given.get('c') !== Buffer.from(this.header).toString('base64') ||
      given.get('r') !== `${this.clientNonce}${this.nonce}`
    ) {
      return null;
    }
    const signed = `${this.clientFirstBare},${this.serverFirst},${withoutProof}`;
    const signature = hmac(this.secret.storedKey, signed);
    const clientKey = Buffer.from(proof.map((byte, index) => byte ^ (signature[index] ?? 0)));
    const storedKey = createHash('sha256').update(clientKey).digest();
    if (!timingSafeEqual(storedKey, this.secret.storedKey)) {
      return null;
    }
    return `v=${hmac(this.secret.serverKey, signed).toString('base64')}`;
  }
}
