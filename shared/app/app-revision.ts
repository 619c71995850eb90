/**
 * The app with one revision of its catalogues, which never changes: each call of a function takes the
 * newest one at its beginning and works with it to its end, so that none mixes two.
 */

import { AgedCache } from '../async/aged-cache.ts';
import type { Facts } from '../board/overview/facts.ts';
import { startAllDue } from '../board/schedule/start-all-due.ts';
import type { Catalog } from '../catalog/index.ts';
import type { Databases } from '../database/databases.ts';
import type { NewEvent } from '../events/event.ts';
import { type Age, isOld } from '../sync/ages/age.ts';
import type { AgeChanges } from '../sync/ages/age-store.ts';
import { lookAtAges } from '../sync/ages/look-at-ages.ts';
import { type CheckAsker, checkAsker } from '../sync/checks/ask.ts';
import { executeRun, type SliceOutcome } from '../sync/engine.ts';
import { freshnessReader, type ReadFreshness } from '../sync/freshness.ts';
import { SyncService } from '../sync/service.ts';
import type { StageRunners } from '../sync/stage-runner.ts';
import type { Syncs } from '../sync/syncs.ts';
import type { PoolMeasurement } from '../telemetry/measurements.ts';
import type { CallsOutcome } from './after-changes.ts';
import type { AppProcess } from './app-process.ts';
import { Closed } from './closed.ts';
import { Companies } from './companies.ts';
import type { QueuedMessage } from './company-polls.ts';
import type { Content } from './configuration.ts';
import { DynsqlConnections } from './connections/dynsql-connections.ts';
import { lookAtData, lookAtSystem } from './health/look.ts';
import type { HealthPart } from './health/part.ts';
import { ProceduresHealth } from './health/procedures-health.ts';
import { lookAtAll } from './overview/look.ts';
import { dynsqlRunner } from './runners/dynsql-runner.ts';
import { flexibeeRunner } from './runners/flexibee-runner.ts';
import { procedureRunner } from './runners/procedure-runner.ts';
import type { AppServices } from './services.ts';
import { tellFacts, tellQueues } from './told-levels.ts';
import { Troubles } from './troubles.ts';

/** However many look at the health, what it asks is asked once in so long. */
const healthAgeMs = 5_000;

export class AppRevision implements AppServices {
  readonly catalog: Catalog;
  readonly syncs: Syncs;
  readonly companies: Companies;
  readonly dynsql: DynsqlConnections;
  readonly troubles: Troubles;
  readonly content: Content;
  readonly keys: AppServices['keys'];
  readonly now: () => Date;
  readonly #process: AppProcess;
  readonly #databases: Databases;
  readonly #pools: Record<'runs' | 'queries' | 'calls', Databases>;
  readonly #closed: Closed;
  readonly #runners: StageRunners;
  /** One for all runs: it knows how fast each database answers. */
  readonly #readFreshness: ReadFreshness;
  readonly #askChecks: CheckAsker;
  readonly #notices: () => readonly string[];
  readonly #procedures = new ProceduresHealth();
  readonly #health = new AgedCache<HealthPart[]>(() => performance.now());

