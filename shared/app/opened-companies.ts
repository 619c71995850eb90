/** What a process has open of the catalogue's FlexiBee companies: servers, documents, mirrors. */

import type { ContainerClient } from '@azure/storage-blob';
import type { Catalog, FollowedCompany } from '../catalog/index.ts';
import type { Databases } from '../database/databases.ts';
import type { FlexibeeAddress } from '../flexibee/address.ts';
import { ChangelogWatch } from '../flexibee/changelog.ts';
import { type FlexibeeCompany, openCompany } from '../flexibee/client.ts';
import {
  type CursorStore,
  cursorStore,
  type FollowContext,
  type Returned,
} from '../flexibee/follow.ts';
import { HookDeliveries } from '../flexibee/hook-deliveries.ts';
import { HookFlags } from '../flexibee/hook-flags.ts';
import { HookNews } from '../flexibee/hook-news.ts';
import {
  type CountedSource,
  type ReconciliationStore,
  reconciliationStore,
} from '../flexibee/reconcile/reconcile.ts';
import { RequestCount } from '../flexibee/request-count.ts';
import { FlexibeeServers } from '../flexibee/servers.ts';
import type { TypedBase } from '../flexibee/typed/base.ts';
import { noticingMirror } from '../flexibee/typed/tables.ts';
import { GivenUp } from '../storage/given-up.ts';
import type { StageRunner } from '../sync/stage-runner.ts';
import { AfterChanges } from './after-changes.ts';
import { afterQueueName } from './after-queue.ts';
import type { Closed } from './closed.ts';
import { mirrorOf, unseenOf } from './company-mirrors.ts';
import { type CompanyMessage, companyQueueName } from './company-queue.ts';
import { typedTables } from './typed-tables.ts';

export interface CompaniesDependencies {
  catalog: Catalog;
  addresses: Readonly<Record<string, FlexibeeAddress>>;
  databases: Databases;
  /** Runs stages of kind `procedure` after changes, on connections that applying does not need. */
  procedure: StageRunner;
  container(signal: AbortSignal): Promise<ContainerClient>;
  /** Puts a message on a queue of ours. */
  send(queue: string, message: object, signal: AbortSignal, delaySeconds?: number): Promise<void>;
  leaseSeconds: number;
  sliceMs: number;
  closed: Pick<Closed, 'ofCompany' | 'ofStages'>;
  /** Whoever was asked to look now waits so long for a poll that is under way; 10 s unless told. */
  waitForLockMs?: number;
  now(): Date;
}

const defaultWaitForLockMs = 10_000;

/** A reconciliation that is due is taken up again so often, by each worker. */
const reconcilingEveryMs = 300_000;

/** What the process remembers of the storage: an idle poll reads no cursor. */
export interface CompanyStorage {
  cursors: CursorStore;
  reconciliations: ReconciliationStore;
  flags: HookFlags;
  news: HookNews;
  deliveries: HookDeliveries;
  after: AfterChanges;
  givenUp: GivenUp;
}

/** Whom a turn at a company tells what. */
export interface Listener {
  log(text: string): void;
  /** What procedures print. */
  onMessage(procedure: string, text: string): void;
  /** Stands in the journal. */
  writtenBy?: string | undefined;
}

export class OpenedCompanies {
  readonly dependencies: CompaniesDependencies;
  readonly #servers = new FlexibeeServers();
  readonly #opened = new Map<string, FlexibeeCompany>();
  readonly #requests = new Map<string, RequestCount>();
  readonly #changelogs = new ChangelogWatch();
  readonly #typedBases = new Map<string, TypedBase>();
  /** When a reconciliation was last queued by a poll; monotonic. */
  readonly #reconcilingAt = new Map<string, number>();
  #storage: CompanyStorage | undefined;

  constructor(dependencies: CompaniesDependencies) {
    this.dependencies = dependencies;
  }

  get waitForLockMs(): number {
    return this.dependencies.waitForLockMs ?? defaultWaitForLockMs;
  }

  find(code: string | undefined): FollowedCompany | undefined {
    return this.dependencies.catalog.companies.find((company) => company.code === code);
  }

  /** RangeError: unknown code. */
  known(code: string): FollowedCompany {
    const company = this.find(code);
    if (company === undefined) throw new RangeError(`no company ${code} in the catalogue`);
    return company;
  }

  /** The company at its server. RangeError: unknown code. */
  at(code: string): FlexibeeCompany {
    const known = this.#opened.get(code) ?? this.#open(code, () => {});
    this.#opened.set(code, known);
    return known;
  }

