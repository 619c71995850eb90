/** The ABRA Gen stand-in: one connection, its dynamic SQLs over HTTP, and control. */

import type { DatabaseSync } from 'node:sqlite';
import type { Accounts } from 'stand-in-kit';
import { Faults, openServers, Requests, type Servers, startControl } from 'stand-in-kit';
import { controlRoutes } from './control.ts';
import { openData } from './data/open.ts';
import { handle, type Instance } from './http/handler.ts';

export interface AbraGenOptions {
  /** Default 0: any. */
  port?: number;
  /** Absent: no control interface over HTTP. */
  controlPort?: number;
  /** Where the data is kept; absent: in memory. */
  directory?: string;
  /** How many are made, 600 at least, where there is no file yet. Default: 3000. */
  invoices?: number;
  /** The name of the connection. Default: demodata. */
  connection?: string;
  /** Passwords by user. Default: Supervisor with the password supervisor. */
  accounts?: Accounts;
}

export interface AbraGen extends Servers {
  /** The data itself, tables as in `data/schema.ts`. */
  readonly database: DatabaseSync;
  /** By kind: list, definition, exec, report, other. */
  readonly faults: Faults;
  readonly requests: Requests;
}

/**
 * Starts it on this machine only, plain HTTP.
 * @throws RangeError for fewer invoices than 600; Error for data of another version
 */
export async function startAbraGen(options: AbraGenOptions = {}): Promise<AbraGen> {
  const instance: Instance = {
    connection: options.connection ?? 'demodata',
    accounts: options.accounts ?? { Supervisor: 'supervisor' },
    database: openData(options),
    faults: new Faults(),
    requests: new Requests(),
  };
  const servers = await openServers({
    port: options.port,
    handle: (request, response, closing) => handle(instance, request, response, closing),
    controlPort: options.controlPort,
    startControl: (port) => startControl('ABRA Gen', controlRoutes, instance, port),
    release: () => instance.database.close(),
  });
  return {
    ...servers,
    database: instance.database,
    faults: instance.faults,
    requests: instance.requests,
  };
}
