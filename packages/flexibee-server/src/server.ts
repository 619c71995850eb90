/** The FlexiBee stand-in: companies, HTTP and control put together. */

import { join } from 'node:path';
import type { Accounts } from 'stand-in-kit';
import { Faults, openServers, Requests, type Servers, startControl } from 'stand-in-kit';
import { Sessions } from './auth/sessions.ts';
import { type Company, type CompanyOptions, openCompany } from './company/index.ts';
import { Backups } from './control/backups.ts';
import { LateCommits } from './control/late-commits.ts';
import { controlRoutes } from './control/routes.ts';
import { Hooks } from './hooks/hooks.ts';
import { defaultTimings, type HookTimings, systemTimer, type Timer } from './hooks/timings.ts';
import { handle } from './http/handler.ts';
import { type Hosted, hosted, type Instance } from './instance.ts';

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

export interface Flexibee extends Servers {
  readonly companies: ReadonlyMap<string, Hosted>;
  /** The data of a company: writes, late commits, gaps, backups. @throws Refusal for unknown names */
  company(name: string): Company;
  readonly sessions: Sessions;
  readonly faults: Faults;
  readonly requests: Requests;
}

/** Starts it on this machine only, plain HTTP. @throws the system's error for a port that is taken */
export async function startFlexibee(options: FlexibeeOptions = {}): Promise<Flexibee> {
  const { now = () => new Date() } = options;
  const instance: Instance = {
    companies: new Map((options.companies ?? ['demo']).map((each) => host(each, options))),
    accounts: options.accounts ?? { winstrom: 'winstrom' },
    sessions: new Sessions(now),
    faults: new Faults(),
    requests: new Requests(),
  };
  const backups = new Backups();
  const controlState = { ...instance, backups, lateCommits: new LateCommits() };
  const servers = await openServers({
    port: options.port,
    handle: (request, response, closing) => handle(instance, request, response, closing),
    // FlexiBee's own server keeps idle connections for half a minute; Node's default is 5 s.
    keepAliveMilliseconds: 30_000,
    controlPort: options.controlPort,
    startControl: (port) => startControl('FlexiBee', controlRoutes, controlState, port),
    async release() {
      for (const { hooks, company } of instance.companies.values()) {
        await hooks.close();
        company.close();
      }
      await backups.remove();
    },
  });
  return {
    ...servers,
    companies: instance.companies,
    company: (name) => hosted(instance, name).company,
    sessions: instance.sessions,
    faults: instance.faults,
    requests: instance.requests,
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
  return [
    company.name,
    {
      company,
      hooks,
      licence: 'present',
      loggedIn: false,
      forbidden: new Set(),
      hidden: new Map(),
    },
  ];
}
