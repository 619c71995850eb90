/**
 * Where the app is put together. Settings and catalogues are checked at the start; storage and
 * databases are opened by the first call that needs them.
 */

import { Acknowledgements } from '../acknowledgements/acknowledgements.ts';
import { within } from '../async/abort.ts';
import { AgedCache } from '../async/aged-cache.ts';
import { Audit } from '../audit/audit.ts';
import { Boards } from '../board/boards.ts';
import { shippedBoards } from '../board/shipped.ts';
import type { Catalog } from '../catalog/index.ts';
import { Closures } from '../closures/closures.ts';
import { Databases } from '../database/databases.ts';
import { IdempotencyKeys } from '../idempotency/idempotency-keys.ts';
import type { Settings } from '../settings/settings.ts';
import { storageClock } from '../storage/clock.ts';
import { GivenUp } from '../storage/given-up.ts';
import type { OpenContainer } from '../storage/place.ts';
import { Queues } from '../storage/queues.ts';
import { executeRun, type SliceOutcome } from '../sync/engine.ts';
import { freshnessReader, type ReadFreshness } from '../sync/freshness.ts';
import { WorkerStoppingError } from '../sync/interruption.ts';
import { removeExpiredRuns } from '../sync/retention.ts';
import { SyncService } from '../sync/service.ts';
import type { StageRunners } from '../sync/stage-runner.ts';
import { abandonedRuns, endOrphans } from '../sync/sweep.ts';
import { type SyncState, syncState } from '../sync/sync-state.ts';
import type { Syncs } from '../sync/syncs.ts';
import { startable } from '../sync/waiting/sweep-line.ts';
import type { CallsOutcome } from './after-changes.ts';
import { Closed } from './closed.ts';
import { Companies } from './companies.ts';
import type { CompanyMessage } from './company-queue.ts';
import { type Configuration, configure } from './configuration.ts';
import { DynsqlConnections } from './connections/dynsql-connections.ts';
import { lookAtHealth } from './health/look.ts';
import type { HealthPart } from './health/part.ts';
import { lookForGivenUp } from './poison-queues.ts';
import { runQueueName } from './run-queue.ts';
import { dynsqlRunner } from './runners/dynsql-runner.ts';
import { flexibeeRunner } from './runners/flexibee-runner.ts';
import { procedureRunner } from './runners/procedure-runner.ts';
import type { AppServices } from './services.ts';
import { Troubles } from './troubles.ts';

/** However many look at the health, what it asks is asked once in so long. */
const healthAgeMs = 5_000;

/** The platform waits for 5 s at least: attentions have 3 s, what was written down and leases the rest. */
const letGoMs = 7_500;
/** Connections that were given back close in milliseconds. */
const closeMs = 500;
/** Storage answers in tens of milliseconds; a run whose message is lost is found by the sweeper. */
const sendMs = 2_000;

export class App implements AppServices {
  readonly settings: Settings;
  readonly catalog: Catalog;
  readonly syncs: Syncs;
  readonly boards: Boards;
  readonly companies: Companies;
  readonly dynsql: DynsqlConnections;
  readonly audit: Audit;
  readonly closures: Closures;
  readonly acknowledgements: Acknowledgements;
  readonly troubles: Troubles;
  readonly #runners: StageRunners;
  readonly #closed: Closed;
  /** One for all runs: it knows how fast each database answers. */
  readonly #readFreshness: ReadFreshness;
  readonly #databases: Databases;
  /** Of dynsql alone: however many clients read slowly, runs have their connections. */
  readonly #readers: Databases;
  /** Of procedures after changes alone: however many wait for their turn, changes are applied. */
  readonly #callers: Databases;
  readonly #container: OpenContainer;
  /** Of the configuration: what was put up with. */
  readonly #notices: readonly string[];
  readonly #health = new AgedCache<HealthPart[]>(() => performance.now());
  #opened: Queues | undefined;
  #synced: SyncState | undefined;
  /** Aborted when this worker stops. */
  readonly #stopping = new AbortController();

