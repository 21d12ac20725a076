import net from 'node:net';
import { Connection, type ServerContext, type User } from './connection';
import { errorResponse } from './messages';
import type { EngineQueue } from '../session/engineQueue';

/** More than pools and panels need; each costs little, but a leak should be seen. */
const MAX_CONNECTIONS = 200;

export interface WireServerOptions {
  readonly host: string;
  readonly port: number;
  readonly users: ReadonlyMap<string, User>;
  readonly queue: EngineQueue;
  readonly serverVersion: string;
}

/** Listens for clients that speak PostgreSQL's protocol. */
export class WireServer {
  private readonly connections = new Map<number, Connection>();
  private nextId = 1;

  private constructor(
    private readonly server: net.Server,
    private readonly options: WireServerOptions
  ) {
    const context: ServerContext = {
      ...options,
      cancel: (processId, secret) => this.cancel(processId, secret),
    };
    server.on('connection', (socket) => {
      if (this.connections.size >= MAX_CONNECTIONS) {
        const error = {
          code: '53300',
          message: `more than ${MAX_CONNECTIONS} connections`,
          severity: 'FATAL',
        } as const;
        socket.on('error', () => socket.destroy());
        socket.end(errorResponse(error));
        return;
      }
      const id = this.nextId++;
      const connection = new Connection(id, socket, context, () => this.connections.delete(id));
      this.connections.set(id, connection);
    });
  }

  /** @throws the error of listen, such as EADDRINUSE */
  static async listen(options: WireServerOptions): Promise<WireServer> {
    const server = net.createServer();
    const wire = new WireServer(server, options);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(options.port, options.host, resolve);
    });
    return wire;
  }

  get port(): number {
    const address = this.server.address();
    return typeof address === 'object' && address ? address.port : this.options.port;
  }

  get clients(): number {
    return this.connections.size;
  }

  /** No new connections. */
  stopListening(): void {
    this.server.close();
  }

  /** Tells every client and ends its connection. */
  endClients(): void {
    for (const connection of this.connections.values()) {
      connection.fatal({ code: '57P01', message: 'the database is shutting down' });
    }
  }

  private cancel(processId: number, secret: number): void {
    this.connections.get(processId)?.cancel(secret);
  }
}
