/** An issuer of tokens as Microsoft Entra ID is one: discovery and keys over HTTP, real signatures. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  type JWK,
  type JWTHeaderParameters,
  type JWTPayload,
  SignJWT,
} from 'jose';

export const tenant = '7e6f5d4c-0000-4000-8000-00000000cafe';
export const clientId = 'c0ffee00-0000-4000-8000-000000000001';

export interface IssuerKey {
  kid: string;
  privateKey: CryptoKey;
  /** As it is published. */
  jwk: JWK;
}

export interface Issuer {
  /** The claim `iss`. */
  readonly name: string;
  /** Paths that were asked for, in their order. */
  readonly asked: string[];
  /** Those that it publishes; the first signs unless another is named. */
  keys: IssuerKey[];
  /** Set: all that it answers. */
  fault: ((path: string) => { status: number; body: string } | 'cut' | undefined) | undefined;
  /** A token; `undefined` takes a claim or a member of the head away. */
  token(
    claims?: Record<string, unknown>,
    options?: { key?: IssuerKey; header?: Partial<JWTHeaderParameters> },
  ): Promise<string>;
  close(): Promise<void>;
}

export async function newKey(): Promise<IssuerKey> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { kid, privateKey, jwk: { ...jwk, kid, use: 'sig' } };
}

/** @param now of the app whose tokens it makes */
export async function startIssuer(now: Date): Promise<Issuer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const fault = issuer.fault?.(path);
    if (fault === 'cut') return void response.destroy();
    const { status, body } = fault ?? { status: 200, body: JSON.stringify(answer(path)) };
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const name = `${origin}/${tenant}/v2.0`;
  const answer = (path: string) => {
    if (path === `/${tenant}/v2.0/.well-known/openid-configuration`) {
      return { issuer: name, jwks_uri: `${origin}/${tenant}/discovery/v2.0/keys` };
    }
    return { keys: issuer.keys.map(({ jwk }) => jwk) };
  };
  const issuer: Issuer = {
    ...{ name, asked, keys: [await newKey()], fault: undefined },
    async token(claims = {}, { key = issuer.keys[0], header = {} } = {}) {
      if (key === undefined) throw new Error('the issuer has no key');
      const seconds = Math.floor(now.getTime() / 1000);
      const usual = {
        ...{ aud: clientId, iss: name, iat: seconds, nbf: seconds, exp: seconds + 3600 },
        ...{ ver: '2.0', tid: tenant, azp: 'a99', scp: 'access', sub: 'pairwise' },
        ...{ oid: '0b1ec7-ada', preferred_username: 'ada@example.com', name: 'Ada Lovelace' },
        roles: ['Operator'],
      };
      const payload = withoutMissing({ ...usual, ...claims }) as JWTPayload;
      const head = withoutMissing({ alg: 'RS256', typ: 'JWT', kid: key.kid, ...header });
      return await new SignJWT(payload)
        .setProtectedHeader(head as JWTHeaderParameters)
        .sign(key.privateKey, { crit: { x: true } });
    },
    async close() {
      server.closeAllConnections();
      if (!server.listening) return;
      server.close();
      await once(server, 'close');
    },
  };
  return issuer;
}

function withoutMissing(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
