import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { RequestHandler, Response } from 'express';
import { createRemoteJWKSet, jwtVerify, type JWTPayload } from 'jose';
import type { GrafanaUser } from '../identity/grafanaUser';
import { asRouted, type GrafanaViewers, throughGrafana } from '../identity/grafanaViewers';
import { isUserId } from '../identity/viewerRules';
import { hashKey } from '../storage/keys';
import { HttpProblem } from './problem';

export const SCOPES = ['ingest', 'read', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** Who calls, and what they may do. */
export interface Principal {
  readonly kind: 'open' | 'admin-key' | 'key' | 'jwt';
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** The one tenant that bounds everything they read and write; null when they aren't bound to exactly one. */
  readonly tenant: string | null;
  /** Every tenant that they may see; null for all. Several are possible for users of Grafana only. */
  readonly tenants: readonly string[] | null;
  /** The user of Grafana on whose behalf the request is made, verified. */
  readonly user: GrafanaUser | null;
  /** The user ids whose calls are the caller's own. */
  readonly userIds: readonly string[];
  /** Whether they may decide about approvals, with the scope admin. */
  readonly mayApprove: boolean;
}

/** A caller as its key or token says, before anything is known of a user. */
type Bearer = Omit<Principal, 'tenants' | 'user' | 'mayApprove'>;

/** Field by field: an object that is spread and then added to outlives Node 20's quick garbage collections. */
const asPrincipal = ({ kind, name, scopes, tenant, userIds }: Bearer): Principal => ({
  kind,
  name,
  scopes,
  tenant,
  tenants: tenant === null ? null : [tenant],
  user: null,
  userIds,
  mayApprove: true,
});

/** What authentication needs to know of stored keys. */
export interface KeyStore {
  /** The live key with this SHA-256 hash (hex). */
  find(hash: string): Promise<{ name: string; scopes: readonly string[]; tenant: string | null } | null>;
  /** Whether any live key exists. */
  any(): Promise<boolean>;
}

export interface AuthOptions {
  readonly adminKey: string | null;
  readonly jwtSecret: string | null;
  readonly jwksUrl: string | null;
  /** Whether the collector listens on loopback only. */
  readonly loopback: boolean;
}

const KEY_CACHE_MS = 10_000;
const ROLE_SCOPES: Record<string, readonly Scope[]> = {
  admin: ['ingest', 'read', 'admin'],
  editor: ['ingest', 'read'],
  ingest: ['ingest'],
  viewer: ['read'],
};

const unauthorized = (detail: string): HttpProblem =>
  new HttpProblem(401, 'Unauthorized', detail, {}, { 'www-authenticate': 'Bearer' });

const forbidden = (detail: string): HttpProblem => new HttpProblem(403, 'Forbidden', detail);

function equal(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(hashKey(a)), Buffer.from(hashKey(b)));
}

/** The bearer token, or null. Grafana's proxy writes `<no value>` when no token is configured. */
function bearer(authorization: string | undefined): string | null {
  const match = /^Bearer\s+(.+)$/i.exec(authorization ?? '');
  const token = match?.[1]?.trim() ?? '';
  return token === '' || token === '<no value>' ? null : token;
}

/** A token that never ends could not be taken back. */
const EXPIRING = { requiredClaims: ['exp'] };

/** Verifies JSON Web Tokens: HS256 by a secret, or asymmetric by a key set. */
export class Tokens {
  private readonly secret: Uint8Array | null;
  private readonly keySet: ReturnType<typeof createRemoteJWKSet> | null;

  constructor({ jwtSecret, jwksUrl }: Pick<AuthOptions, 'jwtSecret' | 'jwksUrl'>) {
    this.secret = jwtSecret ? new TextEncoder().encode(jwtSecret) : null;
    this.keySet = jwksUrl ? createRemoteJWKSet(new URL(jwksUrl)) : null;
  }

  get configured(): boolean {
    return this.secret !== null || this.keySet !== null;
  }

  /** The claims of a valid, unexpired token, or null. */
  async verify(token: string): Promise<JWTPayload | null> {
    for (const check of [
      () => this.secret && jwtVerify(token, this.secret, { ...EXPIRING, algorithms: ['HS256'] }),
      () =>
        this.keySet && jwtVerify(token, this.keySet, { ...EXPIRING, algorithms: ['RS256', 'ES256', 'PS256', 'EdDSA'] }),
    ]) {
      try {
        const verified = await check();
        if (verified) {
          return verified.payload;
        }
      } catch {
        // Not by this one; the other may know it.
      }
    }
    return null;
  }
}

/** While the database is away, what it said last holds: events must reach the spool. */
async function orKnown<T>(ask: () => Promise<T>, known: T | undefined): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (known === undefined) {
      throw error;
    }
    return known;
  }
}

/** Decides who calls. */
export class Authenticator {
  readonly tokens: Tokens;
  private readonly cache = new Map<string, { principal: Bearer | null; until: number }>();
  private open: { value: boolean; until: number } | null = null;

  constructor(
    private readonly options: AuthOptions,
    private readonly keys: KeyStore,
    /** Knows the users of Grafana; null where there is no Grafana. */
    private readonly viewers: GrafanaViewers | null = null
  ) {
    this.tokens = new Tokens(options);
  }

  /** With no key configured at all, the collector is open on loopback. */
  async isOpen(): Promise<boolean> {
    if (this.options.adminKey || !this.options.loopback) {
      return false;
    }
    if (!this.open || this.open.until < Date.now()) {
      const value = await orKnown(async () => !(await this.keys.any()), this.open?.value);
      this.open = { value, until: Date.now() + KEY_CACHE_MS };
    }
    return this.open.value;
  }

