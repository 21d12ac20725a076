import pg from 'pg';

const COPY_DATA = 0x64;
/** A message without content: CopyDone. */
const COPY_DONE = Buffer.from([0x63, 0, 0, 0, 4]);

/**
 * A `COPY … FROM STDIN` whose data follow it at once. Source: PostgreSQL documentation, "COPY Operations": a server that
 * refuses the COPY passes over its data. So it needs no round trip of its own, and statements may follow it at once, which
 * pg-copy-streams can't do.
 */
class CopyQuery extends pg.Query {
  override submit: (connection: pg.Connection) => void;

  constructor(text: string, pieces: readonly Uint8Array[], callback: (error: Error | undefined) => void) {
    super(text, callback);
    this.submit = (connection) => {
      const { stream } = connection;
      stream.cork();
      connection.query(text);
      for (const piece of pieces) {
        const head = Buffer.allocUnsafe(5);
        head[0] = COPY_DATA;
        head.writeUInt32BE(piece.length + 4, 1);
        stream.write(head);
        stream.write(piece);
      }
      stream.write(COPY_DONE);
      stream.uncork();
    };
  }

  /** `pg` calls it when the server is ready for the data, which are on their way. */
  handleCopyInResponse(): void {}
}

/**
 * Sends a COPY and its data.
 *
 * @param text `COPY … FROM STDIN …`
 * @throws the database's error
 */
export function copyIn(client: pg.PoolClient, text: string, pieces: readonly Uint8Array[]): Promise<void> {
  return new Promise((resolve, reject) => {
    client.query(new CopyQuery(text, pieces, (error) => (error ? reject(error) : resolve())));
  });
}
