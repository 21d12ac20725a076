import { type CryptoKey, createLocalJWKSet, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { GrafanaIdentity, IdentityRefused, KeysUnavailable } from './grafanaUser';

const ISSUER = 'https://grafana.example.org/team';
const CLAIMS = {
  sub: 'user:7',
  identifier: 'uid7',
  type: 'user',
  username: 'alice',
  email: 'alice@example.org',
  name: 'Alice',
  role: 'Viewer',
};

let key: CryptoKey;
let foreign: CryptoKey;
let identity: GrafanaIdentity;
let limited: GrafanaIdentity;
beforeAll(async () => {
  const own = await generateKeyPair('ES256');
  key = own.privateKey;
  foreign = (await generateKeyPair('ES256')).privateKey;
  const keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(own.publicKey)), kid: 'id-es256', alg: 'ES256' }] });
  identity = new GrafanaIdentity(ISSUER, `${ISSUER}/api/signing-keys/keys`, null, keys);
  limited = new GrafanaIdentity(ISSUER, `${ISSUER}/api/signing-keys/keys`, [1, 3], keys);
});

interface Signing {
  readonly by?: CryptoKey;
  readonly issuer?: string;
  readonly audience?: string | string[];
  readonly expires?: string | number;
  readonly kid?: string;
}
const sign = (claims: object = CLAIMS, { by = key, issuer, audience, expires, kid = 'id-es256' }: Signing = {}) =>
  new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'ES256', kid })
    .setIssuer(issuer ?? `${ISSUER}/`)
    .setAudience(audience ?? 'org:3')
    .setIssuedAt()
    .setExpirationTime(expires ?? '10m')
    .sign(by);

it('reads who is signed in, in which organisation and role', async () => {
  expect(await identity.verify(await sign())).toEqual({
    type: 'user',
    uid: 'uid7',
    login: 'alice',
    email: 'alice@example.org',
    name: 'Alice',
    organisation: 3,
    role: 'Viewer',
    teams: [],
  });
});

it("takes teams from Grafana's context, if that is about the same user in the same organisation", async () => {
  const token = await sign();
  const teams = async (context: unknown) => (await identity.verify(token, JSON.stringify(context))).teams;
  expect(await teams({ UserID: 7, OrgID: 3, Teams: [1, 4] })).toEqual([1, 4]);
  expect(await teams({ UserID: 8, OrgID: 3, Teams: [1] })).toEqual([]);
  expect(await teams({ UserID: 7, OrgID: 4, Teams: [1] })).toEqual([]);
  expect(await teams({ UserID: 7, OrgID: 3, Teams: ['1', null, 1.5] })).toEqual([]);
  expect((await identity.verify(token, '{broken')).teams).toEqual([]);
});

it('takes users of the organisations that are named, and says how to name another', async () => {
  expect((await limited.verify(await sign())).organisation).toBe(3);
  const other = sign(CLAIMS, { audience: 'org:33' });
  await expect(limited.verify(await other)).rejects.toThrow(IdentityRefused);
  await expect(limited.verify(await other)).rejects.toThrow(/for org:33.*takes users of org:1, org:3.*GRAFANA_ORG_IDS/);
  expect((await identity.verify(await other)).organisation).toBe(33);
  await expect(limited.verify(await sign(CLAIMS, { audience: ['org:3', 'org:33'] }))).rejects.toThrow(/several/);
});

describe('refuses', () => {
  const refused = async (token: string | undefined, why: RegExp) => {
    await expect(identity.verify(token)).rejects.toThrow(IdentityRefused);
    await expect(identity.verify(token)).rejects.toThrow(why);
  };

  it('nothing, and nonsense', async () => {
    await refused(undefined, /no identity/);
    await refused('', /no identity/);
    await refused('a.b.c', /does not hold/);
    await refused('forged', /does not hold/);
  });

  it("what another key signed, also under the right key's id", async () =>
    refused(await sign(CLAIMS, { by: foreign }), /signature verification failed/));
  it('a key that Grafana does not have', async () => refused(await sign(CLAIMS, { kid: 'x' }), /no applicable key/));
  it('what has expired', async () => refused(await sign(CLAIMS, { expires: '-2m' }), /"exp" claim/));
  it('another issuer, and says what to set', async () =>
    refused(await sign(CLAIMS, { issuer: 'http://evil/' }), /issued by http:\/\/evil\/.*set GRAFANA_URL/));
  it('a token for no organisation', async () =>
    refused(await sign(CLAIMS, { audience: 'stack:3' }), /names no organisation/));
  it('a token of nobody', async () => refused(await sign({ type: 'user' }), /"sub" claim/));

  it('a token that is not signed, or signed with what everybody knows', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = part({ ...CLAIMS, iss: `${ISSUER}/`, aud: 'org:3', exp: Date.now() });
    await refused(`${part({ alg: 'none' })}.${claims}.`, /does not hold/);
    const symmetric = await new SignJWT(CLAIMS)
      .setProtectedHeader({ alg: 'HS256', kid: 'id-es256' })
      .sign(new TextEncoder().encode('0123456789abcdef0123456789abcdef'));
    await refused(symmetric, /"alg"/);
  });
});

it('tells keys that can not be read from a token that does not hold', async () => {
  const away = new GrafanaIdentity(ISSUER, 'http://127.0.0.1:9/keys');
  const token = await sign();
  await expect(away.verify(token)).rejects.toThrow(KeysUnavailable);
  await expect(away.verify(token)).rejects.toThrow(/can't be read at http:\/\/127\.0\.0\.1:9\/keys/);
});
