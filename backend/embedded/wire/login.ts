import { SCRAM_MECHANISM, ScramExchange, type ScramSecret } from './scram';
import { authentication } from './messages';

/** Codes of AuthenticationRequest. */
const OK = 0;
const SASL = 10;
const SASL_CONTINUE = 11;
const SASL_FINAL = 12;

/** One login by SCRAM-SHA-256: feed it the client's password messages. */
export class Login {
  private readonly exchange: ScramExchange;
  private started = false;

  /** @param secret null for a user that doesn't exist: the exchange runs through and fails */
  constructor(secret: ScramSecret | null) {
    this.exchange = new ScramExchange(secret);
  }

  /** What the server begins with. */
  readonly request: Buffer = authentication(SASL, SCRAM_MECHANISM, Buffer.from([0]));

  /** @returns what to answer, and whether the client is in; null when it is refused */
  receive(bytes: Buffer): { readonly answer: Buffer; readonly done: boolean } | null {
    if (!this.started) {
      this.started = true;
      const mechanismEnd = bytes.indexOf(0, 5);
      const clientFirst = bytes.toString('utf8', mechanismEnd + 5);
      const answer =
        bytes.toString('utf8', 5, mechanismEnd) === SCRAM_MECHANISM ? this.exchange.first(clientFirst) : null;
      return answer === null ? null : { answer: authentication(SASL_CONTINUE, Buffer.from(answer)), done: false };
    }
    const answer = this.exchange.final(bytes.toString('utf8', 5));
    return answer === null
      ? null
      : { answer: Buffer.concat([authentication(SASL_FINAL, Buffer.from(answer)), authentication(OK)]), done: true };
  }
}
