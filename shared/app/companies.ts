/** The catalogue's FlexiBee companies, each with its server, mirror and cursor; opened when asked. */

import type { ContainerClient } from '@azure/storage-blob';
import type { Catalog, FollowedCompany } from '../catalog/index.ts';
import type { Databases } from '../database/databases.ts';
import type { FlexibeeAddress } from '../flexibee/address.ts';
import { ChangelogWatch, turnChangelog } from '../flexibee/changelog.ts';
import { type FlexibeeCompany, openCompany } from '../flexibee/client.ts';
import {
  type CompanyState,
  type CursorStore,
  companyState,
  cursorStore,
  type FollowContext,
  newerState,
  type PollOutcome,
  type Returned,
  reload,
  reset,
  warningsOf,
} from '../flexibee/follow.ts';
import { HookFlags } from '../flexibee/hook-flags.ts';
import { HookNews } from '../flexibee/hook-news.ts';
import type { WebHook } from '../flexibee/hook-versions.ts';
import { expireJournals } from '../flexibee/journal-retention.ts';
import type { Reconciliation } from '../flexibee/reconcile/document.ts';
import {
  type ReconcileOutcome,
  type ReconciliationStore,
  reconciliationStore,
} from '../flexibee/reconcile/reconcile.ts';
import { FlexibeeServers } from '../flexibee/servers.ts';
import type { TypedBase } from '../flexibee/typed/base.ts';
import { noticingMirror } from '../flexibee/typed/tables.ts';
import type { AppliedRows } from '../flexibee/types.ts';
import { GivenUp } from '../storage/given-up.ts';
import type { StageRunner } from '../sync/stage-runner.ts';
import { AfterChanges, type CallsOutcome, type ShownFailure } from './after-changes.ts';
import { afterQueueName } from './after-queue.ts';
import { firstStage, keptJournals, mirrorOf } from './company-mirrors.ts';
import { type CompanyMessage, companyQueueName } from './company-queue.ts';
import { type Again, pollForHook } from './hook-polls.ts';
import { isNewer, newer, pollKnown } from './newer-cursors.ts';
import { givenUpText } from './poison-queues.ts';
import { isDue } from './poll-interval.ts';
import { procedureMessages } from './procedure-messages.ts';
import { reconcileCompany } from './reconcile-company.ts';
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
  /** Whoever was asked to look now waits so long for a poll that is under way; 10 s unless told. */
  waitForLockMs?: number;
  now(): Date;
}

const defaultWaitForLockMs = 10_000;

/**
 * A timer's message that waited in the queue for longer is left: the next minute's is behind it. Its
 * age counts from when the queue took it, by the queue's clock; where that is not known, it has none.
 */
const timerMessageMs = 90_000;

/** What people are shown of a company, its procedures after changes included. */
export interface ShownState extends CompanyState {
  /** Evidences whose procedures after changes are to be called. */
  pending: string[];
  /** Of those, the ones whose latest call has failed. */
  failures: ShownFailure[];
}

/** Of a company whose calls were written down by a newer version of the app. */
const noneCalled = { pending: [], failures: [], warnings: [] };

/** Whose messages are about companies. */
const queues: readonly string[] = [companyQueueName, afterQueueName];

/** What the process remembers of the storage: an idle poll reads no cursor. */
interface State {
  cursors: CursorStore;
  reconciliations: ReconciliationStore;
  flags: HookFlags;
  news: HookNews;
  after: AfterChanges;
  givenUp: GivenUp;
}

export class Companies {
  readonly #dependencies: CompaniesDependencies;
  readonly #servers = new FlexibeeServers();
  readonly #opened = new Map<string, FlexibeeCompany>();
  readonly #changelogs = new ChangelogWatch();
  readonly #typedBases = new Map<string, TypedBase>();
  #state: State | undefined;

  constructor(dependencies: CompaniesDependencies) {
    this.#dependencies = dependencies;
  }

  /** Companies in the catalogue's order. */
  get all(): readonly FollowedCompany[] {
    return this.#dependencies.catalog.companies;
  }

  find(code: string | undefined): FollowedCompany | undefined {
    return this.all.find((company) => company.code === code);
  }

