/** The catalogue's FlexiBee companies, each with its server, mirror and cursor; opened when asked. */

import type { ContainerClient } from '@azure/storage-blob';
import type { Catalog, FollowedCompany } from '../../shared/catalog/index.ts';
import type { Databases } from '../../shared/database/databases.ts';
import type { FlexibeeAddress } from '../../shared/flexibee/address.ts';
import { sqlMirror } from '../../shared/flexibee/apply.ts';
import { ChangelogWatch, turnChangelog } from '../../shared/flexibee/changelog.ts';
import { type FlexibeeCompany, openCompany } from '../../shared/flexibee/client.ts';
import {
  type CompanyState,
  type CursorStore,
  companyState,
  cursorStore,
  type FollowContext,
  newerState,
  type PollOutcome,
  poll,
  type Returned,
  reload,
  reset,
  warningsOf,
} from '../../shared/flexibee/follow.ts';
import { HookFlags } from '../../shared/flexibee/hook-flags.ts';
import { HookNews } from '../../shared/flexibee/hook-news.ts';
import type { WebHook } from '../../shared/flexibee/hook-versions.ts';
import { FlexibeeServers } from '../../shared/flexibee/servers.ts';
import type { TypedBase } from '../../shared/flexibee/typed/base.ts';
import { noticingMirror } from '../../shared/flexibee/typed/tables.ts';
import type { AppliedRows, Mirror } from '../../shared/flexibee/types.ts';
import { Leases } from '../../shared/lock/leases.ts';
import { DocumentNewerError } from '../../shared/storage/documents.ts';
import { GivenUp } from '../../shared/storage/given-up.ts';
import type { StageRunner } from '../../shared/sync/stage-runner.ts';
import { givenUpText } from '../given-up/look.ts';
import { callAfterChanges } from './after-changes.ts';
import { type CompanyMessage, companyQueueName } from './company-queue.ts';
import { procedureMessages } from './procedure-messages.ts';
import { typedTables } from './typed-tables.ts';

export interface CompaniesDependencies {
  catalog: Catalog;
  addresses: Readonly<Record<string, FlexibeeAddress>>;
  databases: Databases;
  /** Runs stages of kind `procedure`. */
  procedure: StageRunner;
  container(signal: AbortSignal): Promise<ContainerClient>;
  leaseSeconds: number;
  sliceMs: number;
  now(): Date;
}

/** Whoever was asked to look now waits so long for a poll that is under way. */
const waitForLockMs = 10_000;

/** A timer's message that waited for longer is left: the next minute's is behind it. */
const timerMessageMs = 90_000;

/**
 * The flag is lowered once the company is ours and nothing has been asked: before that, hooks that
 * the poll before ours sees to would raise it again.
 */
function loweringFlag(cursors: CursorStore, flags: HookFlags): CursorStore {
  return {
    read: (code, signal) => cursors.read(code, signal),
    async acquire(code, signal) {
      const held = await cursors.acquire(code, signal);
      try {
        if (held !== undefined) await flags.lower(code, signal);
      } catch (error) {
        await held?.release();
        throw error;
      }
      return held;
    },
  };
}

/** What a newer version of the app has written is for that one: its workers poll, too. */
async function pollKnown(...[context, options, signal]: Parameters<typeof poll>) {
  try {
    return await poll(context, options, signal);
  } catch (error) {
    if (!(error instanceof DocumentNewerError)) throw error;
    context.log(error.message);
    return 'trouble';
  }
}

function newer(error: unknown): DocumentNewerError {
  if (error instanceof DocumentNewerError) return error;
  throw error;
}

function isNewer(found: unknown): found is DocumentNewerError {
  return found instanceof DocumentNewerError;
}

/** What the process remembers of the storage: an idle poll reads no cursor. */
interface State {
  cursors: CursorStore;
  flags: HookFlags;
  news: HookNews;
  leases: Leases;
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
  async state(code: string, signal: AbortSignal): Promise<CompanyState> {
    const { cursors, givenUp } = await this.#open(signal);
    const now = this.#dependencies.now();
    const [cursor, messages] = await Promise.all([
      cursors.read(code, signal).catch(newer),
      givenUp.known(signal).catch(() => []),
    ]);
    const state = isNewer(cursor) ? newerState(cursor, now) : companyState(cursor, now);
    const own = messages.filter(({ queue, about }) => queue === companyQueueName && about === code);
    return { ...state, warnings: [...state.warnings, ...own.map(givenUpText)] };
  }

