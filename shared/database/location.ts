/** Where a server is, in one spelling: by this it is known again, whatever the catalogue calls it. */

import { isLoopback } from '../settings/keyword-text.ts';
import { parseAddress } from './address.ts';

/** What SQL Server listens on unless told otherwise. */
const defaultPort = 1433;

/**
 * Where a database is: `sql1.example:1433/HCS`, or `sql1.example:express/HCS` of an instance whose
 * port is asked for. Two spellings of one address are one (case, the default port, a final point,
 * the names of this machine); two names of one machine in DNS are not, since only DNS knows.
 *
 * @param connectionString either form of a setting
 * @throws RangeError as `parseAddress`
 */
export function databaseLocation(connectionString: string): string {
  const { config } = parseAddress(connectionString);
  const instance = config.options?.instanceName?.toLowerCase();
  const place = config.port ?? instance ?? defaultPort;
  return `${hostKey(config.server)}:${place}/${config.database ?? ''}`;
}

/**
 * Where a database's server is, as the setting spells it: `127.0.0.1:1433`, `sql1.example:express`.
 *
 * @throws RangeError as `parseAddress`
 */
export function databaseHost(connectionString: string): string {
  const { config } = parseAddress(connectionString);
  return `${config.server}:${config.port ?? config.options?.instanceName ?? defaultPort}`;
}

/** The same over HTTP: `flexi.example:5434`. @param origin `https://host:port` */
export function httpHost(origin: string): string {
  const { hostname, port, protocol } = new URL(origin);
  return `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`;
}

/** Where something over HTTP is: `flexi.example:5434/demo`. @param origin `https://host:port` */
export function httpLocation(origin: string, name: string): string {
  const { hostname } = new URL(origin);
  return `${hostKey(hostname)}${httpHost(origin).slice(hostname.length)}/${name}`;
}

function hostKey(host: string): string {
  return isLoopback(host) && !/^127\.(?!0\.0\.1$)/.test(host)
    ? 'localhost'
    : host.toLowerCase().replace(/\.$/, '');
}
