/** Everything the sessions share. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppLocks } from '../locks/app-locks.ts';
import { WaitGraph } from '../locks/wait-graph.ts';
import type { Denial, SqlServerOptions } from '../procedure.ts';
import { CallLog } from './call-log.ts';
import { Database } from './database.ts';
import { Faults } from './faults.ts';

/** SQL Server 2019, whose errors and functions the stand-in follows. */
export const productVersion = { major: 15, minor: 0, build: 2000 };

export const versionText =
  'Microsoft SQL Server 2019 (RTM) - 15.0.2000.5 (X64) \n\tStand-in for development and tests';

/** What the control interface shows of a session. */
export interface SessionInfo {
  readonly spid: number;
  /** SET CONTEXT_INFO's 128 bytes. */
  readonly contextInfo: Uint8Array | null;
  describe(): Record<string, unknown>;
  kill(): void;
}

export type LoginMode = 'accept' | 'refuse' | 'silent';

export class Instance {
  readonly logins: Readonly<Record<string, string>>;
  readonly accessTokens: Readonly<Record<string, string>>;
  readonly graph = new WaitGraph();
  readonly appLocks = new AppLocks(this.graph);
  readonly callLog = new CallLog();
  readonly faults = new Faults();
  readonly sessions = new Map<number, SessionInfo>();
  /** `refuse`: every login fails (18456). `silent`: none is ever answered. */
  loginMode: LoginMode = 'accept';
  /** Permissions that nobody has. */
  denied: ReadonlySet<Denial>;
  readonly #databases = new Map<string, Database>();
  readonly #temporaryDirectory: string | undefined;
  /** SQL Server's own sessions have the numbers up to 50. */
  #nextSpid = 51;

  constructor(options: SqlServerOptions) {
    this.logins = options.logins;
    this.accessTokens = options.accessTokens ?? {};
    this.denied = new Set(options.denied);
    // Connections share a database only through a file: without a folder it is a temporary one.
    this.#temporaryDirectory =
      options.directory === undefined ? mkdtempSync(join(tmpdir(), 'sql-server-')) : undefined;
    const directory = options.directory ?? this.#temporaryDirectory ?? '.';
    for (const definition of options.databases) {
      const key = definition.name.toLowerCase();
      if (this.#databases.has(key))
        throw new RangeError(`databases: '${definition.name}' is given twice`);
      this.#databases.set(
        key,
        new Database(definition, directory, options.directory !== undefined, this.graph),
      );
    }
  }

  /** Whether nobody may do that with an object; who has no right to one does not see it either. */
  isDenied(schema: string, name: string, right?: 'EXECUTE' | 'SELECT'): boolean {
    const wanted = `${schema}.${name}`.toLowerCase();
    return [...this.denied].some((denial) => {
      const [denied, object] = denial.split(' ON ');
      return object?.toLowerCase() === wanted && (right === undefined || denied === right);
    });
  }

  database(name: string): Database | undefined {
    return this.#databases.get(name.toLowerCase());
  }

  get databases(): Database[] {
    return [...this.#databases.values()];
  }

  newSpid(): number {
    let spid = this.#nextSpid;
    while (this.sessions.has(spid)) spid++;
    this.#nextSpid = spid >= 32_000 ? 51 : spid + 1;
    return spid;
  }

  close(): void {
    for (const database of this.#databases.values()) database.close();
    if (this.#temporaryDirectory)
      rmSync(this.#temporaryDirectory, { recursive: true, force: true });
  }
}
