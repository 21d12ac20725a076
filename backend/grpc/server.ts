import {
  Metadata,
  type sendUnaryData,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceDefinition,
  status,
  type UntypedHandleCall,
} from '@grpc/grpc-js';
import type { Logger } from 'pino';
import { type Address, ConfigError } from '../config/config';
import { type Authenticator, requireScope } from '../http/auth';
import { MAX_BODY_BYTES, TOO_MANY } from '../http/body';
import { BODIES } from '../http/bytesInFlight';
import { comeAgain, type HttpProblem, problemOf } from '../http/problem';
import { FormatError } from '../receivers/otlp/formatError';
import { receive, type Receiving } from '../receivers/otlp/receive';
import { exportReply, type ExportSignal } from '../receivers/otlp/reply';

const SERVICES: ReadonlyArray<readonly [ExportSignal, string]> = [
  ['traces', 'opentelemetry.proto.collector.trace.v1.TraceService'],
  ['logs', 'opentelemetry.proto.collector.logs.v1.LogsService'],
  ['metrics', 'opentelemetry.proto.collector.metrics.v1.MetricsService'],
];

/** Calls of one connection at a time; an OpenTelemetry Collector sends ten. Others wait with their bytes at the sender. */
const MAX_STREAMS = 32;

type Call = ServerUnaryCall<Buffer, Buffer>;

/** The messages are decoded by our own decoder, so bytes pass through as they are. */
const asIs = (bytes: Buffer): Buffer => bytes;

const definition = (service: string): ServiceDefinition => ({
  Export: {
    path: `/${service}/Export`,
    requestStream: false,
    responseStream: false,
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  },
});

/** gRPC's codes for the problems of the HTTP surface; UNAVAILABLE is what exporters try again. */
function codeOf(problem: HttpProblem | null): status {
  switch (problem?.status) {
    case 401:
      return status.UNAUTHENTICATED;
    case 403:
      return status.PERMISSION_DENIED;
    case 503:
      return status.UNAVAILABLE;
    default:
      return problem ? status.INVALID_ARGUMENT : status.INTERNAL;
  }
}

function failure(error: unknown, log: Logger): { code: status; details: string; metadata: Metadata } {
  if (error instanceof FormatError) {
    return { code: status.INVALID_ARGUMENT, details: error.message, metadata: new Metadata() };
  }
  const problem = problemOf(error);
  if (!problem) {
    log.error({ err: error }, 'gRPC export failed');
  }
  const metadata = new Metadata();
  const seconds = problem?.headers['retry-after'];
  if (seconds) {
    // google.rpc.RetryInfo's readable sibling: exporters back off on UNAVAILABLE by themselves.
    metadata.set('retry-after', seconds);
  }
  return { code: codeOf(problem), details: problem?.detail ?? 'the collector failed; its log says why', metadata };
}

/** A running OTLP/gRPC server. */
export interface GrpcServer {
  readonly port: number;
  /** Lets open calls end, then ends. */
  close(): Promise<void>;
}

/**
 * OTLP/gRPC: the export services of the signals, gzip included.
 *
 * @throws ConfigError when the address can't be listened on.
 */
export async function startGrpc(
  address: Address,
  authenticator: Authenticator,
  receiving: Receiving,
  log: Logger
): Promise<GrpcServer> {
  const server = new Server({
    'grpc.max_receive_message_length': MAX_BODY_BYTES,
    'grpc.max_concurrent_streams': MAX_STREAMS,
  });
  for (const [signal, service] of SERVICES) {
    const take = async ({ request, metadata }: Call): Promise<Buffer> => {
      const [authorization] = metadata.get('authorization');
      const principal = await authenticator.principal(authorization?.toString());
      requireScope(principal, 'ingest');
      const release = BODIES.take(request.length);
      if (!release) {
        throw comeAgain(TOO_MANY, 1);
      }
      try {
        const { rejected, message } = await receive({ signal, body: request, tenant: principal.tenant }, receiving);
        return Buffer.from(exportReply(signal, rejected, message).protobuf);
      } finally {
        release();
      }
    };
    const handle = (call: Call, callback: sendUnaryData<Buffer>) => {
      take(call).then(
        (reply) => callback(null, reply),
        (error: unknown) => callback(failure(error, log))
      );
    };
    server.addService(definition(service), { Export: handle as UntypedHandleCall });
  }
  const port = await bind(server, address);
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        const force = setTimeout(() => server.forceShutdown(), 5_000);
        server.tryShutdown(() => {
          clearTimeout(force);
          resolve();
        });
      }),
  };
}

function bind(server: Server, { host, port }: Address): Promise<number> {
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, bound) => {
      if (error) {
        reject(
          new ConfigError(`LLMCOST_GRPC_ADDR: can't listen on ${address}; end what listens there, or set it to none`)
        );
      } else {
        resolve(bound);
      }
    });
  });
}