  private constructor(configuration: Configuration, pools: () => Databases) {
    const { settings, catalog, dynsql, locations, container } = configuration;
    const addresses = configuration.connections;
    this.settings = settings;
    this.#notices = configuration.notices;
    this.catalog = catalog;
    const databases = pools();
    const readers = pools();
    const callers = pools();
    this.#databases = databases;
    this.#readers = readers;
    this.#callers = callers;
    this.#container = container;
    this.audit = new Audit(container, this.now);
    this.closures = new Closures(container, this.now);
    this.acknowledgements = new Acknowledgements(container, this.now);
    const closed = new Closed(catalog, locations, this.closures);
    this.#closed = closed;
    this.syncs = new SyncService({
      catalog,
      state: (signal) => this.#state(signal),
      now: this.now,
      send: this.#sendRun,
      closed: (stages, signal) => closed.ofStages(stages, signal),
      retentionDays: settings.retentionDays,
    });
    // The boards that are shipped are of the catalogue that is.
    const boards = settings.catalog === undefined ? shippedBoards() : {};
    this.boards = new Boards(container, boards, this.now);
    this.#readFreshness = freshnessReader(databases, this.now);
    const procedure = procedureRunner(databases, locations.databases);
    const { leaseSeconds, sliceMs } = settings;
    this.companies = new Companies({
      ...{ catalog, databases, container, leaseSeconds, sliceMs, closed },
      procedure: procedureRunner(callers, locations.databases),
      addresses: addresses.companies,
      send: async (queue, message, signal, delaySeconds) =>
        (await this.#queues()).send(queue, message, signal, delaySeconds),
      now: this.now,
    });
    this.troubles = new Troubles({
      ...{ catalog, companies: this.companies, now: this.now },
      retentionDays: settings.retentionDays,
      failures: async (signal) => (await this.#state(signal)).failures,
    });
    this.dynsql = new DynsqlConnections({
      catalog,
      dynsql,
      databases: readers,
      addresses: addresses.abraGen,
      stopping: this.#stopping.signal,
      now: this.now,
    });
    this.#runners = {
      procedure,
      flexibee: flexibeeRunner(this.companies),
      dynsql: dynsqlRunner({
        ...{ catalog, databases, connections: this.dynsql },
        locations: locations.connections,
      }),
    };
  }

  /** @throws what `configure` does, before any function can run */
  static async start(environment: NodeJS.ProcessEnv): Promise<App> {
    const configuration = await configure(environment);
    const { settings, catalog, connections } = configuration;
    const pools = () =>
      new Databases(
        catalog.databases.map(({ id, connection }) => ({
          id,
          setting: connection,
          connectionString: connections.databases[id] ?? '',
        })),
        { size: settings.sqlPoolSize },
      );
    return new App(configuration, pools);
  }

  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  async keys(signal: AbortSignal): Promise<IdempotencyKeys> {
    return new IdempotencyKeys(await this.#container(signal), this.now);
  }

  /** Storage's time, which all workers share. */
  now(): Date {
    return storageClock.now();
  }

  health(signal: AbortSignal): Promise<HealthPart[]> {
    const { catalog, companies, dynsql, closures, troubles, acknowledgements, now } = this;
    const dependencies = {
      ...{ catalog, companies, dynsql, closures, troubles, acknowledgements, now },
      databases: this.#databases,
      notices: this.#notices,
      container: this.#container,
      queues: () => this.#queues(),
    };
    const look = () => lookAtHealth(dependencies, this.#stopping.signal);
    return this.#health.get('', healthAgeMs, look, signal);
  }

  /** One slice of a run, as `executeRun`. */
  async executeRun(id: string, log: (text: string, level?: 'warn') => void): Promise<SliceOutcome> {
    const signal = this.#stopping.signal;
    return executeRun(
      {
        ...(await this.#state(signal)),
        runners: this.#runners,
        readFreshness: this.#readFreshness,
        catalog: this.catalog,
        now: this.now,
        send: this.#sendRun,
        closed: (stages, within) => this.#closed.ofStages(stages, within),
        sliceMs: this.settings.sliceMs,
        log,
      },
      id,
      signal,
    );
  }

  /** One slice of following a company, as `Companies.poll`. */
  async pollCompany(
    message: CompanyMessage & { queuedAt?: string | undefined },
    log: (text: string) => void,
    pollId?: string,
  ): Promise<string> {
    return this.companies.poll(message, log, this.#stopping.signal, pollId);
  }

  /** How many changes were removed from the companies' journals, as `expireJournals`. */
  async expireJournals(log: (text: string) => void): Promise<number> {
    return this.companies.expireJournals(log, this.#stopping.signal);
  }

  /** One slice of the procedures after a company's changes, as `Companies.callAfterChanges`. */
  async callAfterChanges(code: string, log: (text: string) => void): Promise<CallsOutcome> {
    return this.companies.callAfterChanges(code, log, this.#stopping.signal);
  }

  /**
   * Runs that nobody executes (`abandonedRuns`), those that nobody may, ended (`endOrphans`), and
   * those that wait for nothing any more (`startable`).
   */
  async sweepRuns(): Promise<Record<'abandoned' | 'ended' | 'startable', string[]>> {
    const signal = this.#stopping.signal;
    const state = await this.#state(signal);
    const abandoned = await abandonedRuns(state, this.now(), signal);
    const ended = await endOrphans(state, this.now(), signal);
    return { abandoned, ended, startable: await startable(state, this.now(), signal) };
  }

  /** As `lookForGivenUp`. */
  async lookForGivenUp(log: (text: string) => void): Promise<void> {
    const signal = this.#stopping.signal;
    const state = await this.#state(signal);
    const givenUp = new GivenUp(await this.#container(signal));
    const queues = await this.#queues();
    await lookForGivenUp({ ...state, queues, givenUp, now: this.now, log }, signal);
  }

  /** Adds what has settled to the index of runs, as `RunIndex.extend`. */
  async indexRuns(): Promise<number | undefined> {
    const signal = this.#stopping.signal;
    const { index } = await this.#state(signal);
    return index.extend(this.now(), signal);
  }

  /** How many runs were removed, as `removeExpiredRuns`; the audit is kept for as long, keys of requests for a day. */
  async expireRuns(): Promise<number> {
    const signal = this.#stopping.signal;
    const { retentionDays } = this.settings;
    const state = await this.#state(signal);
    const removed = await removeExpiredRuns(state, retentionDays, this.now(), signal);
    await this.audit.expire(retentionDays, signal);
    await (await this.keys(signal)).expire(signal);
    return removed;
  }

  /** One message on a queue of ours, where no host hands on an output any more. */
  async send(queueName: string, message: string | object): Promise<void> {
    const signal = AbortSignal.timeout(sendMs);
    await (await this.#queues()).send(queueName, message, signal);
  }

  /**
   * Lets go of everything: running procedures get an attention, their runs go on elsewhere, answers
   * break off. The process may end as soon as this does: what has not let go by then is cut.
   *
   * @param ended resolves when nothing is under way any more
   */
  async stop(ended: Promise<void> = Promise.resolve()): Promise<void> {
    this.#stopping.abort(new WorkerStoppingError());
    await within(letGoMs, ended);
    this.companies.close();
    this.dynsql.close();
    const all = [this.#databases, this.#readers, this.#callers];
    await within(closeMs, Promise.all(all.map((pools) => pools.close())));
  }

  readonly #sendRun = async (id: string, delaySeconds: number, signal: AbortSignal) =>
    (await this.#queues()).send(runQueueName, id, signal, delaySeconds);

  async #queues(): Promise<Queues> {
    this.#opened ??= await Queues.open(this.settings.storage);
    return this.#opened;
  }

  /** One for all calls: it remembers what it has read. */
  async #state(signal: AbortSignal): Promise<SyncState> {
    this.#synced ??= syncState(await this.#container(signal), this.settings.leaseSeconds);
    return this.#synced;
  }
}