  /** @param notices what of the catalogues is put up with at the moment */
  constructor(process: AppProcess, content: Content, notices: () => readonly string[]) {
    const { settings, container, now, state, queues } = process;
    const { catalog, dynsql, locations, connections } = content;
    const { leaseSeconds, sliceMs, retentionDays } = settings;
    const addresses = catalog.databases.map(({ id, connection, schemas }) => ({
      id,
      setting: connection,
      ...(schemas && { schemas }),
      connectionString: connections.databases[id] ?? '',
    }));
    const databases = process.databases.at(addresses);
    const callers = process.callers.at(addresses);
    const readers = process.readers.at(addresses);
    this.#pools = { runs: databases, queries: readers, calls: callers };
    this.keys = process.keys;
    this.now = now;
    this.#process = process;
    this.#databases = databases;
    this.#notices = notices;
    this.content = content;
    this.catalog = catalog;
    const closed = new Closed(catalog, locations, process.closures);
    this.#closed = closed;
    this.syncs = new SyncService({
      ...{ catalog, state, now, retentionDays },
      send: process.sendRun,
      closed: (stages, signal) => closed.ofStages(stages, signal),
      looks: process.looks,
      active: process.active,
    });
    this.#readFreshness = freshnessReader(databases, now);
    this.#askChecks = checkAsker(databases);
    this.companies = new Companies({
      ...{ catalog, databases, container, leaseSeconds, sliceMs, closed, now },
      procedure: procedureRunner(callers, locations.databases),
      addresses: connections.companies,
      memory: process.companies,
      send: async (queue, message, signal, delaySeconds) =>
        (await queues()).send(queue, message, signal, delaySeconds),
    });
    this.troubles = new Troubles({
      ...{ catalog, companies: this.companies, now, retentionDays },
      failures: async (signal) => (await state(signal)).failures,
      ages: async (signal) => (await state(signal)).ages,
    });
    this.dynsql = new DynsqlConnections({
      ...{ catalog, dynsql, now },
      databases: readers,
      addresses: connections.abraGen,
      clients: process.abraGen,
      places: process.places,
      stopping: process.stopping,
    });
    this.#runners = {
      procedure: procedureRunner(databases, locations.databases),
      flexibee: flexibeeRunner(this.companies, locations),
      dynsql: dynsqlRunner({
        ...{ catalog, databases, connections: this.dynsql },
        locations: locations.connections,
        databaseLocations: locations.databases,
      }),
    };
  }

  get settings() {
    return this.#process.settings;
  }

  get signIn() {
    return this.#process.signIn;
  }

  get limits() {
    return this.#process.limits;
  }

  get calls() {
    return this.#process.calls;
  }

  get audit() {
    return this.#process.audit;
  }

  get boards() {
    return this.#process.boards;
  }

  get overviews() {
    return this.#process.overviews;
  }

  get schedules() {
    return this.#process.schedules;
  }

  get closures() {
    return this.#process.closures;
  }

  get events() {
    return this.#process.notifications;
  }

  get acknowledgements() {
    return this.#process.acknowledgements;
  }

  get stopping(): AbortSignal {
    return this.#process.stopping;
  }

  async health(signal: AbortSignal): Promise<HealthPart[]> {
    const { stopping } = this.#process;
    const look = () => lookAtData(this.#looking(), stopping);
    const both = [this.#health.get('data', healthAgeMs, look, signal), this.#system(signal)];
    return (await Promise.all(both)).flat();
  }

  /** Looks at what the overview cannot know by itself, where that is due. Rejects only by `signal`. */
  async watchSystem(signal: AbortSignal): Promise<void> {
    if (this.#process.system.isDue(this.now())) await this.#system(signal);
  }

  /** The same at once, after something of it has changed: what was seen before does not count. */
  async lookAtSystem(signal: AbortSignal): Promise<void> {
    this.#health.delete('system');
    await this.#system(signal);
  }

  /** Whoever looks: what was found is the overview's. */
  #system(signal: AbortSignal): Promise<HealthPart[]> {
    const { stopping, system } = this.#process;
    const look = async () => {
      const at = this.now();
      const parts = await lookAtSystem(this.#looking(), stopping);
      if (!stopping.aborted) system.note({ at, parts });
      return parts;
    };
    return this.#health.get('system', healthAgeMs, look, signal);
  }

  #looking() {
    const { content, companies, dynsql, closures, troubles, acknowledgements, now } = this;
    const { container, queues, notifications } = this.#process;
    return {
      ...{ content, companies, dynsql, closures, troubles, acknowledgements, now },
      ...{ container, queues, databases: this.#databases, events: notifications },
      notices: this.#notices(),
      procedures: this.#procedures,
    };
  }

  get isCatalogKept(): boolean {
    return this.#notices().length > 0;
  }

  /**
   * Reads how old watched data are (`lookAtAges`), and what that has changed.
   *
   * @throws DocumentNewerError, storage's error
   */
  async watchAges(): Promise<AgeChanges> {
    const { stopping, now } = this.#process;
    const { ages } = await this.#process.state(stopping);
    const known = await ages.read(stopping);
    const closed = (query: { database: string; server: string }) =>
      this.#closed.reasonOf(query, stopping);
    const look = { catalog: this.catalog, databases: this.#databases, closed, now };
    const changes = await ages.note(await lookAtAges(look, known, stopping), now(), stopping);
    this.#process.overviews.changed();
    return changes;
  }

  /** Whoever has what was old synced anew need not wait for the next look. */
  async #watchSynced(id: string): Promise<void> {
    const { stopping, now } = this.#process;
    const { ages, runs } = await this.#process.state(stopping);
    const old = (await ages.read(stopping)).filter((age) => isOld(age, now()));
    if (old.length === 0) return;
    const { freshness = [] } = (await runs.look(id, stopping))?.value ?? {};
    const isSynced = ({ entity, code }: Age) =>
      freshness.some((one) => one.entity === entity && one.code === code);
    if (old.some(isSynced)) await this.watchAges();
  }

  /** Connections to every database that somebody has needed. */
  poolUses(): PoolMeasurement[] {
    return Object.entries(this.#pools).flatMap(([pool, databases]) =>
      this.catalog.databases.flatMap(({ id }) => {
        const use = databases.use(id);
        return use === undefined ? [] : [{ ...use, pool, database: id }];
      }),
    );
  }

  /**
   * Tells telemetry how much there is of what all workers share: runs, companies, old data, messages.
   *
   * @throws storage's error
   */
  async tellLevels(): Promise<void> {
    const { overviews, stopping, queues } = this.#process;
    const now = this.now();
    const facts = (await overviews.facts(stopping))?.value;
    if (facts) tellFacts(facts, now);
    await tellQueues(await queues(), stopping);
  }

  /** One slice of a run, as `executeRun`. */
  async executeRun(id: string, log: (text: string, level?: 'warn') => void): Promise<SliceOutcome> {
    const { stopping, now, sendRun, settings } = this.#process;
    const outcome = await executeRun(
      {
        ...(await this.#process.state(stopping)),
        runners: this.#runners,
        readFreshness: this.#readFreshness,
        askChecks: this.#askChecks,
        catalog: this.catalog,
        ...{ now, log, sliceMs: settings.sliceMs },
        send: sendRun,
        closed: (stages, within) => this.#closed.ofStages(stages, within),
      },
      id,
      stopping,
    );
    // The next look is a quarter of an hour away at most.
    if (outcome === 'finished') await this.#watchSynced(id).catch(() => {});
    return outcome;
  }

  /** As `lookAtAll`. */
  async lookAtFacts(before: Facts | undefined, signal: AbortSignal): Promise<Facts> {
    const { catalog, schedules, boards, closures, acknowledgements, now } = this;
    const { retentionDays } = this.settings;
    const container = await this.#process.container(signal);
    const state = await this.#process.state(signal);
    const system = this.#process.system.newest;
    const looking = { catalog, schedules, boards, closures, acknowledgements, now, retentionDays };
    return await lookAtAll({ ...looking, container, state, system }, before, signal);
  }

  /** Starts whatever is due by schedules, as `startDue`; one that fails keeps no other from it. */
  async startDue(log: (text: string, level?: 'warn') => void): Promise<void> {
    const { catalog, syncs, boards, schedules, now } = this;
    const { stopping, sendRun } = this.#process;
    const send = (id: string, signal: AbortSignal) => sendRun(id, 0, signal);
    const { state } = this.#process;
    const tell = async (event: NewEvent, signal: AbortSignal) =>
      (await state(signal)).events.tell(event, signal);
    const dependencies = { catalog, syncs, boards, schedules, now, send, log, tell };
    await startAllDue(dependencies, stopping);
  }

  /** One slice of following a company, as `Companies.poll`. */
  async pollCompany(
    message: QueuedMessage,
    log: (text: string) => void,
    pollId?: string,
  ): Promise<string> {
    return this.companies.poll(message, log, this.stopping, pollId);
  }

  /** How many changes were removed from the companies' journals, as `expireJournals`. */
  async expireJournals(log: (text: string) => void): Promise<number> {
    return this.companies.expireJournals(log, this.stopping);
  }

  /** One slice of the procedures after a company's changes, as `Companies.callAfterChanges`. */
  async callAfterChanges(code: string, log: (text: string) => void): Promise<CallsOutcome> {
    return this.companies.callAfterChanges(code, log, this.stopping);
  }
}
