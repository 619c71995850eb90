/** The catalogue's FlexiBee companies, each with its server, mirror and cursor; opened when asked. */

import { Looks } from '../async/looks.ts';
import type { FollowedCompany } from '../catalog/index.ts';
import type { Closure } from '../closures/closures.ts';
import { noteOff, turnChangelog } from '../flexibee/changelog.ts';
import type { FlexibeeCompany } from '../flexibee/client.ts';
import { reload, reset, warningsOf } from '../flexibee/follow.ts';
import type { WebHook } from '../flexibee/hook-versions.ts';
import { expireJournals } from '../flexibee/journal-retention.ts';
import type { Reconciliation } from '../flexibee/reconcile/document.ts';
import type { AppliedRows } from '../flexibee/types.ts';
import { DocumentNewerError } from '../storage/documents.ts';
import type { CallsOutcome } from './after-changes.ts';
import { keptJournals } from './company-mirrors.ts';
import { type MessageOutcome, type QueuedMessage, takeMessage } from './company-polls.ts';
import {
  type CompaniesDependencies,
  OpenedCompanies,
  type PlannedLoad,
} from './opened-companies.ts';
import { type ShownState, shownState } from './shown-company.ts';

/** A company as its documents have it; the same object as long as they have not changed. */
export interface SeenCompany {
  state: ShownState;
  reconciliation: Reconciliation | undefined;
  /** Of both. */
  etag: string;
}

export class Companies {
  readonly #opened: OpenedCompanies;
  readonly #looks: Looks<SeenCompany>;

