import net from 'node:net';
import type { Address } from '../config/config';
import { LaunchError } from './launchError';

/** A port that something is going to listen on, and how a person chooses another. */
export interface WantedPort {
  readonly what: string;
  readonly address: Address;
  readonly option: string;
}

/** @throws LaunchError that names every port in use and the option that chooses another. */
export async function requireFree(wanted: readonly WantedPort[]): Promise<void> {
  const problems: string[] = [];
  for (const { what, address, option } of wanted) {
    const code = await listenProblem(address);
    if (code === 'EADDRINUSE') {
      problems.push(
        `port ${address.port} (${what}) is in use: end what listens there, or choose another with ${option}`
      );
    } else if (code) {
      problems.push(`${what} can't listen on ${address.host}:${address.port} (${code}): choose another with ${option}`);
    }
  }
  const ports = wanted.map(({ address }) => address.port);
  const twice = wanted.find(({ address }, i) => ports.indexOf(address.port) !== i);
  if (twice) {
    problems.push(`port ${twice.address.port} is wanted twice: choose another with ${twice.option}`);
  }
  if (problems.length) {
    throw new LaunchError(problems.join('\n'));
  }
}

function listenProblem({ host, port }: Address): Promise<string | null> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}

/** Host and port as they stand in a URL. */
export const hostPort = ({ host, port }: Address): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;

/** URL under which this machine reaches an address that listens on all interfaces, too. */
export const localUrl = ({ host, port }: Address): string =>
  `http://${hostPort({ host: /^(0\.0\.0\.0|::)$/.test(host) ? '127.0.0.1' : host, port })}`;
