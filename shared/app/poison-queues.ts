/** Messages that were given up: found, and told to whom they are about. */

import type { NewEvent } from '../events/event.ts';
import type { GivenUp, GivenUpMessage } from '../storage/given-up.ts';
import type { Message, Queues } from '../storage/queues.ts';
import { tellRun } from '../sync/given-up-run.ts';
import { runIdPattern } from '../sync/run-id.ts';
import type { SyncState } from '../sync/service.ts';
import { afterMessageSchema } from './after-message.ts';
import { afterQueueName } from './after-queue.ts';
import { companyQueueName } from './company-queue.ts';
import { runQueueName } from './run-queue.ts';

/** Queues whose messages the host may give up. */
export const watchedQueues = [runQueueName, companyQueueName, afterQueueName] as const;

/** More than these are counted, and told when those before them are gone. */
const mostOfQueue = 320;

export function poisonQueue(queue: string): string {
  return `${queue}-poison`;
}

export interface LookDependencies extends Pick<SyncState, 'leases' | 'runs' | 'events'> {
  queues: Pick<Queues, 'length' | 'look'>;
  givenUp: Pick<GivenUp, 'update'>;
  now(): Date;
  /** One line, once for each message. */
  log(text: string): void;
}

/** Looks into the poison queues; what is new there is told, what is gone is forgotten. */
export async function lookForGivenUp(
  dependencies: LookDependencies,
  signal: AbortSignal,
): Promise<void> {
  await dependencies.givenUp.update(async (known) => {
    const messages: GivenUpMessage[] = [];
    for (const queue of watchedQueues) {
      const before = known.filter((message) => message.queue === queue);
      for (const message of await messagesOf(dependencies, queue, before, signal)) {
        messages.push(message.told ? message : await told(dependencies, message, signal));
      }
    }
    return messages;
  }, signal);
}

/** In words; names the message, so that no two are the same. */
export function givenUpText({ queue, id, at }: GivenUpMessage): string {
  return `Its message ${id} was given up at ${at}, after an hour of tries, and is in ${poisonQueue(queue)} now: the log of the app says why they failed.`;
}

function poisonEvent({ queue, id, about, at }: GivenUpMessage): NewEvent {
  const isRun = queue === runQueueName;
  return {
    ...{
      kind: 'queue.poison',
      cause: `${queue} ${id}`,
      causedAt: new Date(at),
      queue,
      message: id,
    },
    ...(about !== '' && (isRun ? { run: about } : { codes: [about] })),
  };
}

async function messagesOf(
  { queues, events, log }: LookDependencies,
  queue: string,
  before: readonly GivenUpMessage[],
  signal: AbortSignal,
): Promise<GivenUpMessage[]> {
  const length = await queues.length(poisonQueue(queue), signal);
  if (length === 0) return [];
  const found = await queues.look(poisonQueue(queue), mostOfQueue, signal);
  const seen = new Set(found.map(({ id }) => id));
  // Those that are not seen may be hidden by an earlier look, unless there are no others.
  const kept = before.filter(({ id }) => seen.has(id) || found.length < length);
  const known = new Set(before.map(({ id }) => id));
  const fresh = found
    .filter(({ id }) => !known.has(id))
    .map((message) => ({
      ...{ queue, id: message.id, about: aboutOf(queue, message) },
      at: message.sentAt.toISOString(),
      told: false,
    }));
  for (const message of fresh) {
    log(`${message.about || 'Nobody known'}: ${givenUpText(message)}`);
    // Before it is known: whoever finds it anew tells the same.
    await events.tell(poisonEvent(message), signal);
  }
  return [...kept, ...fresh].slice(-mostOfQueue);
}

async function told(
  dependencies: LookDependencies,
  message: GivenUpMessage,
  signal: AbortSignal,
): Promise<GivenUpMessage> {
  const { queue, about } = message;
  // A company is told by the document of these messages itself.
  if (queue !== runQueueName || about === '') return { ...message, told: true };
  const text = givenUpText(message);
  return { ...message, told: await tellRun(dependencies, about, text, dependencies.now(), signal) };
}

/** Empty for what no function of ours has sent. */
function aboutOf(queue: string, { text }: Message): string {
  const sent = Buffer.from(text, 'base64').toString();
  if (queue === runQueueName) return runIdPattern.test(sent) ? sent : '';
  try {
    // What both kinds of messages about companies have.
    return afterMessageSchema.safeParse(JSON.parse(sent)).data?.company ?? '';
  } catch {
    return '';
  }
}