  constructor(dependencies: CompaniesDependencies) {
    this.#opened = new OpenedCompanies(dependencies);
    this.#looks = new Looks(async (code, signal, known) => {
      const [state, reconciliation] = await Promise.all([
        shownState(this.#opened, code, signal),
        this.reconciliation(code, signal),
      ]);
      const etag = JSON.stringify([state, reconciliation]);
      return known?.etag === etag ? known : { state, reconciliation, etag };
    });
  }

  /** Companies in the catalogue's order. */
  get all(): readonly FollowedCompany[] {
    return this.#opened.dependencies.catalog.companies;
  }

  find(code: string | undefined): FollowedCompany | undefined {
    return this.#opened.find(code);
  }

  /** The company at its server. RangeError: unknown code. */
  at(code: string): FlexibeeCompany {
    return this.#opened.at(code);
  }

  /** As `shownState`. */
  async state(code: string, signal: AbortSignal): Promise<ShownState> {
    return await shownState(this.#opened, code, signal);
  }

  /** The closure that keeps it from being followed now, if there is one. */
  async closure(code: string, signal: AbortSignal): Promise<Closure | undefined> {
    return await this.#opened.dependencies.closed.ofCompany(code, signal);
  }

  /** What holding a company against its mirror has found, or how far it is. */
  async reconciliation(code: string, signal: AbortSignal): Promise<Reconciliation | undefined> {
    const { reconciliations } = await this.#opened.storage(signal);
    return await reconciliations.read(code, signal);
  }

  /**
   * Where we are with a company, and what holding it against its mirror has found, as it was
   * `maxAgeMs` ago or later; 0: as it is now.
   */
  async look(code: string, maxAgeMs: number, signal: AbortSignal): Promise<SeenCompany> {
    const seen = await this.#looks.look(code, maxAgeMs, signal);
    if (seen === undefined) throw new Error(`nothing was seen of ${code}`);
    return seen;
  }

  /** Resolves when a company is not any more as `etag` was given for, or by `signal`. */
  changed(code: string, etag: string, signal: AbortSignal): Promise<void> {
    return this.#looks.changed(code, etag, signal);
  }

  /** When its web hook was last heard; undefined: never, or it is not counted on. */
  async hookHeardAt(code: string, signal: AbortSignal): Promise<Date | undefined> {
    const { deliveries } = await this.#opened.storage(signal);
    return await deliveries.heardAt(code, signal);
  }

  /**
   * Carries out a message of the queue, as `takeMessage`.
   *
   * @param pollId stands in the journal
   */
  async poll(
    message: QueuedMessage,
    log: (text: string) => void,
    signal: AbortSignal,
    pollId?: string,
  ): Promise<MessageOutcome> {
    return await takeMessage(this.#opened, message, { log, pollId }, signal);
  }

  /** Calls the procedures after its changes, as `AfterChanges.call`. */
  async callAfterChanges(
    code: string,
    log: (text: string) => void,
    signal: AbortSignal,
  ): Promise<CallsOutcome> {
    const { after } = await this.#opened.storage(signal);
    return await after.call(code, log, signal);
  }

  /**
   * Has the company polled, unless it knows all that the hook tells or a poll is on its way.
   *
   * @param hook undefined: it says nothing but "look now"
   * @returns true for the one hook of a burst for which a poll was queued
   */
  async hooked(code: string, hook: WebHook | undefined, signal: AbortSignal): Promise<boolean> {
    const { flags, news, deliveries } = await this.#opened.storage(signal);
    await deliveries.note(code, signal);
    if (this.#opened.known(code).paused) return false;
    const isNews = hook === undefined || (await news.isNews(code, hook, signal));
    return isNews && (await flags.raise(code, signal));
  }

  /** A full load of one evidence, as `reload`, by the procedure that the run was planned with. */
  async reload(
    code: string,
    planned: PlannedLoad,
    runId: string,
    onProgress: (text: string) => void,
    signal: AbortSignal,
  ): Promise<AppliedRows & { warnings: string[] }> {
    const listener = {
      log: () => {},
      // Of a stage, whose messages go to the log of its run.
      onMessage: (_procedure: string, text: string) => onProgress(text),
      writtenBy: runId,
    };
    const context = await this.#opened.context(code, signal, listener, planned);
    const rows = await reload(context, planned.evidence, onProgress, signal);
    return { ...rows, warnings: warningsOf(context.returned) };
  }

  /** Turns its changelog on or off, as `turnChangelog`; false while somebody else is at work on it. */
  async turnChangelog(code: string, to: 'on' | 'off', signal: AbortSignal): Promise<boolean> {
    const context = await this.#opened.context(code, signal);
    return await turnChangelog(to, context, this.at(code), this.#patience, signal);
  }

  /**
   * Somebody saw that its changelog is off, as `noteOff`. Whoever has the company for longer is
   * followed by a poll, which sees for itself.
   *
   * @param waits whether for a poll that is under way
   */
  async sawChangelogOff(code: string, waits: boolean, signal: AbortSignal): Promise<void> {
    const context = await this.#opened.context(code, signal);
    try {
      if (await noteOff(context, waits ? this.#patience : { waitForLockMs: 0 }, signal)) return;
    } catch (error) {
      // The workers of that version poll, too.
      if (error instanceof DocumentNewerError) return;
      throw error;
    }
    const { flags } = await this.#opened.storage(signal);
    await flags.raise(code, signal);
  }

  /** False while somebody else is at work on the company. */
  async reset(code: string, signal: AbortSignal): Promise<boolean> {
    return await reset(await this.#opened.context(code, signal), this.#patience, signal);
  }

  /** For one slice at most, as `expireJournals`. */
  async expireJournals(log: (text: string) => void, signal: AbortSignal): Promise<number> {
    const { catalog, databases, now, sliceMs } = this.#opened.dependencies;
    const endsAt = performance.now() + sliceMs;
    const journals = keptJournals(catalog, now());
    const isOver = () => performance.now() >= endsAt;
    return await expireJournals(databases, journals, { isOver, log }, signal);
  }

  close(): void {
    this.#opened.close();
  }

  get #patience(): { waitForLockMs: number } {
    return { waitForLockMs: this.#opened.waitForLockMs };
  }
}
