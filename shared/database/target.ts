/** An address of a database in our own terms, whichever form it was written in. */

import { isIPv6 } from 'node:net';
import type sql from 'mssql';
import { isLoopback } from '../settings/keyword-text.ts';
import type { EntraIdentity } from './identity.ts';

export interface Target {
  server: string;
  port?: number | undefined;
  /** Of the server: its port is asked of SQL Server Browser. */
  instance?: string | undefined;
  database: string;
  /** A Windows account has a domain, and logs in by NTLM. */
  login: { user: string; password: string; domain?: string } | EntraIdentity;
  /** `strict`: TDS 8, encrypted from the first byte. */
  encrypt: boolean | 'strict';
  /** True: any certificate will do. */
  trustServerCertificate: boolean;
  /** Where the certificate has another name than the server. */
  hostNameInCertificate?: string | undefined;
  /** A listener leads those who only read to a secondary. */
  readOnly: boolean;
  /** Asks all addresses of a listener at once. */
  multiSubnetFailover: boolean;
  connectTimeoutSeconds?: number | undefined;
  applicationName?: string | undefined;
  packetSize?: number | undefined;
  workstationId?: string | undefined;
}

/** What the driver is given; `identity` where Microsoft Entra stands in for a password. */
export interface ParsedAddress {
  config: sql.config;
  identity?: EntraIdentity;
}

/** @throws RangeError with what is wrong, to be read after the setting's name; it holds no value */
export function parsedAddress(target: Target): ParsedAddress {
  const { port, instance, database, login, encrypt } = target;
  const server = hostOf(target.server);
  const faults = [
    ...(port === undefined || (port >= 1 && port <= 65_535)
      ? []
      : ['names no port: write Server=host,1433 with a number from 1 to 65535']),
    ...(encrypt !== false || isLoopback(server)
      ? []
      : [
          'turns encryption off, which is allowed on this machine only (localhost, 127.0.0.1): leave Encrypt out; for a certificate that nobody has signed, write TrustServerCertificate=true',
        ]),
  ];
  if (faults.length > 0) throw new RangeError(faults.join('; '));
  const options = given({
    // The driver knows `strict`; its type file does not.
    encrypt: encrypt as boolean,
    trustServerCertificate: target.trustServerCertificate,
    serverName: target.hostNameInCertificate,
    // Of the two the port counts, as in Microsoft's drivers.
    instanceName: port === undefined ? instance : undefined,
    readOnlyIntent: target.readOnly || undefined,
    multiSubnetFailover: target.multiSubnetFailover || undefined,
    appName: target.applicationName,
    packetSize: target.packetSize,
    workstationId: target.workstationId,
  });
  const seconds = target.connectTimeoutSeconds;
  const config = given({
    ...{ server, port, database, options },
    connectionTimeout: seconds === undefined ? undefined : seconds * 1_000,
  }) as unknown as sql.config;
  return 'kind' in login ? { config, identity: login } : { config: { ...config, ...login } };
}

/** The driver takes an address of IPv6 without brackets only; of its many spellings one is kept. */
function hostOf(server: string): string {
  const bare = /^\[(.*)\]$/.exec(server)?.[1] ?? server;
  if (!isIPv6(bare)) return server;
  // A zone (`fe80::1%eth0`) has no place in a URL.
  return bare.includes('%') ? bare : new URL(`http://[${bare}]`).hostname.slice(1, -1);
}

function given<T extends object>(members: T): T {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined),
  ) as T;
}
