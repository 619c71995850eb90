/** Where a database is and how to log in there, out of the text of a setting. */

import { z } from 'zod';
import { didYouMean } from '../faults/near-name.ts';
import { parseJsonSetting } from '../json/json-setting.ts';
import { connectionForm, parseConnectionString } from './connection-string.ts';
import type { EntraIdentity } from './identity.ts';
import type { ProductSchemas } from './product-schemas.ts';
import { type ParsedAddress, parsedAddress, type Target } from './target.ts';

export { connectionForm } from './connection-string.ts';
export type { ParsedAddress } from './target.ts';

export interface DatabaseAddress {
  /** The catalogue's id of the database: `hcs`. */
  id: string;
  /** The setting that holds the connection string: named in errors in place of its value. */
  setting: string;
  /** A connection string, or the structured form in JSON. Secret. */
  connectionString: string;
  /** Absent: the usual ones. */
  schemas?: ProductSchemas;
}

/**
 * Reads either form.
 *
 * @throws RangeError with what is wrong, to be read after the setting's name; it holds no value
 */
export function parseAddress(text: string): ParsedAddress {
  return parsedAddress(
    text.trimStart().startsWith('{') ? parseStructured(text) : parseConnectionString(text),
  );
}

const text = z.string().min(1, { error: 'must not be empty' });
const authentications = ['password', 'managed identity', 'default', 'service principal'] as const;
type Authentication = (typeof authentications)[number];

const structuredSchema = z
  .strictObject({
    server: text,
    port: z.int().min(1).max(65_535).optional(),
    database: text,
    authentication: z.enum(authentications).default('password'),
    user: text.optional(),
    password: text.optional(),
    /** Of a user-assigned identity, or of the service principal. */
    clientId: text.optional(),
    clientSecret: text.optional(),
    tenantId: text.optional(),
    encrypt: z.union([z.boolean(), z.literal('strict')]).default(true),
    trustServerCertificate: z.boolean().default(false),
    hostNameInCertificate: text.optional(),
    applicationIntent: z.enum(['read write', 'read only']).default('read write'),
    multiSubnetFailover: z.boolean().default(false),
    connectTimeout: z.int().min(1).max(600).optional(),
    applicationName: text.max(128).optional(),
  })
  .superRefine((value, context) => {
    const { authentication } = value;
    for (const [field, { needs, takes }] of Object.entries(credentials)) {
      const given = value[field as keyof typeof credentials] !== undefined;
      if (given ? takes.includes(authentication) : !needs.includes(authentication)) continue;
      const what = given ? 'does not go with' : 'is needed for';
      context.addIssue({
        code: 'custom',
        path: [field],
        message: `${what} the authentication "${authentication}"`,
      });
    }
  });

const only = (...kinds: Authentication[]) => ({ needs: kinds, takes: kinds });
const credentials: Record<
  'user' | 'password' | 'clientId' | 'clientSecret' | 'tenantId',
  { needs: readonly Authentication[]; takes: readonly Authentication[] }
> = {
  user: only('password'),
  password: only('password'),
  clientId: {
    needs: ['service principal'],
    takes: ['managed identity', 'default', 'service principal'],
  },
  clientSecret: only('service principal'),
  tenantId: only('service principal'),
};

function parseStructured(json: string): Target {
  const result = structuredSchema.safeParse(parseJsonSetting(json, connectionForm));
  if (!result.success) {
    throw new RangeError(
      `is not an address of a database: ${result.error.issues.map(faultOf).join('; ')}`,
    );
  }
  const { applicationIntent, connectTimeout, ...address } = result.data;
  return {
    ...address,
    login: loginOf(result.data),
    readOnly: applicationIntent === 'read only',
    connectTimeoutSeconds: connectTimeout,
  };
}

function faultOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    const members = Object.keys(structuredSchema.shape);
    const told = issue.keys.map((key) => `${JSON.stringify(key)}${didYouMean(key, members)}`);
    return `unknown: ${told.join(', ')}`;
  }
  return `${z.core.toDotPath(issue.path)}: ${issue.message}`;
}

function loginOf(address: z.infer<typeof structuredSchema>): Target['login'] {
  const { authentication, user = '', password = '', clientId } = address;
  if (authentication === 'password') return { user, password };
  if (authentication !== 'service principal') {
    return { kind: authentication, ...(clientId && { clientId }) } satisfies EntraIdentity;
  }
  const { clientSecret = '', tenantId = '' } = address;
  return { kind: authentication, tenantId, clientId: clientId ?? '', clientSecret };
}
