/**
 * Who is signed in by the platform (authentication of App Service): the header
 * `X-MS-CLIENT-PRINCIPAL`, which anybody can send where no platform stands in front and takes it away.
 */

import { z } from 'zod';
import type { Identity } from '../http/caller.ts';
import { HttpProblem } from '../http/problem.ts';
import type { SignInSettings } from '../settings/settings.ts';
import { accountOf } from './account.ts';

export const principalHeader = 'x-ms-client-principal';

const principalSchema = z.object({
  auth_typ: z.string(),
  name_typ: z.string().nullish(),
  role_typ: z.string().nullish(),
  claims: z.array(z.object({ typ: z.string(), val: z.string() })),
});

/** A claim is called as in the token, or by the address that the platform makes of it. */
const claimNames = {
  oid: ['oid', 'http://schemas.microsoft.com/identity/claims/objectidentifier'],
  sub: ['sub', 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier'],
  tid: ['tid', 'http://schemas.microsoft.com/identity/claims/tenantid'],
  roles: ['roles', 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role'],
  username: ['preferred_username', 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn'],
  name: ['name', 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name'],
} as const;

/**
 * @param text the header
 * @throws HttpProblem 401 where it names nobody, or an account of another provider or tenant
 */
export function platformAccount(text: string, settings: SignInSettings): Identity {
  const { auth_typ, name_typ, role_typ, claims } = principalIn(text);
  // Other providers that the platform may know have no app roles of this directory.
  if (auth_typ !== 'aad') throw refused('The account is not of Microsoft Entra ID.');
  const all = (names: readonly (string | null | undefined)[]) =>
    claims.flatMap(({ typ, val }) => (names.includes(typ) ? [val] : []));
  const tenant = new URL(settings.issuer).pathname.split('/')[1];
  const [tid] = all(claimNames.tid);
  if (tid === undefined || tid.toLowerCase() !== tenant?.toLowerCase()) {
    throw refused('The account is of another tenant.');
  }
  const account = accountOf(
    {
      oid: all(claimNames.oid)[0],
      sub: all(claimNames.sub)[0],
      names: [all(claimNames.username)[0], all([name_typ])[0], all(claimNames.name)[0]],
      appRoles: all([...claimNames.roles, role_typ]),
    },
    settings,
  );
  if (account === undefined) throw refused('The sign-in of the platform names no account.');
  return account;
}

function principalIn(text: string): z.infer<typeof principalSchema> {
  try {
    return principalSchema.parse(JSON.parse(Buffer.from(text, 'base64').toString('utf8')));
  } catch {
    throw refused('The sign-in of the platform cannot be read.');
  }
}

function refused(message: string): HttpProblem {
  return new HttpProblem('unauthenticated', message, {
    errors: [{ field: 'token', message, allowed: 'an account of Microsoft Entra ID' }],
  });
}
