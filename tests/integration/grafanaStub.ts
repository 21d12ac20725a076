import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

/** A user of Grafana. */
export interface TestUser {
  readonly id: number;
  readonly login: string;
  readonly email?: string;
  readonly organisation?: number;
  readonly role?: string;
  readonly type?: string;
}

/** Grafana as the collector sees it: signing keys under one address, tokens that name another. */
export interface GrafanaStub {
  /** What the tokens name: how browsers reach it. */
  readonly issuer: string;
  readonly keysUrl: string;
  /** The headers that Grafana's proxy adds for a user. */
  headers(user: TestUser, teams?: readonly number[], via?: string): Promise<Record<string, string>>;
  close(): Promise<void>;
}

export async function startGrafanaStub(): Promise<GrafanaStub> {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const kid = 'id-2026-11-es256';
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' }] });
  const server = http.createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end(keys);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const issuer = 'http://grafana.example.org:3000';
  return {
    issuer,
    keysUrl: `http://127.0.0.1:${port}/api/signing-keys/keys`,
    headers: async (
      { id, login, email = '', organisation = 1, role = 'Viewer', type = 'user' },
      teams = [],
      via = 'grafana-write'
    ) => ({
      'x-llmcost-via': via,
      'x-grafana-context': JSON.stringify({ UserID: id, OrgID: organisation, Login: login, Teams: teams }),
      'x-grafana-id': await new SignJWT({ type, username: login, email, name: login, role, identifier: `uid${id}` })
        .setProtectedHeader({ alg: 'ES256', kid, typ: 'jwt' })
        .setSubject(`${type}:${id}`)
        .setIssuer(`${issuer}/`)
        .setAudience(`org:${organisation}`)
        .setIssuedAt()
        .setExpirationTime('10m')
        .sign(privateKey),
    }),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
