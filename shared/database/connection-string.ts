/** A connection string of SQL Server, as Microsoft.Data.SqlClient reads it. */

import { isIPv6 } from 'node:net';
import {
  booleanOf,
  FaultList,
  isMalformed,
  keywordsOf,
  unknownKeyword,
} from '../settings/keyword-text.ts';
import { type Keyword, others, plain, taken } from './keywords.ts';
import type { Target } from './target.ts';

export const connectionForm =
  'Server=host,1433;Database=name;User Id=…;Password=… or {"server": "host", "database": "name", "authentication": "managed identity"}';

const names = new Map(
  (Object.keys(taken) as Keyword[]).flatMap((keyword) =>
    taken[keyword].map((name) => [plain(name), keyword] as const),
  ),
);
const otherNames = new Map(
  others.flatMap((other) => other.names.map((name) => [plain(name), { ...other, name }] as const)),
);
const known: string[] = [...Object.values(taken).flat(), ...others.flatMap((other) => other.names)];

type Values = Partial<Record<Keyword, string>>;
type Login = Target['login'];

/** @throws RangeError with every fault, to be read after the setting's name; it holds no value */
export function parseConnectionString(text: string): Target {
  if (/^\s*jdbc:/i.test(text)) {
    throw new RangeError(`is in the form of JDBC: write ${connectionForm}`);
  }
  if (isMalformed(text)) {
    throw new RangeError(
      `is not a connection string; the form is ${connectionForm}, and a value that holds a semicolon or a quote goes in quotes`,
    );
  }
  const faults = new FaultList();
  const values = read(text, faults);
  const flag = (keyword: Keyword) =>
    faults.attempt(() => booleanOf(taken[keyword][0], values[keyword] || 'false'), false);
  const number = (keyword: Keyword, range: readonly [number, number], unit: string) =>
    faults.attempt(() => numberOf(keyword, values[keyword], range, unit), undefined);
  const place = faults.attempt(() => placeOf(values.server), { server: '' });
  if (!values.database) faults.add('has no Database: name the one to log in to');
  const nobody: Login = { user: '', password: '' };
  const target: Target = {
    ...place,
    database: values.database ?? '',
    login: faults.attempt(() => loginOf(values), nobody),
    encrypt: faults.attempt(() => encryptionOf(values.encrypt || 'true'), true),
    trustServerCertificate: flag('trustServerCertificate'),
    hostNameInCertificate: values.hostNameInCertificate || undefined,
    readOnly: faults.attempt(() => isReadOnly(values.applicationIntent || 'ReadWrite'), false),
    multiSubnetFailover: flag('multiSubnetFailover'),
    connectTimeoutSeconds: number('connectTimeout', [1, 600], 'seconds'),
    // The columns of sys.dm_exec_sessions have 128 letters.
    applicationName: values.applicationName?.slice(0, 128) || undefined,
    packetSize: number('packetSize', [512, 32_767], 'bytes'),
    workstationId: values.workstationId?.slice(0, 128) || undefined,
  };
  faults.throwIfAny();
  return target;
}

function read(text: string, faults: FaultList): Values {
  const values: Values = {};
  let place = 0;
  for (const [keyword, value] of keywordsOf(text)) {
    place += 1;
    const name = names.get(plain(keyword));
    const other = otherNames.get(plain(keyword));
    if (name !== undefined) values[name] = value;
    else if (other === undefined) faults.add(unknownKeyword(keyword, place, known));
    else if (!other.fine.test(value)) {
      faults.add(`has ${other.name} with a value that is not supported: ${other.cure}`);
    }
  }
  return values;
}

const placePattern = /^\s*(?:(\w+)\s*:)?\s*([^\\,]*?)\s*(?:\\\s*([^,]*?)\s*)?(?:,\s*(.*?)\s*)?$/s;

/** Of an address of IPv6 the colons are its own: `2001:db8::5` has no protocol before it. */
function withBrackets(place: string): string {
  const [host = ''] = place.split(/[\\,]/);
  return isIPv6(host.trim()) ? place.replace(host, `[${host.trim()}]`) : place;
}

