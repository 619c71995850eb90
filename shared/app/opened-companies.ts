/** The catalogue's FlexiBee companies, as they are opened: servers, documents, mirrors. */

import type { ContainerClient } from '@azure/storage-blob';
import type { Catalog, FollowedCompany } from '../catalog/index.ts';
import type { Databases } from '../database/databases.ts';
import type { FlexibeeAddress } from '../flexibee/address.ts';
import { type ApplyProcedure, sqlMirror } from '../flexibee/apply.ts';
import { type FlexibeeCompany, openCompany } from '../flexibee/client.ts';
import type { FollowContext, Returned } from '../flexibee/follow.ts';
import type { CountedSource } from '../flexibee/reconcile/reconcile.ts';
import type { RequestCount } from '../flexibee/request-count.ts';
import type { TypedBase } from '../flexibee/typed/base.ts';
import { noticingMirror } from '../flexibee/typed/tables.ts';
import type { StageRunner } from '../sync/stage-runner.ts';
import { AfterChanges } from './after-changes.ts';
import { afterQueueName } from './after-queue.ts';
import type { Closed } from './closed.ts';
import { CompaniesMemory, type CompanyDocuments } from './companies-memory.ts';
import type { CompanyMessage } from './company-message.ts';
import { procedureOf, unseenOf } from './company-mirrors.ts';
import { companyQueueName } from './company-queue.ts';
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
  /** Of the process; what is left out is forgotten with these companies. */
  memory?: CompaniesMemory;
  now(): Date;
}

const defaultWaitForLockMs = 10_000;

/** A reconciliation that is due is taken up again so often, by each worker. */
const reconcilingEveryMs = 300_000;

export interface CompanyStorage extends CompanyDocuments {
  /** By the stages of this catalogue. */
  after: AfterChanges;
}

/** Whom a turn at a company tells what. */
export interface Listener {
  log(text: string): void;
  /** What procedures print. */
  onMessage(procedure: string, text: string): void;
  /** Stands in the journal. */
  writtenBy?: string | undefined;
}

/** An evidence that a run loads, and by what: as it was planned, whatever the catalogue says by now. */
export interface PlannedLoad extends ApplyProcedure {
  evidence: string;
}

export class OpenedCompanies {
  readonly dependencies: CompaniesDependencies;
  readonly #memory: CompaniesMemory;
  readonly #typedBases = new Map<string, TypedBase>();
  #after: AfterChanges | undefined;

  constructor(dependencies: CompaniesDependencies) {
    this.dependencies = dependencies;
    this.#memory = dependencies.memory ?? new CompaniesMemory();
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
    const { connection, name, pageSize } = this.known(code);
    const openedBy = [code, connection, name, pageSize, this.#requestsAtOnce(code)];
    return this.#memory.company(openedBy, () => this.#open(code, () => {}));
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
        requestsAtOnce: this.#requestsAtOnce(code),
        onRequest() {
          count.add(now());
          onRequest();
        },
      },
      this.#memory.servers,
    );
  }

  /** What this process has asked the company's server, as far as no cursor has it. */
  requestsOf(code: string): RequestCount {
    return this.#memory.requestsOf(code);
  }

  /** Of the companies at one server the most considerate says how many. */
  #requestsAtOnce(code: string): number {
    const { catalog, addresses } = this.dependencies;
    const origin = addresses[code]?.origin;
    const there = catalog.companies.filter((one) => addresses[one.code]?.origin === origin);
    return Math.min(...there.map(({ requestsAtOnce }) => requestsAtOnce));
  }

  async storage(signal: AbortSignal): Promise<CompanyStorage> {
    const { container, leaseSeconds, catalog, procedure, sliceMs, closed, now, send } =
      this.dependencies;
    const opened = await container(signal);
    const documents = this.#memory.documents(opened, { leaseSeconds, now }, (code, within) =>
      this.queueHookPoll(code, 0, within),
    );
    const { cursors, events } = documents;
    this.#after ??= new AfterChanges({
      ...{ catalog, procedure, cursors, leaseSeconds, sliceMs, closed, now },
      container: opened,
      onChange: this.#memory.onChange,
      tell: (event, within) => events.tell(event, within),
      queue: (company, within) =>
        send(afterQueueName, { company, at: now().toISOString() }, within),
    });
    return { ...documents, after: this.#after };
  }

  queueHookPoll(company: string, delaySeconds: number, signal: AbortSignal): Promise<void> {
    const { now, send } = this.dependencies;
    const at = now().toISOString();
    const message: CompanyMessage = { company, why: 'hook', at };
    return send(companyQueueName, message, signal, delaySeconds);
  }

  /** Whoever is at it already is not disturbed by one message more. */
  async #goOnReconciling(company: string, wish: string, signal: AbortSignal): Promise<void> {
    const before = this.#memory.reconcilingAt.get(company) ?? Number.NEGATIVE_INFINITY;
    if (performance.now() - before < reconcilingEveryMs) return;
    const { now, send } = this.dependencies;
    const at = now().toISOString();
    const message: CompanyMessage = { company, why: 'reconcile', at, wish };
    await send(companyQueueName, message, signal);
    this.#memory.reconcilingAt.set(company, performance.now());
  }

  /**
   * What a turn at the company needs.
   *
   * @param listener default: nobody
   * @param planned of a run; everything else goes by the catalogue
   */
  async context(
    code: string,
    signal: AbortSignal,
    { log, onMessage, writtenBy }: Listener = { log: () => {}, onMessage: () => {} },
    planned?: PlannedLoad,
  ): Promise<FollowContext> {
    const { catalog, databases, sliceMs, now } = this.dependencies;
    const { cursors, after, events } = await this.storage(signal);
    const { onRegression, lateMinutes, pageSize } = this.known(code);
    const returned: Returned = new Map();
    const known = procedureOf(catalog, code);
    const applying = (evidence: string) =>
      evidence === planned?.evidence ? planned : known(evidence);
    const evidences = catalog.entityOrder(code);
    // One that the catalogue has no more is loaded for the run, and followed no more after it.
    if (planned && !evidences.includes(planned.evidence)) evidences.push(planned.evidence);
    const company = { code, evidences, procedureOf: applying, log };
    const typed = typedTables(this.dependencies, this.#typedBases, this.at(code), company);
    return {
      company: {
        ...{ code, evidences, onRegression },
        lateMs: lateMinutes * 60_000,
        pageSize,
      },
      source: this.at(code),
      mirror: noticingMirror(
        sqlMirror(databases, applying, {
          onReturn: (name, warning) => returned.set(name, warning),
          onMessage,
          ...(writtenBy !== undefined && { writtenBy }),
        }),
        typed,
      ),
      unseen: unseenOf(databases, code, applying),
      requests: this.requestsOf(code),
      returned,
      cursors,
      typed,
      now,
      changelogIsOn: (abort) => this.#memory.changelogs.isOn(code, this.at(code), abort),
      sliceMs,
      log,
      tell: (event, abort) => events.tell(event, abort),
      after: (marks, abort) => after.seeTo(code, marks, abort),
      reconciling: (wish, abort) => this.#goOnReconciling(code, wish, abort),
    };
  }

  close(): void {
    this.#memory.close();
  }
}
