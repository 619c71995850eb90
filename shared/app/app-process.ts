/**
 * What a process has whatever its catalogue says: storage, connections by address, what it remembers.
 * All of it is opened by the first call that needs it.
 */

import { AbraGenClients } from '../abra-gen/clients.ts';
import { Acknowledgements } from '../acknowledgements/acknowledgements.ts';
import { within } from '../async/abort.ts';
import { AgedCache } from '../async/aged-cache.ts';
import { Audit } from '../audit/audit.ts';
import { Boards } from '../board/boards.ts';
import { Schedules } from '../board/schedule/schedules.ts';
import { boardsBeside } from '../board/shipped.ts';
import { Closures } from '../closures/closures.ts';
import { Databases } from '../database/databases.ts';
import { CallPlaces } from '../http/call-places.ts';
import { RequestLimits } from '../http/request-limits.ts';
import { IdempotencyKeys } from '../idempotency/idempotency-keys.ts';
import type { Settings } from '../settings/settings.ts';
import { SignIn } from '../sign-in/sign-in.ts';
import { storageClock } from '../storage/clock.ts';
import type { OpenContainer } from '../storage/place.ts';
import { Queues } from '../storage/queues.ts';
import { WorkerStoppingError } from '../sync/interruption.ts';
import { RunLooks } from '../sync/run-looks.ts';
import { type SyncState, syncState } from '../sync/sync-state.ts';
import type { Run } from '../sync/syncs.ts';
import { CompaniesMemory } from './companies-memory.ts';
import { SharedPlaces } from './connections/shared-places.ts';
import { Notifications } from './notifications.ts';
import { Overviews } from './overview/overviews.ts';
import { SystemLooks } from './overview/system.ts';
import { runQueueName } from './run-queue.ts';

/** The platform waits for 5 s at least: attentions have 3 s, what was written down and leases the rest. */
const letGoMs = 7_500;
/** Connections that were given back close in milliseconds. */
const closeMs = 500;

export class AppProcess {
  readonly settings: Settings;
  /** It remembers the issuer's keys. */
  readonly signIn: SignIn;
  readonly limits: RequestLimits;
  readonly calls = new CallPlaces();
  readonly container: OpenContainer;
  readonly audit: Audit;
  readonly boards: Boards;
  readonly schedules: Schedules;
  readonly closures: Closures;
  readonly acknowledgements: Acknowledgements;
  readonly databases: Databases;
  /** Of dynsql alone: however many clients read slowly, runs have their connections. */
  readonly readers: Databases;
  /** Of procedures after changes alone: however many wait for their turn, changes are applied. */
  readonly callers: Databases;
  readonly companies: CompaniesMemory;
  readonly overviews: Overviews;
  readonly system: SystemLooks;
  readonly abraGen = new AbraGenClients();
  /** Of dynsql's queries. */
  readonly places = new SharedPlaces();
  readonly notifications: Notifications;
  /** Looks at runs, which all who wait for them share. */
  readonly looks: RunLooks;
  readonly active = new AgedCache<Run[]>(() => performance.now());
  /** Aborted when this worker stops. */
  readonly #stopping = new AbortController();
  #opened: Queues | undefined;
  #synced: SyncState | undefined;

  constructor(settings: Settings, container: OpenContainer) {
    this.settings = settings;
    this.signIn = new SignIn(settings);
    this.limits = new RequestLimits(settings);
    this.container = container;
    this.audit = new Audit(container, this.now);
    this.boards = new Boards(container, boardsBeside(settings.catalog, container), this.now);
    this.schedules = new Schedules(container, this.now);
    this.closures = new Closures(container, this.now);
    this.acknowledgements = new Acknowledgements(container, this.now);
    const { leaseSeconds } = settings;
    const { now, stopping } = this;
    this.overviews = new Overviews({ container, leaseSeconds, now, stopping });
    this.system = new SystemLooks(this.overviews.changed);
    this.companies = new CompaniesMemory(this.overviews.changed);
    this.notifications = new Notifications({
      ...{ settings, container, state: this.state, closures: this.closures, now: this.now },
    });
    const pools = () => new Databases([], { size: settings.sqlPoolSize });
    this.databases = pools();
    this.readers = pools();
    this.callers = pools();
    this.looks = new RunLooks(async (id, signal, known) =>
      (await this.state(signal)).runs.look(id, signal, known),
    );
  }

  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Storage's time, which all workers share. */
  readonly now = (): Date => storageClock.now();

  readonly keys = async (signal: AbortSignal): Promise<IdempotencyKeys> =>
    new IdempotencyKeys(await this.container(signal), this.now);

  /** One for all calls: it remembers what it has read. */
  readonly state = async (signal: AbortSignal): Promise<SyncState> => {
    this.#synced ??= syncState(
      await this.container(signal),
      this.settings.leaseSeconds,
      this.overviews.runWritten,
    );
    return this.#synced;
  };

  readonly queues = async (): Promise<Queues> => {
    this.#opened ??= await Queues.open(this.settings.storage);
    return this.#opened;
  };

  readonly sendRun = async (id: string, delaySeconds: number, signal: AbortSignal) =>
    (await this.queues()).send(runQueueName, id, signal, delaySeconds);

  /** As `App.stop`. */
  async stop(ended: Promise<void>): Promise<void> {
    this.#stopping.abort(new WorkerStoppingError());
    await within(letGoMs, Promise.all([ended, this.overviews.close()]));
    this.companies.close();
    this.abraGen.close();
    const all = [this.databases, this.readers, this.callers];
    await within(closeMs, Promise.all(all.map((pools) => pools.close())));
  }
}
