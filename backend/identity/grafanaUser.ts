import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';

/** Who is signed in to Grafana, as its signed token says. */
export interface GrafanaUser {
  /** `user`, `service-account`, `anonymous` … */
  readonly type: string;
  /** Grafana's own id of the user, which never changes. */
  readonly uid: string | null;
  readonly login: string | null;
  readonly email: string | null;
  readonly name: string | null;
  /** Id of the organisation that the user is in at the moment. */
  readonly organisation: number;
  /** `Viewer`, `Editor`, `Admin`, `None`. */
  readonly role: string;
  /** Ids of teams. They aren't in the signed token: see `teamsOf`. */
  readonly teams: readonly number[];
}

/** Why a token is not taken. */
export class IdentityRefused extends Error {
  override name = 'IdentityRefused';
}

/** Grafana's signing keys can't be read now. */
export class KeysUnavailable extends Error {
  override name = 'KeysUnavailable';
}

/** Grafana signs for ten minutes; clocks of two machines may differ. */
const CLOCK_TOLERANCE_SECONDS = 30;
const KEYS_TIMEOUT_MS = 5_000;

/** What is wrong with the token itself; anything else is trouble with reading the keys. */
const REFUSALS = [
  errors.JWTExpired,
  errors.JWTClaimValidationFailed,
  errors.JWTInvalid,
  errors.JWSInvalid,
  errors.JWSSignatureVerificationFailed,
  errors.JWKSNoMatchingKey,
  errors.JOSEAlgNotAllowed,
  errors.JOSENotSupported,
];

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** The teams in `X-Grafana-Context`, if it is about the same user and organisation. */
export function teamsOf(context: string | undefined, subject: string, organisation: number): number[] {
  let read: unknown;
  try {
    read = JSON.parse(context ?? 'null');
  } catch {
    return [];
  }
  const { UserID, OrgID, Teams } = (read ?? {}) as Record<string, unknown>;
  const same = subject === `user:${String(UserID)}` && OrgID === organisation;
  return same && Array.isArray(Teams) ? Teams.filter((team): team is number => Number.isSafeInteger(team)) : [];
}

/**
 * Verifies the `X-Grafana-Id` that Grafana's proxy adds to a request (design/grafana.md §5): signature by Grafana's own
 * keys, issuer, audience and time. A client can send the header as well, so nothing of it holds before that.
 */
export class GrafanaIdentity {
  private readonly keys: JWTVerifyGetKey;
  private readonly issuers: string[];

  /**
   * @param issuer Grafana's root_url, which is what its tokens name
   * @param keysUrl its signing keys, as this process reaches them
   * @param organisations ids of those whose users are taken; null: of all
   */
  constructor(
    private readonly issuer: string,
    private readonly keysUrl: string,
    private readonly organisations: readonly number[] | null = null,
    keys?: JWTVerifyGetKey
  ) {
    const bare = issuer.replace(/\/+$/, '');
    this.issuers = [bare, `${bare}/`];
    this.keys = keys ?? createRemoteJWKSet(new URL(keysUrl), { timeoutDuration: KEYS_TIMEOUT_MS });
  }

  /**
   * @param context the unsigned `X-Grafana-Context`, which Grafana's proxy writes itself; only teams are read from it
   * @throws IdentityRefused when there is no token or it doesn't hold, KeysUnavailable when that can't be told now.
   */
  async verify(token: string | undefined, context?: string): Promise<GrafanaUser> {
    if (!token) {
      throw new IdentityRefused('the request has no identity of a Grafana user; open the page in Grafana');
    }
    const claims = await this.claims(token);
    // Grafana's audience is the one organisation that the user is in, and nothing else.
    const [audience, ...others] = [claims.aud].flat();
    const organisation = /^org:(\d+)$/.exec(audience ?? '')?.[1];
    if (organisation === undefined || others.length > 0 || !claims.sub) {
      throw new IdentityRefused("Grafana's token names no organisation, several of them, or no user");
    }
    return {
      type: text(claims.type) ?? claims.sub.split(':')[0]!,
      uid: text(claims.identifier),
      login: text(claims.username),
      email: text(claims.email),
      name: text(claims.name),
      organisation: Number(organisation),
      role: text(claims.role) ?? 'None',
      teams: teamsOf(context, claims.sub, Number(organisation)),
    };
  }

  private async claims(token: string): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(token, this.keys, {
        algorithms: ['ES256'],
        issuer: this.issuers,
        ...(this.organisations && { audience: this.organisations.map((id) => `org:${id}`) }),
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        requiredClaims: ['exp', 'aud', 'sub'],
      });
      return payload;
    } catch (error) {
      throw this.explained(error);
    }
  }

  private explained(error: unknown): Error {
    if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'iss') {
      const named = String((error.payload as JWTPayload | undefined)?.iss).slice(0, 200);
      return new IdentityRefused(
        `the token was issued by ${named}, not by ${this.issuer}: set GRAFANA_URL to Grafana's root_url`
      );
    }
    if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'aud' && this.organisations) {
      const named = String((error.payload as JWTPayload | undefined)?.aud).slice(0, 200);
      return new IdentityRefused(
        `the token is for ${named}, and the collector takes users of org:${this.organisations.join(', org:')}: add the organisation's id to GRAFANA_ORG_IDS`
      );
    }
    if (REFUSALS.some((kind) => error instanceof kind)) {
      return new IdentityRefused(`Grafana's token of the user does not hold: ${(error as Error).message}`);
    }
    return new KeysUnavailable(`Grafana's signing keys can't be read at ${this.keysUrl} (${(error as Error).message})`);
  }
}
