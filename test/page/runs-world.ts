/** The app as it is deployed, on databases of the demo, with runs of every kind. */

import { type SqlServer, startSqlServer } from 'tds-sqlite';
import { settingsFor, standInAt } from '../../demo/billing/connections.ts';
import { demoDatabases } from '../../demo/billing/index.ts';
import { demoLogin } from '../../demo/billing/login.ts';
import type { Run } from '../../shared/sync/run.ts';
import { type PackagedApp, startPackagedApp } from '../support/packaged-app.ts';

export interface Failure {
  times: number;
  number: number;
  message: string;
  line?: number;
}

export interface RunsWorld {
  url: string;
  /** What a procedure does from now on: how long it takes, how often it fails. */
  set(procedure: string, fault: { delayMilliseconds?: number; failures?: Failure }): Promise<void>;
  /** All procedures are as they were. */
  mend(): Promise<void>;
  /** @returns the run's id */
  start(asked: {
    code: string | string[];
    name?: string;
    user?: string;
    whenBusy?: 'wait';
  }): Promise<string>;
  /** Resolves once it has ended. */
  finished(id: string): Promise<Run>;
  close(): Promise<void>;
}

const headers = { authorization: 'Bearer demo-token', 'content-type': 'application/json' };

export async function startRunsWorld(): Promise<RunsWorld> {
  const sql: SqlServer = await startSqlServer({
    databases: demoDatabases({ accounts: 10, pace: Number.POSITIVE_INFINITY }),
    logins: { [demoLogin.user]: demoLogin.password },
  });
  const app: PackagedApp = await startPackagedApp(settingsFor(standInAt(sql.port)));

  async function control(method: string, path: string, body?: object): Promise<void> {
    const url = `http://127.0.0.1:${sql.controlPort}/procedures${path}`;
    const answer = await fetch(url, { method, ...(body && { body: JSON.stringify(body) }) });
    if (!answer.ok) throw new Error(await answer.text());
  }

  return {
    url: app.url,
    set: (procedure, fault) => control('PUT', `/${procedure}`, fault),
    mend: () => control('DELETE', ''),
    async start({ user = 'Jana', ...asked }) {
      const body = JSON.stringify({ user, month: 7, year: 2019, ...asked });
      const route = asked.name === undefined ? 'data_source_sync' : 'entity_sync';
      const init = { method: 'POST', headers: { ...headers, accept: 'application/json' }, body };
      const answer = await fetch(`${app.url}/${route}`, init);
      if (answer.status !== 202) throw new Error(await answer.text());
      return ((await answer.json()) as { id: string }).id;
    },
    async finished(id) {
      let etag = '';
      for (;;) {
        // Held until there is something new.
        const answer = await fetch(`${app.url}/runs/${id}?wait=25`, {
          headers: { ...headers, 'if-none-match': etag },
        });
        if (answer.status === 304) continue;
        if (!answer.ok) throw new Error(await answer.text());
        etag = answer.headers.get('etag') ?? '';
        const run = (await answer.json()) as Run;
        if (run.endedAt !== undefined) return run;
      }
    },
    async close() {
      await app.close();
      await sql.close();
    },
  };
}