  /** @throws what `poll` throws; then the message shall come again */
  async poll(
    { company, why, at }: CompanyMessage,
    log: (text: string) => void,
    signal: AbortSignal,
  ): Promise<PollOutcome | 'late'> {
    const isTimer = why === 'timer';
    const ageMs = this.#dependencies.now().getTime() - Date.parse(at);
    if (isTimer && ageMs > timerMessageMs) return 'late';
    const { flags, cursors } = await this.#open(signal);
    const context = await this.#context(company, log, procedureMessages(company, log), signal);
    const options = { waitForLockMs: isTimer ? 0 : waitForLockMs };
    if (why !== 'hook') return await pollKnown(context, options, signal);
    const lowering = { ...context, cursors: loweringFlag(cursors, flags) };
    const outcome = await pollKnown(lowering, options, signal);
    // Whoever is at it for so long sees what the hook is about; the next one may call again.
    if (outcome === 'busy') await flags.lower(company, signal);
    return outcome;
  }

  /** A full load of one evidence, as `reload`. */
  async reload(
    code: string,
    evidence: string,
    onProgress: (text: string) => void,
    signal: AbortSignal,
  ): Promise<AppliedRows & { warnings: string[] }> {
    // Of a stage, whose messages go to the log of its run.
    const said = (_procedure: string, text: string) => onProgress(text);
    const context = await this.#context(code, () => {}, said, signal);
    const rows = await reload(context, evidence, onProgress, signal);
    return { ...rows, warnings: warningsOf(context.returned) };
  }

  /** Turns its changelog on or off, as `turnChangelog`; false while somebody else is at work on it. */
  async turnChangelog(code: string, to: 'on' | 'off', signal: AbortSignal): Promise<boolean> {
    const context = await this.#context(
      code,
      () => {},
      () => {},
      signal,
    );
    return await turnChangelog(to, context, this.at(code), { waitForLockMs }, signal);
  }

  /** False while somebody else is at work on the company. */
  async reset(code: string, signal: AbortSignal): Promise<boolean> {
    const context = await this.#context(
      code,
      () => {},
      () => {},
      signal,
    );
    return await reset(context, { waitForLockMs }, signal);
  }

  /**
   * @param hook undefined: it says nothing but "look now"
   * @returns true for the one hook of a burst that must have the company polled
   */
  async hooked(code: string, hook: WebHook | undefined, signal: AbortSignal): Promise<boolean> {
    const { flags, news } = await this.#open(signal);
    const isNews = hook === undefined || (await news.isNews(code, hook, signal));
    return isNews && (await flags.raise(code, signal));
  }

  close(): void {
    this.#servers.close();
  }

  #known(code: string): FollowedCompany {
    const company = this.find(code);
    if (company === undefined) throw new RangeError(`no company ${code} in the catalogue`);
    return company;
  }

  async #open(signal: AbortSignal): Promise<State> {
    const { container, leaseSeconds } = this.#dependencies;
    const opened = await container(signal);
    if (this.#state === undefined) {
      const cursors = cursorStore(opened, leaseSeconds);
      this.#state = {
        cursors,
        flags: new HookFlags(opened),
        news: new HookNews(cursors),
        leases: new Leases(opened, leaseSeconds),
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
  ): Promise<FollowContext> {
    const { catalog, procedure, sliceMs, now } = this.#dependencies;
    const { cursors, leases } = await this.#open(signal);
    const { onRegression } = this.#known(code);
    const returned: Returned = new Map();
    const typed = typedTables(this.#dependencies, this.#typedBases, this.at(code), { code, log });
    const after = { catalog, procedure, leases: async () => leases, returned, onMessage };
    return {
      company: { code, evidences: catalog.entityOrder(code), onRegression },
      source: this.at(code),
      mirror: noticingMirror(this.#mirror(code, returned, onMessage), typed),
      returned,
      cursors,
      typed,
      now,
      changelogIsOn: (abort) => this.#changelogs.isOn(code, this.at(code), abort),
      sliceMs,
      log,
      after: (evidences, abort) => callAfterChanges(after, code, evidences, abort),
    };
  }

  /** Each evidence is applied by the procedure that its first stage names. */
  #mirror(
    code: string,
    returned: Returned,
    onMessage: (procedure: string, text: string) => void,
  ): Mirror {
    const { catalog, databases } = this.#dependencies;
    const procedureOf = (evidence: string) => {
      const [first] = catalog.stages({ name: evidence, code });
      if (first === undefined) throw new RangeError(`no stage of ${evidence} of ${code}`);
      return first;
    };
    const onReturn = (name: string, warning: string | undefined) => returned.set(name, warning);
    return sqlMirror(databases, procedureOf, { onReturn, onMessage });
  }
}
