import type { RequestHandler } from 'express';
import { isLoopback } from '../config/config';
import type { Authenticator } from './auth';
import { badRequest, HttpProblem } from './problem';

/**
 * Refuses paths with `..` in any encoding before routing: Grafana's plugin proxy passes them on as they come
 * (design/grafana.md §0.4), and a route that is allowed there must not lead to one that isn't.
 */
export const noTraversal: RequestHandler = (request, _response, next) => {
  let path = request.originalUrl.split('?')[0]!;
  for (let i = 0; i < 3 && path.includes('%'); i++) {
    try {
      path = decodeURIComponent(path);
    } catch {
      throw badRequest('the path is not valid percent-encoding');
    }
  }
  if (/(^|[\\/])\.\.([\\/]|$)/.test(path)) {
    throw badRequest('the path must not contain ".."');
  }
  next();
};

/**
 * While the collector is open (no key on loopback), a web page could reach it through a name that resolves to 127.0.0.1;
 * its requests carry that name as their host.
 *
 * @throws HttpProblem 403
 */
export async function checkHost(authenticator: Authenticator, header: string | undefined): Promise<void> {
  const host = (header ?? 'localhost').replace(/:\d+$/, '').replace(/^\[(.*)]$/, '$1');
  if (!isLoopback(host) && (await authenticator.isOpen())) {
    throw new HttpProblem(
      403,
      'Forbidden',
      `without an API key the collector answers to a loopback host only, not to ${host.slice(0, 100)}`
    );
  }
}

/** {@link checkHost} for every request. */
export function noRebinding(authenticator: Authenticator): RequestHandler {
  return async (request, _response, next) => {
    await checkHost(authenticator, request.headers.host);
    next();
  };
}
