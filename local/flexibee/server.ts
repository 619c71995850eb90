/** The FlexiBee stand-in: companies, HTTP and control put together. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Accounts } from './auth/authenticate.ts';
import { Sessions } from './auth/sessions.ts';
import { type Company, type CompanyOptions, openCompany } from './company/index.ts';
import { Backups } from './control/backups.ts';
import { LateCommits } from './control/late-commits.ts';
import { startControl } from './control/server.ts';
import { Faults } from './faults.ts';
import { Hooks } from './hooks/hooks.ts';
import { defaultTimings, type HookTimings, systemTimer, type Timer } from './hooks/timings.ts';
import { handle } from './http/handler.ts';
import { type Hosted, hosted, type Instance } from './instance.ts';
import { Requests } from './requests.ts';

export interface FlexibeeOptions {
  /** Default 0: any. */
  port?: number;
  /** Absent: no control interface over HTTP. */
  controlPort?: number;
  /** Where companies and hooks are kept; absent: in memory. */
  directory?: string;
  /** Names, or what `openCompany` takes. Default: `demo`. */
  companies?: readonly (string | CompanyOptions)[];
  /** Passwords by user. Default: winstrom with the password winstrom. */
  accounts?: Accounts;
  hooks?: Partial<HookTimings>;
  /** When hooks are called. Default: the system's. */
  timer?: Timer;
  /** For timestamps and the age of sessions. Default: the system's. */
  now?: () => Date;
}

export interface Flexibee {
  /** `http://127.0.0.1:5434` */
  readonly url: string;
  readonly port: number;
  /** Absent without one. */
  readonly controlPort?: number;
  readonly companies: ReadonlyMap<string, Hosted>;
  /** The data of a company: writes, late commits, gaps, backups. @throws Refusal for unknown names */
  company(name: string): Company;
  readonly sessions: Sessions;
  readonly faults: Faults;
  readonly requests: Requests;
  /** Ends connections, calls of hooks and databases; a second call waits for the first. */
  close(): Promise<void>;
}

/** Starts it on this machine only, plain HTTP. */
export async function startFlexibee(options: FlexibeeOptions = {}): Promise<Flexibee> {
  const { now = () => new Date() } = options;
  const instance: Instance = {
    companies: new Map((options.companies ?? ['demo']).map((each) => host(each, options))),
    accounts: options.accounts ?? { winstrom: 'winstrom' },
    sessions: new Sessions(now),
    faults: new Faults(),
    requests: new Requests(),
  };
  const closing = new AbortController();
  const server = createServer((request, response) => {
    handle(instance, request, response, closing.signal).catch((error: unknown) => {
      if (!closing.signal.aborted && !response.destroyed) console.error(error);
      response.destroy();
    });
  });
  // FlexiBee's own server keeps idle connections for half a minute; Node's default is 5 s.
  server.keepAliveTimeout = 30_000;
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const backups = new Backups();
  let closed: Promise<void> | undefined;
  const close = async () => {
    closing.abort();
    const ended = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await ended;
    for (const { hooks, company } of instance.companies.values()) {
      await hooks.close();
      company.close();
    }
    await backups.remove();
  };
  const control =
    options.controlPort === undefined
      ? undefined
      : await startControl(
          { instance, backups, lateCommits: new LateCommits() },
          options.controlPort,
        ).catch(async (error: unknown) => {
          await close();
          throw error;
        });
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    ...(control ? { controlPort: control.port } : {}),
    companies: instance.companies,
    company: (name) => hosted(instance, name).company,
    sessions: instance.sessions,
    faults: instance.faults,
    requests: instance.requests,
    close() {
      closed ??= (async () => {
        await control?.close();
        await close();
      })();
      return closed;
    },
  };
}

function host(each: string | CompanyOptions, options: FlexibeeOptions): [string, Hosted] {
  const { directory, now } = options;
  const company = openCompany({
    ...(directory === undefined ? {} : { directory }),
    ...(now ? { now } : {}),
    ...(typeof each === 'string' ? { name: each } : each),
  });
  const hooks = new Hooks(company, {
    timings: { ...defaultTimings, ...options.hooks },
    timer: options.timer ?? systemTimer,
    ...(directory === undefined ? {} : { file: join(directory, `${company.name}.hooks.json`) }),
  });
  return [company.name, { company, hooks, licence: 'present', loggedIn: false }];
}
