/** The ABRA Gen stand-in: one connection, its dynamic SQLs over HTTP, and control. */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DatabaseSync } from 'node:sqlite';
import { Faults } from '../flexibee/faults.ts';
import { Requests } from '../flexibee/requests.ts';
import { startControl } from './control.ts';
import { openData } from './data/open.ts';
import type { Accounts } from './http/authenticate.ts';
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

export interface AbraGen {
  /** `http://127.0.0.1:8699` */
  readonly url: string;
  readonly port: number;
  /** Absent without one. */
  readonly controlPort?: number;
  /** The data itself, tables as in `data/schema.ts`. */
  readonly database: DatabaseSync;
  /** By kind: list, definition, exec, report, other. */
  readonly faults: Faults;
  readonly requests: Requests;
  /** Ends connections and the database; a second call waits for the first. */
  close(): Promise<void>;
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
  const closing = new AbortController();
  const underWay = new Set<Promise<void>>();
  const server = createServer((request, response) => {
    const handled = serve(instance, request, response, closing.signal).finally(() =>
      underWay.delete(handled),
    );
    underWay.add(handled);
  });
  const stop = async () => {
    closing.abort();
    if (server.listening) {
      const ended = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await ended;
    }
    await Promise.all(underWay);
    instance.database.close();
  };
  let control: Awaited<ReturnType<typeof startControl>> | undefined;
  try {
    server.listen(options.port ?? 0, '127.0.0.1');
    await once(server, 'listening');
    if (options.controlPort !== undefined) {
      control = await startControl(instance, options.controlPort);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  let closed: Promise<void> | undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    ...(control ? { controlPort: control.port } : {}),
    database: instance.database,
    faults: instance.faults,
    requests: instance.requests,
    close() {
      closed ??= (async () => {
        await control?.close();
        await stop();
      })();
      return closed;
    },
  };
}

async function serve(
  instance: Instance,
  request: IncomingMessage,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  try {
    await handle(instance, request, response, signal);
  } catch (error) {
    if (!signal.aborted && !response.destroyed) console.error(error);
    response.destroy();
  }
}
