/** HTTP functions without a host: real requests and the real catalogue, and syncs that record. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import functions, {
  type HttpRequestInit,
  type HttpResponse,
  type InvocationContext,
} from '@azure/functions';
import { httpFunction, operations } from '../../functions/route.ts';
import { routes } from '../../functions/routes/index.ts';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { App } from '../../shared/app/app.ts';
import { Companies } from '../../shared/app/companies.ts';
import { companyQueueOutput } from '../../shared/app/company-queue.ts';
import { DynsqlConnections } from '../../shared/app/connections/dynsql-connections.ts';
import type { HealthPart } from '../../shared/app/health/part.ts';
import { runQueueOutput } from '../../shared/app/run-queue.ts';
import { procedureRunner } from '../../shared/app/runners/procedure-runner.ts';
import type { AppServices } from '../../shared/app/services.ts';
import type { AuditPage, BegunChange, Change, Ending } from '../../shared/audit/audit.ts';
import { Boards } from '../../shared/board/boards.ts';
import { Schedules } from '../../shared/board/schedule/schedules.ts';
import { shippedBoards } from '../../shared/board/shipped.ts';
import { shippedCatalog } from '../../shared/catalog/index.ts';
import { Databases } from '../../shared/database/databases.ts';
import { shippedDynsql } from '../../shared/dynsql/language/shipped-dynsql.ts';
import { CallPlaces } from '../../shared/http/call-places.ts';
import { openApiDocument } from '../../shared/http/openapi.ts';
import { RequestLimits } from '../../shared/http/request-limits.ts';
import { requireConnections, type Settings } from '../../shared/settings/settings.ts';
import { SignIn } from '../../shared/sign-in/sign-in.ts';
import { planStages } from '../../shared/sync/plan.ts';
import { fits, runFits } from '../../shared/sync/run-filter.ts';
import type {
  CancelOutcome,
  LogText,
  Place,
  PlannedRun,
  RetryRefusal,
  RetryRequest,
  Run,
  RunPage,
  SearchOptions,
  SharedLook,
  StartOutcome,
  SyncRequest,
  Syncs,
  WaitsFor,
} from '../../shared/sync/syncs.ts';
import { describedBy } from '../support/described.ts';
import { nothingClosed } from '../support/nothing-closed.ts';
import { soundSettings } from '../support/sound-settings.ts';

export const runId = '20190731-0123456789ab';

/** In the middle of July 2019. */
const now = new Date('2019-07-15T12:00:00Z');

export class RecordingSyncs implements Syncs {
  /** Without the ids that were reserved for them. */
  started: SyncRequest[] = [];
  planned: SyncRequest[] = [];
  listed: Array<{ limit: number; from?: string }> = [];
  searched: SearchOptions[] = [];
  outcome: StartOutcome = { outcome: 'started', id: runId };
  running: Run[] = [];
  inLine = new Map<string, Place>();
  retried: RetryRequest[] = [];
  againOutcome: SyncRequest | RetryRefusal = { outcome: 'nothing' };
  page: RunPage = { runs: [] };
  runs = new Map<string, Run>();
  failure: Error | undefined;
  said = Buffer.alloc(0);
  cancelled: Array<{ id: string; by: string }> = [];
  cancelOutcome: CancelOutcome = { outcome: 'accepted', state: 'running' };
  woken = 0;

