import type { IncomingHttpHeaders } from 'node:http';
import type { Principal } from '../http/auth';
import { HttpProblem } from '../http/problem';
import { type GrafanaIdentity, IdentityRefused, KeysUnavailable } from './grafanaUser';
import { isApprover, tenantsFor, userIdsOf, type ViewerSettings } from './viewerRules';

/**
 * Set by the app's routes in Grafana's proxy, over whatever the browser sends: the request is one of a Grafana user, also
 * where Grafana could not sign who that is. `grafana-write` is for routes that need a permission to write; everything else
 * reads, whatever the key allows.
 */
export const VIA_HEADER = 'x-llmcost-via';
const WRITES = 'grafana-write';

const one = (header: string | string[] | undefined): string | undefined => [header].flat()[0];

/** Whether the request is made on behalf of a user of Grafana. */
export const throughGrafana = (headers: IncomingHttpHeaders): boolean =>
  headers['x-grafana-id'] !== undefined || headers[VIA_HEADER] !== undefined;

/** What a problem with the identity becomes for the client. */
function refusal(error: unknown): unknown {
  if (error instanceof IdentityRefused) {
    return new HttpProblem(401, 'Unauthorized', error.message);
  }
  return error instanceof KeysUnavailable
    ? new HttpProblem(503, 'Not now', error.message, {}, { 'retry-after': '5' })
    : error;
}

/** Limits what Grafana's own key may do to what its user may. */
export class GrafanaViewers {
  constructor(
    private readonly identity: GrafanaIdentity,
    private readonly settings: ViewerSettings
  ) {}

  /**
   * The caller within the limits of the Grafana user behind the request. Requests that don't come through Grafana are left
   * to their key.
   *
   * @param personal whether the user has to be known also where no rule needs it
   * @throws HttpProblem 401 without an identity that holds, 403 for a user without a tenant, 503 when Grafana's keys can't
   * be read
   */
  async limit(principal: Principal, headers: IncomingHttpHeaders, personal: boolean): Promise<Principal> {
    if (!throughGrafana(headers) || !(personal || this.settings.viewers)) {
      return principal;
    }
    try {
      const user = await this.identity.verify(one(headers['x-grafana-id']), one(headers['x-grafana-context']));
      const tenants = this.tenants(principal, this.settings.viewers ? tenantsFor(this.settings.viewers, user) : null);
      return {
        ...principal,
        name: user.login ?? user.uid ?? principal.name,
        // What editors may change is up to Grafana's roles and the routes that ask for them.
        scopes: ['Editor', 'Admin'].includes(user.role) ? principal.scopes : readOnly(principal),
        tenant: tenants?.length === 1 ? tenants[0]! : null,
        tenants,
        user,
        userIds: userIdsOf(user, this.settings),
        mayApprove: isApprover(this.settings, user),
      };
    } catch (error) {
      throw refusal(error);
    }
  }

  /** @throws HttpProblem 403 when nothing is left. */
  private tenants({ tenants: bound }: Principal, allowed: readonly string[] | null): readonly string[] | null {
    const both =
      bound === null || allowed === null ? (bound ?? allowed) : bound.filter((name) => allowed.includes(name));
    if (both?.length === 0) {
      throw new HttpProblem(
        403,
        'Forbidden',
        'no tenant is assigned to you; ask who runs the collector to add you to grafana.viewers in its configuration'
      );
    }
    return both;
  }
}

/** A key as the app's route lets it be used. */
export const asRouted = (principal: Principal, headers: IncomingHttpHeaders): Principal =>
  headers[VIA_HEADER] === undefined || headers[VIA_HEADER] === WRITES
    ? principal
    : { ...principal, scopes: readOnly(principal) };

/** What a viewer keeps of a key; the scope admin holds every scope. */
const readOnly = ({ scopes }: Principal): Principal['scopes'] =>
  scopes.includes('read') || scopes.includes('admin') ? ['read'] : [];