  /** Forgets what was cached; after keys were made or revoked here. */
  forget(): void {
    this.cache.clear();
    this.open = null;
  }

  /** @throws HttpProblem 401 when a key is needed and none that is known was given. */
  async principal(authorization: string | undefined): Promise<Principal> {
    const token = bearer(authorization);
    const known = token === null ? null : await this.known(token);
    if (known) {
      return asPrincipal(known);
    }
    if (await this.isOpen()) {
      return asPrincipal({ kind: 'open', name: 'loopback', scopes: SCOPES, tenant: null, userIds: [] });
    }
    throw unauthorized(
      token === null ? 'send an API key: Authorization: Bearer <key>' : 'the API key is unknown, revoked or expired'
    );
  }

  /**
   * Who calls, by key and, where the request came through Grafana, by the user who is signed in there: both must allow it.
   *
   * @param personal whether the user must be known whatever the key allows
   * @throws HttpProblem 401, 403 or 503
   */
  async caller(headers: IncomingHttpHeaders, personal = false): Promise<Principal> {
    const principal = asRouted(await this.principal(headers.authorization), headers);
    if (this.viewers) {
      return this.viewers.limit(principal, headers, personal);
    }
    // The key is Grafana's: nothing is the own of whoever sits before it, and nobody knows who that is.
    return throughGrafana(headers) ? { ...principal, userIds: [], mayApprove: false } : principal;
  }

  private async known(token: string): Promise<Bearer | null> {
    if (this.options.adminKey && equal(token, this.options.adminKey)) {
      return { kind: 'admin-key', name: 'LLMCOST_ADMIN_KEY', scopes: SCOPES, tenant: null, userIds: [] };
    }
    return token.split('.').length === 3 ? this.fromToken(token) : this.fromKey(token);
  }

  private async fromToken(token: string): Promise<Bearer | null> {
    const claims = await this.tokens.verify(token);
    if (!claims || typeof claims.org !== 'string' || claims.org === '') {
      return null;
    }
    const role = typeof claims.role === 'string' ? claims.role.toLowerCase() : 'viewer';
    return {
      kind: 'jwt',
      name: claims.sub ?? claims.org,
      scopes: ROLE_SCOPES[role] ?? ['read'],
      tenant: claims.org,
      userIds: claims.sub && isUserId(claims.sub) ? [claims.sub] : [],
    };
  }

  private async fromKey(token: string): Promise<Bearer | null> {
    const hash = hashKey(token);
    const cached = this.cache.get(hash);
    if (cached && cached.until > Date.now()) {
      return cached.principal;
    }
    const principal = await orKnown(async () => {
      const found = await this.keys.find(hash);
      return (
        found && {
          kind: 'key' as const,
          name: found.name,
          scopes: SCOPES.filter((scope) => found.scopes.includes(scope)),
          tenant: found.tenant,
          userIds: [],
        }
      );
    }, cached?.principal);
    if (this.cache.size > 10_000) {
      this.cache.clear();
    }
    this.cache.set(hash, { principal, until: Date.now() + KEY_CACHE_MS });
    return principal;
  }
}

/** @throws HttpProblem 403 unless the caller has the scope; admin has every scope. */
export function requireScope(principal: Principal, scope: Scope): void {
  if (!principal.scopes.includes(scope) && !principal.scopes.includes('admin')) {
    throw forbidden(`this needs a key with the scope "${scope}"; yours has ${principal.scopes.join(', ') || 'none'}`);
  }
}

interface Demands {
  readonly everyTenant?: boolean;
  readonly severalTenants?: boolean;
  readonly personal?: boolean;
}

/** @throws HttpProblem 403 when the caller sees fewer tenants than the handler speaks of. */
function requireTenants({ tenants }: Principal, { everyTenant, severalTenants }: Demands): void {
  if (tenants === null) {
    return;
  }
  if (everyTenant) {
    throw forbidden(`this concerns every tenant; you are bound to ${tenants.join(', ')}`);
  }
  if (!severalTenants && tenants.length !== 1) {
    throw forbidden(`this is for one tenant or for all of them; you see ${tenants.join(', ')}`);
  }
}

/**
 * The caller, when they have the scope; admin has every scope.
 *
 * @throws HttpProblem 401, 403 or 503
 */
export async function admit(
  authenticator: Authenticator,
  headers: IncomingHttpHeaders,
  scope: Scope,
  { everyTenant = false, severalTenants = false, personal = false }: Demands = {}
): Promise<Principal> {
  const principal = await authenticator.caller(headers, personal || scope !== 'read');
  requireScope(principal, scope);
  requireTenants(principal, { everyTenant, severalTenants });
  return principal;
}

/**
 * Lets only callers with the scope through; admin has every scope. Handlers find the caller by `principalOf`.
 * `everyTenant` refuses those that don't see every tenant; those who see several of them need `severalTenants`, which is
 * for handlers that limit what they say to `principal.tenants`. `personal` wants to know the user of Grafana, if any.
 */
export function requires(authenticator: Authenticator, scope: Scope, demands: Demands = {}): RequestHandler {
  return async (request, response, next) => {
    const principal = await admit(authenticator, request.headers, scope, demands);
    (response.locals as { principal?: Principal }).principal = principal;
    next();
  };
}

/** The caller that `requires` let through. */
export function principalOf(response: Response): Principal {
  const { principal } = response.locals as { principal?: Principal };
  if (!principal) {
    throw new Error('the route has no requires(…) before it');
  }
  return principal;
}
