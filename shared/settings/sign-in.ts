/** SIGN_IN: who may call by an account of Microsoft Entra ID, and what its app roles allow. */

import { z } from 'zod';
import { parseJsonSetting } from '../json/json-setting.ts';
import { isLoopback } from './keyword-text.ts';
import { type Rights, rightsMembers } from './rights.ts';
import { isAzure, type Read, type Report } from './settings-error.ts';
import { differ, dotted, unknownMember } from './zod-faults.ts';

/** What everybody has who was assigned this app role in the directory. */
export interface AppRole extends Rights {
  /** Its value, as in the claim `roles`. */
  name: string;
}

export interface SignInSettings {
  /** As in the claim `iss`: `https://login.microsoftonline.com/<tenant id>/v2.0`. */
  issuer: string;
  /** As in the claim `aud`: the client id of the app registration. */
  audience: string;
  appRoles: readonly AppRole[];
  /** The platform's own sign-in stands in front: its word on who is signed in counts. */
  platform: boolean;
}

const appRoleMembers = {
  name: z
    .string({ error: 'must be the value of an app role' })
    .regex(/^[\x21-\x7e]{1,120}$/, { error: 'must be 1 to 120 letters without a space' }),
  ...rightsMembers,
};

const members = {
  issuer: z.string({ error: 'must be an address' }).superRefine((text, context) => {
    const message = issuerFault(text);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  }),
  audience: z
    .string({ error: 'must be the client id of the app registration' })
    .regex(/^[\x21-\x7e]{1,200}$/, { error: 'must be the client id of the app registration' }),
  appRoles: z
    .array(z.strictObject(appRoleMembers, unknownMember(Object.keys(appRoleMembers))), {
      error: 'must be a list of app roles',
    })
    .min(1, { error: 'must have at least one app role: without any nobody may do anything' })
    .max(100, { error: 'must have at most 100 app roles' })
    .refine(...differ('name', 'must not use one name twice')),
  platform: z.boolean({ error: 'must be true or false' }).default(false),
};
const signInSchema = z.strictObject(members, unknownMember(Object.keys(members)));

const form =
  '{"issuer": "https://login.microsoftonline.com/<tenant id>/v2.0", "audience": "<client id>", "appRoles": [{"name": "…", "roles": ["read"], "codes": ["*"]}]}';

/** Undefined unless it is set: then API tokens are all there is. */
export function parseSignIn(read: Read, report: Report): SignInSettings | undefined {
  const setting = 'SIGN_IN';
  const text = read(setting);
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = parseJsonSetting(text, `an object of the form ${form}`);
  } catch (error) {
    report(setting, (error as Error).message);
    return undefined;
  }
  if (z.object({ platform: z.literal(true) }).safeParse(value).success) {
    requirePlatform(read, report);
  }
  const parsed = signInSchema.safeParse(value);
  if (!parsed.success) {
    for (const { path, message } of parsed.error.issues) {
      report(`${setting}${dotted(path)}`, message);
    }
    return undefined;
  }
  return parsed.data;
}

/**
 * Where no sign-in of the platform stands in front anybody could say whom he likes to be.
 * `WEBSITE_AUTH_ENABLED` is what App Service tells the app of it ("Environment variables and app
 * settings in Azure App Service").
 */
function requirePlatform(read: Read, report: Report): void {
  const setting = 'SIGN_IN.platform';
  if (!isAzure(read)) {
    report(setting, 'is for apps in Azure only: anywhere else whoever calls could be anybody');
  } else if (read('WEBSITE_AUTH_ENABLED')?.toLowerCase() === 'false') {
    report(
      setting,
      'needs the authentication of App Service, which is off (WEBSITE_AUTH_ENABLED): turn it on, or leave platform out',
    );
  }
}

function issuerFault(text: string): string | undefined {
  const example = 'https://login.microsoftonline.com/<tenant id>/v2.0';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isBare =
    url !== undefined && `${url.username}${url.password}${url.search}${url.hash}` === '';
  if (!isBare || !/^https?:$/.test(url.protocol)) {
    return `must be an address such as ${example}`;
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    return 'is without encryption, which is allowed on this machine only (localhost, 127.0.0.1): use https';
  }
  if (/^\/(common|organizations|consumers)(\/|$)/i.test(url.pathname)) {
    return `must be of one tenant, such as ${example}: by this one accounts of every tenant would be good`;
  }
  if (/(^|\.)sts\.windows\.net$/i.test(url.hostname)) {
    return `is that of v1.0 tokens: use ${example}, and set requestedAccessTokenVersion to 2 in the app registration`;
  }
  return undefined;
}
