import net from 'node:net';

export interface Answer {
  readonly status: number;
  readonly body: string;
}

const HEAD_END = Buffer.from('\r\n\r\n');

/**
 * One kept-alive HTTP/1.1 connection that posts JSON, one request at a time. Node's own client costs about as much processor
 * time as the collector's whole answer, and both share the machine while the collector is measured.
 */
export class Line {
  private readonly socket: net.Socket;
  private readonly host: string;
  private received: Buffer = Buffer.alloc(0);
  private open: { readonly resolve: (answer: Answer) => void; readonly reject: (error: Error) => void } | null = null;

  private readonly authorization: string;

  constructor(base: string, token?: string) {
    this.authorization = token === undefined ? '' : `authorization: Bearer ${token}\r\n`;
    const { hostname, port, host } = new URL(base);
    this.host = host;
    this.socket = net.connect({ host: hostname, port: Number(port), noDelay: true });
    this.socket.on('data', (data) => this.take(data));
    this.socket.on('error', (error) => this.fail(error));
    this.socket.on('close', () => this.fail(new Error(`${this.host} ended the connection`)));
  }

  post(path: string, body: unknown): Promise<Answer> {
    const text = JSON.stringify(body);
    return new Promise((resolve, reject) => {
      this.open = { resolve, reject };
      this.socket.write(
        `POST ${path} HTTP/1.1\r\nhost: ${this.host}\r\ncontent-type: application/json\r\n${this.authorization}` +
          `content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`
      );
    });
  }

  end(): void {
    this.socket.destroy();
  }

  private fail(error: Error): void {
    this.open?.reject(error);
    this.open = null;
  }

  private take(data: Buffer): void {
    this.received = this.received.length === 0 ? data : Buffer.concat([this.received, data]);
    const headEnd = this.received.indexOf(HEAD_END);
    if (headEnd < 0) {
      return;
    }
    const head = this.received.toString('latin1', 0, headEnd);
    const length = /\ncontent-length: (\d+)/i.exec(head)?.[1];
    if (length === undefined) {
      this.fail(new Error(`an answer without a length: ${head}`));
      return;
    }
    const end = headEnd + HEAD_END.length + Number(length);
    if (this.received.length < end) {
      return;
    }
    const answer = {
      status: Number(head.slice(9, 12)),
      body: this.received.toString('utf8', headEnd + HEAD_END.length, end),
    };
    this.received = this.received.subarray(end);
    const { open } = this;
    this.open = null;
    open?.resolve(answer);
  }
}
