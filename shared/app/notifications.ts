/** Events as the app has them: listed, told to targets, tried out. */

import { randomUUID } from 'node:crypto';
import type { Closures } from '../closures/closures.ts';
import { deliverDue } from '../events/delivery/deliver.ts';
import { type TargetState, TargetStates } from '../events/delivery/target-states.ts';
import { eventOf, type NewEvent } from '../events/event.ts';
import type { EventDocument } from '../events/event-document.ts';
import type { EventStore } from '../events/event-store.ts';
import { send } from '../events/targets/send.ts';
import type { Sent } from '../events/targets/sent.ts';
import type { Target, TargetType } from '../events/targets/target.ts';
import type { Settings } from '../settings/settings.ts';
import { DocumentNewerError } from '../storage/documents.ts';
import type { OpenContainer } from '../storage/place.ts';
import type { SyncState } from '../sync/sync-state.ts';
import { EventWatch } from './event-watch.ts';

export interface NotificationsDependencies {
  settings: Pick<Settings, 'targets' | 'hooks'>;
  container: OpenContainer;
  state(signal: AbortSignal): Promise<SyncState>;
  closures: Pick<Closures, 'current'>;
  now(): Date;
}

export interface ShownTarget extends TargetState {
  type: TargetType;
}

export interface PageOptions {
  limit: number;
  /** The id behind which the page begins. */
  after?: string | undefined;
  isWanted(event: EventDocument): boolean;
}

export interface EventPage {
  /** The newest first. */
  events: EventDocument[];
  /** The id behind which the next page begins; absent on the last. */
  next?: string;
}

/** The next round is a minute away at most, and what is left is left to it. */
const roundMs = 50_000;

/** A page may end before it is full: one look reads no more events. */
const mostRead = 2_000;

export class Notifications {
  readonly #dependencies: NotificationsDependencies;
  readonly #watch: EventWatch;

  constructor(dependencies: NotificationsDependencies) {
    this.#dependencies = dependencies;
    this.#watch = new EventWatch(dependencies);
  }

  /** Writes an event down, unless it is. @throws storage's error */
  async tell(event: NewEvent, signal: AbortSignal): Promise<void> {
    await (await this.#events(signal)).tell(event, signal);
  }

  /** The targets of the settings, as they are doing. @throws storage's error */
  async targets(signal: AbortSignal): Promise<ShownTarget[]> {
    const { settings } = this.#dependencies;
    if (settings.targets.length === 0) return [];
    const known = await (await this.#states(signal)).read(signal).catch(noneOfNewer);
    return settings.targets.map(({ name, type }) => ({
      ...(known.find((one) => one.name === name) ?? { name }),
      type,
    }));
  }

  async page({ limit, after, isWanted }: PageOptions, signal: AbortSignal): Promise<EventPage> {
    const events = await this.#events(signal);
    const page: EventDocument[] = [];
    let read = 0;
    let last = after;
    for await (const id of events.ids(after, signal)) {
      if (page.length === limit || read === mostRead) return { events: page, next: last ?? id };
      last = id;
      read += 1;
      const event = await events.read(id, signal).catch(unlessNewer);
      if (event !== undefined && isWanted(event.value)) page.push(event.value);
    }
    return { events: page };
  }

  /**
   * Sends a target something now, whatever it wants to hear of and when.
   *
   * @param name of a target that there is
   */
  async test(
    name: string,
    user: string | undefined,
    signal: AbortSignal,
  ): Promise<Sent & { milliseconds: number }> {
    const target = this.#target(name);
    const { now } = this.#dependencies;
    const cause = { cause: randomUUID(), causedAt: now() };
    const event = eventOf({ kind: 'test', ...cause, ...(user !== undefined && { user }) }, now());
    const startedAt = performance.now();
    const sent = await send(this.#sender, target, event, { at: now(), signal });
    const milliseconds = Math.round(performance.now() - startedAt);
    const shown = { target: name, isTaken: sent.isTaken, isGivenUp: false, at: now() };
    const error = sent.isTaken ? undefined : sent.error;
    const states = await this.#states(signal);
    const names = this.#dependencies.settings.targets.map((one) => one.name);
    await states.note([{ ...shown, error }], names, signal);
    if (sent.isTaken) await states.forgive(name, signal);
    return { ...sent, milliseconds };
  }

  /**
   * Looks whether anything has come about that nobody writes down, then delivers what is due.
   *
   * @returns how many attempts were made; undefined where another worker is at it
   */
  async deliver(log: (text: string) => void, stopping: AbortSignal): Promise<number | undefined> {
    await this.#watch.look(log, stopping);
    const { settings, now } = this.#dependencies;
    const { leases } = await this.#dependencies.state(stopping);
    const over = AbortSignal.timeout(roundMs);
    const delivering = {
      ...{ leases, now, log, targets: settings.targets },
      events: await this.#events(stopping),
      states: await this.#states(stopping),
      send: (...call: Parameters<typeof send> extends [unknown, ...infer Rest] ? Rest : never) =>
        send(this.#sender, ...call),
    };
    try {
      return await deliverDue(delivering, AbortSignal.any([stopping, over]));
    } catch (error) {
      if (over.aborted && !stopping.aborted) return undefined;
      throw error;
    }
  }

  get #sender() {
    return { publicUrl: this.#dependencies.settings.hooks.publicUrl };
  }

  #target(name: string): Target {
    const found = this.#dependencies.settings.targets.find((target) => target.name === name);
    if (found === undefined) throw new RangeError(`no target ${name}`);
    return found;
  }

  async #events(signal: AbortSignal): Promise<EventStore> {
    return (await this.#dependencies.state(signal)).events;
  }

  async #states(signal: AbortSignal): Promise<TargetStates> {
    return new TargetStates(await this.#dependencies.container(signal));
  }
}

function noneOfNewer(error: unknown): readonly TargetState[] {
  if (error instanceof DocumentNewerError) return [];
  throw error;
}

/** Of a newer version: its workers show it. */
function unlessNewer(error: unknown): undefined {
  if (error instanceof DocumentNewerError) return undefined;
  throw error;
}
