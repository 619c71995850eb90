/**
 * Delivers what is due: one worker at a time, under a lease; at least once, each target with its own
 * progress. What was sent is written down after it was: whoever dies in between has it sent once
 * more, under the same id.
 */

import { randomUUID } from 'node:crypto';
import { sideBySide } from '../../async/side-by-side.ts';
import { keepLease } from '../../lock/keeper.ts';
import type { Leases } from '../../lock/leases.ts';
import { DocumentNewerError } from '../../storage/documents.ts';
import { measured } from '../../telemetry/measurements.ts';
import type { Event } from '../event.ts';
import { type EventDocument, isSettled } from '../event-document.ts';
import type { EventStore } from '../event-store.ts';
import type { Mark } from '../outbox.ts';
import type { Attempt, Sent } from '../targets/sent.ts';
import type { Target } from '../targets/target.ts';
import { attempted, isDue, planned } from './progress.ts';
import type { Shown, TargetStates } from './target-states.ts';

export interface Delivering {
  events: EventStore;
  states: Pick<TargetStates, 'note'>;
  leases: Leases;
  targets: readonly Target[];
  /** As `send`. */
  send(target: Target, event: Event, attempt: Attempt): Promise<Sent>;
  now(): Date;
  /** One line for the log: what was given up. */
  log(text: string): void;
}

const lock = 'events/delivery';

/** Events that are seen to side by side. */
const atOnce = 8;

/** However slow its writer is, the event of a mark is there by then. */
const lostMarkMs = 3_600_000;

/** @returns how many attempts were made; undefined where somebody else is at it */
export async function deliverDue(
  delivering: Delivering,
  signal: AbortSignal,
): Promise<number | undefined> {
  const { events, leases, states, targets } = delivering;
  const marks = await events.open(signal);
  if (marks.length === 0) return 0;
  const holder = randomUUID();
  const askedAt = performance.now();
  if (!(await leases.acquire(lock, holder, signal))) return undefined;
  const keeper = keepLease(leases, lock, holder, askedAt);
  const round = new Round(delivering, AbortSignal.any([signal, keeper.lost]));
  try {
    await sideBySide(marks, atOnce, (mark) => round.see(mark), round.signal);
  } finally {
    const names = targets.map(({ name }) => name);
    // What targets have shown is told to whoever looks; the next round shows it again.
    await states.note(round.shown, names, signal).catch(() => {});
    await keeper.stop();
    await leases.letGo(lock, holder);
  }
  return round.shown.length;
}

class Round {
  readonly signal: AbortSignal;
  readonly shown: Shown[] = [];
  readonly #delivering: Delivering;
  /** Targets that did not take something in this round: one that is down is not asked for each event. */
  readonly #failing = new Set<string>();

  constructor(delivering: Delivering, signal: AbortSignal) {
    this.#delivering = delivering;
    this.signal = signal;
  }

  async see({ id, ageMs }: Mark): Promise<void> {
    const { events, targets, now } = this.#delivering;
    const found = await events.read(id, this.signal).catch(unlessNewer);
    if (found === 'newer') return;
    if (found === undefined) {
      if (ageMs > lostMarkMs) await events.settle(id, this.signal);
      return;
    }
    const { value: event, etag } = found;
    if (isSettled(event)) return await events.settle(id, this.signal);
    const deliveries = planned(event, targets, now());
    const sent = await this.#send({ ...event, deliveries });
    const next = { ...event, deliveries: { ...deliveries, ...sent } };
    if (JSON.stringify(next.deliveries) === JSON.stringify(event.deliveries)) return;
    // Written even while this worker stops: what has been sent need not be sent again.
    const uninterrupted = AbortSignal.timeout(5_000);
    if (!(await events.replaced(next, etag, uninterrupted))) return;
    if (isSettled(next)) await events.settle(id, uninterrupted);
  }

  /** @returns deliveries that have changed */
  async #send(event: EventDocument): Promise<NonNullable<EventDocument['deliveries']>> {
    const { targets, now } = this.#delivering;
    const due = targets.filter(({ name }) => !this.#failing.has(name));
    const sent = await Promise.all(
      due.map(async (target) => {
        const delivery = event.deliveries?.[target.name];
        if (delivery === undefined || !isDue(delivery, target, now())) return [];
        const answer = await this.#attempt(target, event);
        if (answer === undefined) return [];
        const next = attempted(delivery, target, answer, now());
        measured()?.notifications.add(1, { target: target.name, outcome: next.state });
        this.#show(target, event, answer, next.state === 'given up');
        return [[target.name, next] as const];
      }),
    );
    return Object.fromEntries(sent.flat());
  }

  /** Undefined where this worker stops: nobody knows whether it was taken, and it is sent again. */
  async #attempt(target: Target, document: EventDocument): Promise<Sent | undefined> {
    const { send, now } = this.#delivering;
    const { deliveries: _, ...event } = document;
    try {
      return await send(target, event, { at: now(), signal: this.signal });
    } catch (error) {
      if (this.signal.aborted) return undefined;
      // An event of which no message can be made keeps none of the others waiting.
      return { isTaken: false, error: `no message of it: ${(error as Error).name}` };
    }
  }

  #show(target: Target, { id, kind }: EventDocument, sent: Sent, isGivenUp: boolean): void {
    const { now, log } = this.#delivering;
    const error = sent.isTaken ? undefined : sent.error;
    this.shown.push({ target: target.name, isTaken: sent.isTaken, error, isGivenUp, at: now() });
    if (!sent.isTaken) this.#failing.add(target.name);
    if (isGivenUp) log(`Target ${target.name} will not hear of ${kind} ${id}: ${error}`);
  }
}

function unlessNewer(error: unknown): 'newer' {
  if (error instanceof DocumentNewerError) return 'newer';
  throw error;
}