  /** The company at its server. RangeError: unknown code. */
  at(code: string): FlexibeeCompany {
    const known = this.#opened.get(code);
    if (known !== undefined) return known;
    const { name } = this.#known(code);
    const address = this.#dependencies.addresses[code];
    if (address === undefined) throw new RangeError(`no address of ${code}`);
    const opened = openCompany({ code, name, address }, this.#servers);
    this.#opened.set(code, opened);
    return opened;
  }

  /** Where we are with a company, as its polls have left it; its server is not asked. */
  async state(code: string, signal: AbortSignal): Promise<ShownState> {
    const { cursors, after, givenUp } = await this.#open(signal);
    const now = this.#dependencies.now();
    const [cursor, messages] = await Promise.all([
      cursors.read(code, signal).catch(newer),
      givenUp.known(signal).catch(() => []),
    ]);
    const state = isNewer(cursor) ? newerState(cursor, now) : companyState(cursor, now);
    const marks = isNewer(cursor) ? {} : (cursor?.pending ?? {});
    const calls = await after.state(code, marks, signal).catch(newer);
    const { warnings, ...called } = isNewer(calls) ? noneCalled : calls;
    const own = messages.filter(({ queue, about }) => queues.includes(queue) && about === code);
    const all = [...state.warnings, ...warnings, ...own.map(givenUpText)];
    return { ...state, ...called, warnings: all };
  }

  /** Calls the procedures after its changes, as `AfterChanges.call`. */
  async callAfterChanges(
    code: string,
    log: (text: string) => void,
    signal: AbortSignal,
  ): Promise<CallsOutcome> {
    const { after } = await this.#open(signal);
    return await after.call(code, log, signal);
  }

  /**
   * @param pollId stands in the journal
   * @throws what `poll` throws; then the message shall come again
   */
  async poll(
    message: CompanyMessage & { queuedAt?: string | undefined },
    log: (text: string) => void,
    signal: AbortSignal,
    pollId?: string,
  ): Promise<PollOutcome | 'late' | 'not due' | 'paused' | ReconcileOutcome> {
    const { company, why, queuedAt } = message;
    const isTimer = why === 'timer';
    const { flags, cursors } = await this.#open(signal);
    // Storage has answered by now: its clock is known, and the machine's has no say.
    const ageMs = this.#dependencies.now().getTime() - Date.parse(queuedAt ?? '');
    if (isTimer && ageMs > timerMessageMs) return 'late';
    const { paused, pollMinutes } = this.#known(company);
    if (paused) {
      // The first hook after the pause has it polled.
      if (why === 'hook') await flags.lower(company, signal);
      return 'paused';
    }
    if (why === 'reconcile') return await this.#reconcile(message, log, signal, pollId);
    if (isTimer && queuedAt !== undefined && !isDue(company, pollMinutes, new Date(queuedAt))) {
      return 'not due';
    }
    const said = procedureMessages(company, log);
    const context = await this.#context(company, log, said, signal, pollId);
    const options = {
      waitForLockMs: isTimer ? 0 : this.#waitForLockMs,
      insists: why === 'request',
    };
    const look = (lowering: CursorStore) =>
      pollKnown({ ...context, cursors: lowering }, options, signal);
    if (why === 'hook') {
      const again: Again = (code, seconds, within) => this.#queueHookPoll(code, seconds, within);
      return await pollForHook(flags, cursors, company, look, again, signal);
    }
    const outcome = await look(cursors);
    // Whoever has the company may be past looking: from here on it is as if a hook had come.
    if (outcome === 'busy' && why === 'request') await flags.raise(company, signal);
    return outcome;
  }

  /** What holding a company against its mirror has found, or how far it is. */
  async reconciliation(code: string, signal: AbortSignal): Promise<Reconciliation | undefined> {
    const { reconciliations } = await this.#open(signal);
    return await reconciliations.read(code, signal);
  }

  async #reconcile(
    message: CompanyMessage,
    log: (text: string) => void,
    signal: AbortSignal,
    pollId?: string,
  ): Promise<ReconcileOutcome> {
    const { company } = message;
    const { reconciliations } = await this.#open(signal);
    const place = {
      ...this.#dependencies,
      documents: reconciliations,
      follow: await this.#context(company, log, procedureMessages(company, log), signal, pollId),
      applying: (evidence: string) => firstStage(this.#dependencies.catalog, company, evidence),
    };
    return await reconcileCompany(place, message, signal);
  }

  /** A full load of one evidence, as `reload`. */
  async reload(
    code: string,
    evidence: string,
    runId: string,
    onProgress: (text: string) => void,
    signal: AbortSignal,
  ): Promise<AppliedRows & { warnings: string[] }> {
    // Of a stage, whose messages go to the log of its run.
    const said = (_procedure: string, text: string) => onProgress(text);
    const context = await this.#context(code, () => {}, said, signal, runId);
    const rows = await reload(context, evidence, onProgress, signal);
    return { ...rows, warnings: warningsOf(context.returned) };
  }

  /** Turns its changelog on or off, as `turnChangelog`; false while somebody else is at work on it. */
  async turnChangelog(code: string, to: 'on' | 'off', signal: AbortSignal): Promise<boolean> {
    const silent = () => {};
    const context = await this.#context(code, silent, silent, signal);
    const options = { waitForLockMs: this.#waitForLockMs };
    return await turnChangelog(to, context, this.at(code), options, signal);
  }

  /** False while somebody else is at work on the company. */
  async reset(code: string, signal: AbortSignal): Promise<boolean> {
    const silent = () => {};
    const context = await this.#context(code, silent, silent, signal);
    return await reset(context, { waitForLockMs: this.#waitForLockMs }, signal);
  }

  /**
   * Has the company polled, unless it knows all that the hook tells or a poll is on its way.
   *
   * @param hook undefined: it says nothing but "look now"
   * @returns true for the one hook of a burst for which a poll was queued
   */
  async hooked(code: string, hook: WebHook | undefined, signal: AbortSignal): Promise<boolean> {
    const { flags, news } = await this.#open(signal);
    if (this.#known(code).paused) return false;
    const isNews = hook === undefined || (await news.isNews(code, hook, signal));
    return isNews && (await flags.raise(code, signal));
  }

  /** For one slice at most, as `expireJournals`. */
  async expireJournals(log: (text: string) => void, signal: AbortSignal): Promise<number> {
    const { catalog, databases, now, sliceMs } = this.#dependencies;
    const endsAt = performance.now() + sliceMs;
    const journals = keptJournals(catalog, now());
    const isOver = () => performance.now() >= endsAt;
    return await expireJournals(databases, journals, { isOver, log }, signal);
  }

  close(): void {
    this.#servers.close();
  }

  get #waitForLockMs(): number {
    return this.#dependencies.waitForLockMs ?? defaultWaitForLockMs;
  }

  #queueHookPoll(company: string, delaySeconds: number, signal: AbortSignal): Promise<void> {
    const { now, send } = this.#dependencies;
    const at = now().toISOString();
    const message: CompanyMessage = { company, why: 'hook', at };
    return send(companyQueueName, message, signal, delaySeconds);
  }

  #known(code: string): FollowedCompany {
    const company = this.find(code);
    if (company === undefined) throw new RangeError(`no company ${code} in the catalogue`);
    return company;
  }

  async #open(signal: AbortSignal): Promise<State> {
    const { container, leaseSeconds, catalog, procedure, sliceMs, now, send } = this.#dependencies;
    const opened = await container(signal);
    if (this.#state === undefined) {
      const cursors = cursorStore(opened, leaseSeconds);
      this.#state = {
        cursors,
        reconciliations: reconciliationStore(opened, leaseSeconds),
        flags: new HookFlags(opened, (code, within) => this.#queueHookPoll(code, 0, within)),
        news: new HookNews(cursors),
        after: new AfterChanges({
          ...{ catalog, procedure, cursors, leaseSeconds, sliceMs, now },
          container: opened,
          queue: (company, within) =>
            send(afterQueueName, { company, at: now().toISOString() }, within),
        }),
        givenUp: new GivenUp(opened),
      };
    }
    return this.#state;
  }

  async #context(
    code: string,
    log: (text: string) => void,
    onMessage: (procedure: string, text: string) => void,
    signal: AbortSignal,
    writtenBy?: string,
  ): Promise<FollowContext> {
    const { catalog, databases, sliceMs, now } = this.#dependencies;
    const { cursors, after } = await this.#open(signal);
    const { onRegression, lateMinutes } = this.#known(code);
    const returned: Returned = new Map();
    const typed = typedTables(this.#dependencies, this.#typedBases, this.at(code), { code, log });
    return {
      company: {
        code,
        evidences: catalog.entityOrder(code),
        onRegression,
        lateMs: lateMinutes * 60_000,
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
      returned,
      cursors,
      typed,
      now,
      changelogIsOn: (abort) => this.#changelogs.isOn(code, this.at(code), abort),
      sliceMs,
      log,
      after: (marks, abort) => after.seeTo(code, marks, abort),
    };
  }
}
