/**
 * Where the app is put together. Settings and catalogues are checked at the start; catalogues that
 * change are read again while it runs (`newest-content.ts`), settings are not.
 */

import { expireHistory } from '../board/expire-history.ts';
import { GivenUp } from '../storage/given-up.ts';
import { keptSince, removeExpiredRuns } from '../sync/retention.ts';
import { abandonedRuns, endOrphans } from '../sync/sweep.ts';
import { startable } from '../sync/waiting/sweep-line.ts';
import { AppProcess } from './app-process.ts';
import { AppRevision } from './app-revision.ts';
import { type Configuration, configure } from './configuration.ts';
import { NewestContent, usualLookMs } from './newest-content.ts';
import { lookForGivenUp } from './poison-queues.ts';

/** Storage answers in tens of milliseconds; a run whose message is lost is found by the sweeper. */
const sendMs = 2_000;

export class App {
  readonly #process: AppProcess;
  readonly #newest: NewestContent;
  #current: AppRevision;

  private constructor({ settings, container, content, notices, read }: Configuration) {
    this.#process = new AppProcess(settings, container);
    this.#newest = new NewestContent({ content, notices, ...read });
    this.#current = this.#revision();
    const { overviews } = this.#process;
    overviews.lookBy((before, signal) => this.#current.lookAtFacts(before, signal));
  }

  /**
   * @param lookMs how often it looks whether a catalogue has changed; absent: as usual
   * @throws what `configure` does, before any function can run
   */
  static async start(environment: NodeJS.ProcessEnv, lookMs?: number): Promise<App> {
    const configuration = await configure(environment);
    const app = new App(configuration);
    const { catalog, dynsql } = configuration.settings;
    app.#newest.watch(lookMs ?? usualLookMs([catalog, dynsql]), app.stopping, (isContent) => {
      if (isContent) app.#current = app.#revision();
      // It ends with the worker.
      app.#current.lookAtSystem(app.stopping).catch(() => {});
    });
    return app;
  }

  #revision(): AppRevision {
    return new AppRevision(this.#process, this.#newest.content, () => this.#newest.notices);
  }

  /** What a call that begins now works with, to its end. */
  get current(): AppRevision {
    return this.#current;
  }

  /** What is wrong with the catalogues that there are now; those before them stay in use. */
  get notices(): readonly string[] {
    return this.#newest.notices;
  }

  get stopping(): AbortSignal {
    return this.#process.stopping;
  }

  /**
   * Runs that nobody executes (`abandonedRuns`), those that nobody may, ended (`endOrphans`), and
   * those that wait for nothing any more (`startable`).
   */
  async sweepRuns(): Promise<Record<'abandoned' | 'ended' | 'startable', string[]>> {
    const { stopping, now } = this.#process;
    const state = await this.#process.state(stopping);
    const abandoned = await abandonedRuns(state, now(), stopping);
    const ended = await endOrphans(state, now(), stopping);
    return { abandoned, ended, startable: await startable(state, now(), stopping) };
  }

  /** As `lookForGivenUp`. */
  async lookForGivenUp(log: (text: string) => void): Promise<void> {
    const { stopping, now, container } = this.#process;
    const state = await this.#process.state(stopping);
    const givenUp = new GivenUp(await container(stopping));
    const queues = await this.#process.queues();
    await lookForGivenUp({ ...state, queues, givenUp, now, log }, stopping);
  }

  /** Brings the overview up to date, as `Overviews.fold`. */
  async foldOverview(): Promise<void> {
    await this.#process.overviews.fold(this.stopping);
  }

  /** As `Notifications.deliver`. */
  async deliverEvents(log: (text: string) => void): Promise<number | undefined> {
    return this.#process.notifications.deliver(log, this.stopping);
  }

  /** Adds what has settled to the index of runs, as `RunIndex.extend`. */
  async indexRuns(): Promise<number | undefined> {
    const { stopping, now } = this.#process;
    const { index } = await this.#process.state(stopping);
    return index.extend(now(), stopping);
  }

  /** How many runs were removed, as `removeExpiredRuns`; the audit, events and what boards were are kept for as long, keys of requests for a day. */
  async expireRuns(): Promise<number> {
    const { stopping, now, settings, audit } = this.#process;
    const { retentionDays } = settings;
    const state = await this.#process.state(stopping);
    const removed = await removeExpiredRuns(state, retentionDays, now(), stopping);
    await audit.expire(retentionDays, stopping);
    await state.events.expire(retentionDays, stopping);
    await (await this.#process.keys(stopping)).expire(stopping);
    const kept = keptSince(retentionDays, now());
    await expireHistory(await this.#process.container(stopping), kept, stopping);
    return removed;
  }

  /** One message on a queue of ours, as `Queues.send`, where no host hands on an output. */
  async send(queueName: string, message: string | object, delaySeconds = 0): Promise<void> {
    const signal = AbortSignal.timeout(sendMs);
    await (await this.#process.queues()).send(queueName, message, signal, delaySeconds);
  }

  /**
   * Lets go of everything: running procedures get an attention, their runs go on elsewhere, answers
   * break off. The process may end as soon as this does: what has not let go by then is cut.
   *
   * @param ended resolves when nothing is under way any more
   */
  async stop(ended: Promise<void> = Promise.resolve()): Promise<void> {
    await this.#process.stop(ended);
  }
}
