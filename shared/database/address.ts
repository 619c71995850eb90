/** Where a database is and how to log in there, out of the text of a setting. */

import sql from 'mssql';
import { z } from 'zod';
import { isLoopback, keywordsOf } from '../connection-string.ts';
import type { EntraIdentity } from './identity.ts';

export interface DatabaseAddress {
  /** The catalogue's id of the database: `hcs`. */
  id: string;
  /** The setting that holds the connection string: named in errors in place of its value. */
  setting: string;
  /** A connection string, or the structured form in JSON. Secret. */
  connectionString: string;
}

/** What the driver is given; `identity` where Microsoft Entra stands in for a password. */
export interface ParsedAddress {
  config: sql.config;
  identity?: EntraIdentity;
}

export const connectionForm =
  'Server=host,1433;Database=name;User Id=…;Password=… or {"server": "host", "database": "name", "authentication": "managed identity"}';

const text = z.string().min(1, { error: 'must not be empty' });
const structuredSchema = z
  .strictObject({
    server: text,
    port: z.int().min(1).max(65_535).optional(),
    database: text,
    authentication: z.enum(['password', 'managed identity', 'default']).default('password'),
    user: text.optional(),
    password: text.optional(),
    /** Of a user-assigned identity. */
    clientId: text.optional(),
    encrypt: z.union([z.boolean(), z.literal('strict')]).default(true),
    trustServerCertificate: z.boolean().default(false),
  })
  .superRefine((value, context) => {
    const isPassword = value.authentication === 'password';
    const rules = [
      ['user', isPassword],
      ['password', isPassword],
      ['clientId', undefined],
    ] as const;
    for (const [field, needed] of rules) {
      const given = value[field] !== undefined;
      const fits = needed === undefined ? !(given && isPassword) : given === needed;
      if (fits) continue;
      const what = given ? 'does not go with' : 'is needed for';
      context.addIssue({
        code: 'custom',
        path: [field],
        message: `${what} the authentication "${value.authentication}"`,
      });
    }
  });

/**
 * Reads either form.
 *
 * @throws RangeError with what is wrong, to be read after the setting's name; it holds no value
 */
export function parseAddress(connectionString: string): ParsedAddress {
  const parsed = connectionString.trimStart().startsWith('{')
    ? parseStructured(connectionString)
    : parseConnectionString(connectionString);
  const { server, port, options } = parsed.config;
  if (port !== undefined && !(port >= 1 && port <= 65_535)) {
    throw new RangeError('names no port: write Server=host,1433 with a number from 1 to 65535');
  }
  if (options?.encrypt === false && !isLoopback(server)) {
    throw new RangeError(
      'turns encryption off, which is allowed on this machine only (localhost, 127.0.0.1): leave Encrypt out; for a certificate that nobody has signed, write TrustServerCertificate=true',
    );
  }
  return parsed;
}

function parseStructured(connectionString: string): ParsedAddress {
  let json: unknown;
  try {
    json = JSON.parse(connectionString);
  } catch {
    throw new RangeError(`is not valid JSON; the form is ${connectionForm}`);
  }
  const result = structuredSchema.safeParse(json);
  if (!result.success) {
    const faults = result.error.issues.map(
      ({ path, message }) => `${z.core.toDotPath(path)}: ${message}`,
    );
    throw new RangeError(`is not an address of a database: ${faults.join('; ')}`);
  }
  const { server, port, database, authentication, user, password, clientId } = result.data;
  const { encrypt, trustServerCertificate } = result.data;
  const config: sql.config = {
    server,
    ...(port !== undefined && { port }),
    database,
    // The driver knows `strict` (TDS 8); its type file does not.
    options: { encrypt: encrypt as boolean, trustServerCertificate },
  };
  if (authentication !== 'password') {
    return { config, identity: { kind: authentication, ...(clientId && { clientId }) } };
  }
  return { config: { ...config, ...(user && { user }), ...(password && { password }) } };
}

/** The names of Microsoft's own drivers that stand for an identity of this machine. */
const identities: Record<string, EntraIdentity['kind']> = {
  'active directory managed identity': 'managed identity',
  'active directory msi': 'managed identity',
  'active directory default': 'default',
};

function parseConnectionString(connectionString: string): ParsedAddress {
  let config: sql.config & { clientId?: string };
  try {
    config = sql.ConnectionPool.parseConnectionString(connectionString) as sql.config;
  } catch {
    // The driver's own message may quote the string, password included.
    throw new RangeError(`is not a connection string; the form is ${connectionForm}`);
  }
  if (!config.server) {
    throw new RangeError(
      `names no server: a connection string is needed, in the form ${connectionForm}`,
    );
  }
  const keywords = keywordsOf(connectionString);
  // The driver's parser takes `strict` (TDS 8, encrypted from the first byte) for a plain yes.
  if (keywords.get('encrypt')?.toLowerCase() === 'strict') {
    config.options = { ...config.options, encrypt: 'strict' as unknown as boolean };
  }
  const kind = identities[keywords.get('authentication')?.toLowerCase() ?? ''];
  if (kind === undefined) return { config };
  // In Microsoft's drivers the user is the client id of a user-assigned identity.
  const { user, clientId = user, password: _password, ...rest } = config;
  return { config: rest, identity: { kind, ...(clientId && { clientId }) } };
}