  async start({ id: _, ...request }: SyncRequest): Promise<StartOutcome> {
    this.#fail();
    this.started.push(request);
    return this.outcome;
  }
  async plan(request: SyncRequest): Promise<PlannedRun> {
    this.#fail();
    this.planned.push(request);
    const { stages } = planStages(shippedCatalog(), request.calls);
    const times = { expectedMs: null, unknownStages: stages.length, criticalPath: [] };
    return {
      codes: [],
      names: [],
      calls: request.calls,
      stages,
      ...times,
      servers: [],
      exclusives: [],
    };
  }
  async read(id: string): Promise<Run | undefined> {
    this.#fail();
    return this.runs.get(id);
  }
  async look(id: string): Promise<SharedLook | undefined> {
    const run = await this.read(id);
    return run && { run, etag: JSON.stringify(run) };
  }
  async changed(_id: string, _etag: string, signal: AbortSignal): Promise<void> {
    if (!signal.aborted) await once(signal, 'abort');
  }
  async log(): Promise<LogText> {
    this.#fail();
    const { said } = this;
    return {
      bytes: said.length,
      async *read({ from }) {
        yield said.subarray(from);
      },
    };
  }
  async cancel(id: string, by: string): Promise<CancelOutcome> {
    this.#fail();
    this.cancelled.push({ id, by });
    return this.cancelOutcome;
  }
  async list(options: { limit: number; from?: string }): Promise<RunPage> {
    this.#fail();
    this.listed.push(options);
    return this.page;
  }
  async search(options: SearchOptions): Promise<RunPage> {
    this.#fail();
    this.searched.push(options);
    const isFound = (summary: RunPage['runs'][number]) => {
      const run = this.runs.get(summary.id);
      return fits(summary, options.filter) ?? (run !== undefined && runFits(run, options.filter));
    };
    return { ...this.page, runs: this.page.runs.filter(isFound) };
  }
  async again(request: RetryRequest): Promise<SyncRequest | RetryRefusal> {
    this.#fail();
    this.retried.push(request);
    return this.againOutcome;
  }
  async places(): Promise<ReadonlyMap<string, Place>> {
    this.#fail();
    return this.inLine;
  }
  async waitsFor({ id }: Run): Promise<WaitsFor> {
    this.#fail();
    return { ...this.inLine.get(id), waitsFor: [{ server: 'dcdb', run: runId }] };
  }
  async wakeLine(): Promise<void> {
    this.woken++;
  }
  async active(): Promise<Run[]> {
    this.#fail();
    return this.running;
  }
  #fail(): void {
    if (this.failure !== undefined) throw this.failure;
  }
}

/** What is told to the audit, in the order in which it is. */
export class RecordingAudit {
  readonly told: (Change | Ending)[] = [];

  async begin(change: Change): Promise<BegunChange> {
    this.told.push(change);
    return { id: String(this.told.length), at: now.toISOString() };
  }
  async end(_begun: BegunChange, ending: Ending): Promise<void> {
    this.told.push(ending);
  }
  async read(): Promise<AuditPage> {
    return { entries: [], damaged: 0 };
  }
}

/** Nothing is closed nor acknowledged, nor is it here. */
const noClosures: AppServices['closures'] & AppServices['acknowledgements'] = {
  current: async () => [],
  begin: async () => {
    throw new Error('this test has no storage');
  },
  end: async () => undefined,
};

/** There is none, and none can be made. */
const noOverviews: AppServices['overviews'] = {
  facts: async () => undefined,
  changedSince: async () => {},
  isStale: () => false,
  changed: () => {},
};

export interface TestApp extends AppServices {
  syncs: RecordingSyncs;
  audit: RecordingAudit;
}

/** With the sample's settings and whatever `environment` changes. */
export function testApp(
  environment: Record<string, string> = {},
  parts: HealthPart[] = [{ part: 'storage', state: 'ok' }],
): TestApp {
  const settings = soundSettings({ ...sample.Values, ...environment });
  return {
    settings,
    signIn: new SignIn(settings),
    limits: new RequestLimits(settings),
    calls: new CallPlaces(),
    catalog: shippedCatalog(),
    isCatalogKept: false,
    syncs: new RecordingSyncs(),
    boards: new Boards(
      noContainer,
      async () => shippedBoards(),
      () => now,
    ),
    schedules: new Schedules(noContainer, () => now),
    overviews: noOverviews,
    companies: withoutStorage(settings),
    dynsql: withoutServers(settings),
    audit: new RecordingAudit(),
    closures: noClosures,
    acknowledgements: noClosures,
    troubles: { ofCode: async () => [], ages: async () => [] },
    events: {
      tell: async () => {},
      page: async () => ({ events: [] }),
      targets: async () => [],
      test: async () => ({ isTaken: true, milliseconds: 1 }),
    },
    keys: async () => {
      throw new Error('this test has no storage');
    },
    now: () => now,
    stopping: new AbortController().signal,
    health: async () => parts,
  };
}