  /** The same for somebody whose requests are counted apart, too. */
  counted(code: string): CountedSource {
    let sent = 0;
    const source = this.#open(code, () => {
      sent += 1;
    });
    const take = () => {
      const taken = sent;
      sent = 0;
      return taken;
    };
    return { source, take };
  }

  #open(code: string, onRequest: () => void): FlexibeeCompany {
    const { name, pageSize } = this.known(code);
    const { addresses, now } = this.dependencies;
    const address = addresses[code];
    if (address === undefined) throw new RangeError(`no address of ${code}`);
    const count = this.requestsOf(code);
    return openCompany(
      {
        ...{ code, name, address, pageSize },
        requestsAtOnce: this.#requestsAtOnce(address.origin),
        onRequest() {
          count.add(now());
          onRequest();
        },
      },
      this.#servers,
    );
  }

  /** What this process has asked the company's server, as far as no cursor has it. */
  requestsOf(code: string): RequestCount {
    const known = this.#requests.get(code) ?? new RequestCount();
    this.#requests.set(code, known);
    return known;
  }

  /** Of the companies at one server the most considerate says how many. */
  #requestsAtOnce(origin: string): number {
    const { catalog, addresses } = this.dependencies;
    const there = catalog.companies.filter(({ code }) => addresses[code]?.origin === origin);
    return Math.min(...there.map(({ requestsAtOnce }) => requestsAtOnce));
  }

  async storage(signal: AbortSignal): Promise<CompanyStorage> {
    const { container, leaseSeconds, catalog, procedure, sliceMs, closed, now, send } =
      this.dependencies;
    const opened = await container(signal);
    if (this.#storage === undefined) {
      const cursors = cursorStore(opened, leaseSeconds);
      this.#storage = {
        cursors,
        reconciliations: reconciliationStore(opened, leaseSeconds),
        flags: new HookFlags(opened, (code, within) => this.queueHookPoll(code, 0, within)),
        news: new HookNews(cursors),
        deliveries: new HookDeliveries(opened, now),
        after: new AfterChanges({
          ...{ catalog, procedure, cursors, leaseSeconds, sliceMs, closed, now },
          container: opened,
          queue: (company, within) =>
            send(afterQueueName, { company, at: now().toISOString() }, within),
        }),
        givenUp: new GivenUp(opened),
      };
    }
    return this.#storage;
  }

  queueHookPoll(company: string, delaySeconds: number, signal: AbortSignal): Promise<void> {
    const { now, send } = this.dependencies;
    const at = now().toISOString();
    const message: CompanyMessage = { company, why: 'hook', at };
    return send(companyQueueName, message, signal, delaySeconds);
  }

  /** Whoever is at it already is not disturbed by one message more. */
  async #goOnReconciling(company: string, wish: string, signal: AbortSignal): Promise<void> {
    const before = this.#reconcilingAt.get(company) ?? Number.NEGATIVE_INFINITY;
    if (performance.now() - before < reconcilingEveryMs) return;
    const { now, send } = this.dependencies;
    const at = now().toISOString();
    const message: CompanyMessage = { company, why: 'reconcile', at, wish };
    await send(companyQueueName, message, signal);
    this.#reconcilingAt.set(company, performance.now());
  }

  /** What a turn at the company needs. @param listener default: nobody */
  async context(
    code: string,
    signal: AbortSignal,
    { log, onMessage, writtenBy }: Listener = { log: () => {}, onMessage: () => {} },
  ): Promise<FollowContext> {
    const { catalog, databases, sliceMs, now } = this.dependencies;
    const { cursors, after } = await this.storage(signal);
    const { onRegression, lateMinutes, pageSize } = this.known(code);
    const returned: Returned = new Map();
    const typed = typedTables(this.dependencies, this.#typedBases, this.at(code), { code, log });
    return {
      company: {
        code,
        evidences: catalog.entityOrder(code),
        onRegression,
        lateMs: lateMinutes * 60_000,
        pageSize,
      },
      source: this.at(code),
      mirror: noticingMirror(
        mirrorOf(catalog, databases, code, {
          onReturn: (name, warning) => returned.set(name, warning),
          onMessage,
          ...(writtenBy !== undefined && { writtenBy }),
        }),
        typed,
      ),
      unseen: unseenOf(catalog, databases, code),
      requests: this.requestsOf(code),
      returned,
      cursors,
      typed,
      now,
      changelogIsOn: (abort) => this.#changelogs.isOn(code, this.at(code), abort),
      sliceMs,
      log,
      after: (marks, abort) => after.seeTo(code, marks, abort),
      reconciling: (wish, abort) => this.#goOnReconciling(code, wish, abort),
    };
  }

  close(): void {
    this.#servers.close();
  }
}