function placeOf(text = ''): Pick<Target, 'server' | 'port' | 'instance'> {
  const [, protocol, host = '', instance, port] = placePattern.exec(withBrackets(text)) ?? [];
  if (protocol !== undefined && !/^tcp$/i.test(protocol)) {
    throw new RangeError('has a Server that is not reached by TCP: write Server=host,1433');
  }
  if (/^\(localdb\)$/i.test(host)) {
    throw new RangeError('has a LocalDB as Server, which lives for one user: name a SQL Server');
  }
  const server = /^(\.|\(\.\)|\(local\))$/i.test(host) ? 'localhost' : host;
  if (server === '') {
    throw new RangeError(
      `names no server: a connection string is needed, in the form ${connectionForm}`,
    );
  }
  return {
    server,
    ...(instance && { instance }),
    ...(port !== undefined && { port: /^\d{1,5}$/.test(port) ? Number(port) : Number.NaN }),
  };
}

/** The names of Microsoft's own drivers. */
const authentications: Record<string, 'password' | 'managed identity' | 'default' | 'principal'> = {
  '': 'password',
  sqlpassword: 'password',
  activedirectorymanagedidentity: 'managed identity',
  activedirectorymsi: 'managed identity',
  activedirectorydefault: 'default',
  activedirectoryserviceprincipal: 'principal',
};

function loginOf(values: Values): Login {
  const { user = '', password = '', tenantId } = values;
  const kind = authentications[plain(values.authentication ?? '')];
  if (kind === undefined) {
    throw new RangeError(
      'has an Authentication that is not supported: leave it out for a SQL Server login, or write Active Directory Managed Identity, Active Directory Default or Active Directory Service Principal',
    );
  }
  if (kind === 'principal') return principalOf(user, password, tenantId);
  if (tenantId !== undefined) {
    throw new RangeError(
      'has a Tenant Id, which belongs to Authentication=Active Directory Service Principal',
    );
  }
  if (kind !== 'password') {
    if (password !== '') throw new RangeError('has a Password beside an identity: leave it out');
    // In Microsoft's drivers the user is the client id of a user-assigned identity.
    return { kind, ...(user !== '' && { clientId: user }) };
  }
  const missing = [...(user ? [] : ['User Id']), ...(password ? [] : ['Password'])];
  if (missing.length > 0) {
    throw new RangeError(
      `has no ${missing.join(' and no ')}: give those of a SQL Server login, or Authentication=Active Directory Managed Identity`,
    );
  }
  const [, domain, name = user] = /^([^\\]+)\\(.+)$/s.exec(user) ?? [];
  return { user: name, password, ...(domain !== undefined && { domain }) };
}

function principalOf(user: string, password: string, tenant: string | undefined): Login {
  const [, clientId = user, behind] = /^([^@]*)@(.+)$/.exec(user) ?? [];
  const tenantId = tenant || behind;
  if (!clientId || !password || !tenantId) {
    throw new RangeError(
      'has a service principal without all it needs: User Id (client id), Password (client secret) and Tenant Id',
    );
  }
  return { kind: 'service principal', tenantId, clientId, clientSecret: password };
}

function encryptionOf(value: string): Target['encrypt'] {
  if (/^strict$/i.test(value)) return 'strict';
  if (/^(mandatory|optional)$/i.test(value)) return /^m/i.test(value);
  try {
    return booleanOf('Encrypt', value);
  } catch {
    throw new RangeError('has an Encrypt that is none of true, false and strict');
  }
}

function isReadOnly(value: string): boolean {
  const intent = plain(value);
  if (intent === 'readonly' || intent === 'readwrite') return intent === 'readonly';
  throw new RangeError('has an ApplicationIntent that is neither ReadOnly nor ReadWrite');
}

function numberOf(
  keyword: Keyword,
  value: string | undefined,
  [least, most]: readonly [number, number],
  unit: string,
): number | undefined {
  if (!value) return undefined;
  const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new RangeError(
    `has a ${taken[keyword][0]} that is no whole number of ${unit} from ${least} to ${most}`,
  );
}