const noContainer = async () => {
  throw new Error('this test has no storage');
};

/** The sample's companies, for what is refused before anything is asked. */
function withoutStorage(settings: Settings): Companies {
  const catalog = shippedCatalog();
  const databases = new Databases([]);
  return new Companies({
    catalog,
    databases,
    addresses: requireConnections(settings, catalog).companies,
    procedure: procedureRunner(databases),
    container: noContainer,
    send: async () => {
      throw new Error('this test has no queues');
    },
    leaseSeconds: settings.leaseSeconds,
    sliceMs: settings.sliceMs,
    closed: nothingClosed,
    now: () => now,
  });
}

/** The sample's connections, for what is refused before anything is asked. */
function withoutServers(settings: Settings): DynsqlConnections {
  const catalog = shippedCatalog();
  return new DynsqlConnections({
    catalog,
    dynsql: shippedDynsql(),
    addresses: requireConnections(settings, catalog).abraGen,
    databases: new Databases([]),
    stopping: new AbortController().signal,
    now: () => now,
  });
}

export interface Reply {
  status: number;
  headers: Headers;
  /** As sent. */
  bytes: Buffer;
  /** Without the newline at its end; of a log with it. */
  text: string;
  /** What went to the run queue. */
  queued: unknown;
  /** What went to the queue of companies. */
  polled: unknown;
  log: string;
}

const document = openApiDocument(routes.flatMap((route) => operations(route, false)));
// As a client reads it.
const describes = describedBy(JSON.parse(JSON.stringify(document)));

/** What functions are given: of an app that has been started, what it has at the moment. */
export type Services = AppServices | App;

function unpacked(bytes: Buffer, coding: string | null): Buffer {
  if (coding === 'br') return brotliDecompressSync(bytes);
  return coding === 'gzip' ? gunzipSync(bytes) : bytes;
}

/** Calls the function called `name` as the host would; the answer must be what is described. */
export async function call(
  app: Services,
  name: string,
  init: HttpRequestInit = {},
  invocationId = '00000000-0000-4000-8000-000000000001',
): Promise<Reply> {
  const route = routes.find((row) => row.name === name);
  if (route === undefined) throw new RangeError(`no route ${name}`);
  const lines: string[] = [];
  const context: InvocationContext = new functions.InvocationContext({
    functionName: name,
    invocationId,
    logHandler: (level, ...parts) => lines.push(`${level}: ${parts.join(' ')}`),
  });
  const request = new functions.HttpRequest({ method: 'GET', url: 'http://localhost/', ...init });
  const response = (await httpFunction(route, () =>
    app instanceof App ? app.current : app,
  ).handler(request, context)) as HttpResponse;
  const bytes = Buffer.from(await response.arrayBuffer());
  const text = unpacked(bytes, response.headers.get('content-encoding')).toString();
  const isText = !/spreadsheetml/.test(response.headers.get('content-type') ?? '');
  assert.ok(
    !isText || text === '' || text.endsWith('\n'),
    `no newline at the end: ${text.slice(-80)}`,
  );
  const { method } = request;
  describes({
    method,
    path: `/${route.route}?${request.query}`,
    status: response.status,
    headers: response.headers,
    text,
    asked: {
      headers: new Headers([...request.headers]),
      body: init.body?.string,
      parameters: init.params,
    },
  });
  return {
    status: response.status,
    headers: response.headers,
    bytes,
    text: name === 'run_log' ? text : text.slice(0, -1),
    queued: context.extraOutputs.get(runQueueOutput),
    polled: context.extraOutputs.get(companyQueueOutput),
    log: lines.join('\n'),
  };
}

/** POSTs `body` as JSON. */
export function post(
  app: Services,
  name: string,
  body: unknown,
  headers: Record<string, string> = {},
  init: HttpRequestInit = {},
): Promise<Reply> {
  return call(app, name, {
    ...init,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: { string: typeof body === 'string' ? body : JSON.stringify(body) },
  });
}
