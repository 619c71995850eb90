/**
 * A queue trigger: polls, runs the function for each message, keeps the message invisible as long
 * as it runs, and then deletes it, puts it back or moves it to the poison queue.
 *
 * A message is taken for ten minutes and renewed at half of that, whatever host.json says: its
 * `visibilityTimeout` is the pause before a failed message is tried again. So a message whose host
 * died comes back after up to ten minutes. At most `batchSize + newBatchThreshold` run at once.
 */

import type { DequeuedMessageItem } from '@azure/storage-queue';
import { delay } from '../delay.ts';
import { type Executor, newInvocationId, WorkerEndedError } from '../executor.ts';
import type { HostFunction, QueueTrigger } from '../functions.ts';
import type { QueueOptions } from '../host-json.ts';
import type { Log } from '../log.ts';
import { type Storage, statusOf } from '../storage.ts';
import { decodeMessage, queueTriggerMetadata } from './message.ts';
import { sendMessage } from './outputs.ts';
import { createPolling } from './polling.ts';

const takenMilliseconds = 10 * 60_000;
const poisonSuffix = '-poison';

export interface QueueListener {
  queueName: string;
  start(): void;
  /** Something was put in: look now. */
  notify(): void;
  /** Takes no more messages; resolves when those taken are dealt with. */
  stop(): Promise<void>;
}

interface Dependencies {
  storage: Storage;
  executor: Executor;
  options: QueueOptions;
  log: Log;
  /** How long a message is taken for at a time. */
  visibilityMilliseconds?: number;
}

/** A message with the receipt of its latest renewal, without which it cannot be deleted. */
interface TakenMessage {
  item: DequeuedMessageItem;
  popReceipt: string;
}

export function createQueueListener(
  target: HostFunction,
  trigger: QueueTrigger,
  dependencies: Dependencies,
): QueueListener {
  const { storage, executor, options, log } = dependencies;
  const visibility = dependencies.visibilityMilliseconds ?? takenMilliseconds;
  const queue = storage.queue(trigger.connection, trigger.queueName);
  const poisonQueue = trigger.queueName.endsWith(poisonSuffix)
    ? undefined
    : storage.queue(trigger.connection, trigger.queueName + poisonSuffix);
  const stopping = new AbortController();
  const polling = createPolling(options.maxPollingInterval);
  const processing = new Set<Promise<void>>();
  let wake = new AbortController();
  let loop: Promise<void> | undefined;
  const tell = (level: 'warning' | 'debug', text: string): void =>
    log.host(level, `queue "${trigger.queueName}": ${text}`, { name: target.name });

  async function poll(): Promise<void> {
    let found = false;
    while (!stopping.signal.aborted) {
      // Made before asking: a message put in while the answer is on its way must not be missed.
      wake = new AbortController();
      const messages = await receive();
      for (const item of messages) track(handle({ item, popReceipt: item.popReceipt }));
      if (messages.length > 0) {
        found = true;
        while (processing.size > options.newBatchThreshold) await Promise.race(processing);
      } else {
        await delay(polling.next(found), wake.signal);
        found = false;
      }
    }
  }

  async function receive(): Promise<DequeuedMessageItem[]> {
    try {
      const { receivedMessageItems } = await queue.receiveMessages({
        numberOfMessages: options.batchSize,
        visibilityTimeout: visibility / 1000,
      });
      return receivedMessageItems;
    } catch (error) {
      // 404: nobody has put anything in yet; the trigger does not create the queue.
      if (statusOf(error) !== 404) tell('warning', `cannot be read: ${String(error)}`);
      return [];
    }
  }

  function track(work: Promise<void>): void {
    processing.add(work);
    work.finally(() => processing.delete(work));
  }

  /** Never rejects: what goes wrong here leaves the message to come again. */
  async function handle(message: TakenMessage): Promise<void> {
    const { item } = message;
    try {
      const text = decodeMessage(item.messageText, options.messageEncoding);
      if (stopping.signal.aborted) await putBack(message, 0);
      else if (text === undefined) await poison(message, `is not ${options.messageEncoding}`);
      else if (item.dequeueCount > options.maxDequeueCount) await poison(message, 'came too often');
      else await process(message, text);
    } catch (error) {
      tell('warning', `message ${item.messageId}: ${String(error)}`);
    }
  }

  async function process(message: TakenMessage, text: string): Promise<void> {
    const { item } = message;
    const finished = new AbortController();
    const renewal = renew(message, finished.signal);
    const succeeded = await executor
      .run(target, {
        id: newInvocationId(),
        reason: `New queue message detected on '${trigger.queueName}'.`,
        input: { string: text },
        triggerMetadata: queueTriggerMetadata(item, text),
      })
      .then(
        () => true,
        (error: unknown) => (error instanceof WorkerEndedError ? undefined : false),
      );
    finished.abort();
    await renewal;
    // A host that ends with its worker does nothing for it: it comes again when its time is over.
    if (succeeded === undefined) return;
    if (succeeded) await remove(message);
    else if (!poisonQueue) return;
    else if (item.dequeueCount >= options.maxDequeueCount) {
      await poison(message, `failed ${item.dequeueCount} times`);
    } else await putBack(message, options.visibilityTimeout);
  }

  /** At half of the time taken; a failure that may pass is tried again sooner, at halving pauses. */
  async function renew(message: TakenMessage, finished: AbortSignal): Promise<void> {
    const normal = visibility / 2;
    for (let pause = normal; ; ) {
      await delay(pause, finished);
      if (finished.aborted) return;
      try {
        await putBack(message, visibility);
        pause = normal;
      } catch (error) {
        const status = statusOf(error);
        tell('warning', `message ${message.item.messageId} is not renewed: ${String(error)}`);
        // Gone, or taken by another host meanwhile: renewing is over, the function runs on.
        if (status !== undefined && status < 500) return;
        pause = Math.max(pause / 2, normal / 10);
      }
    }
  }

  async function putBack(message: TakenMessage, milliseconds: number): Promise<void> {
    const { messageId } = message.item;
    const { popReceipt } = await queue.updateMessage(
      messageId,
      message.popReceipt,
      undefined,
      Math.ceil(milliseconds / 1000),
    );
    if (popReceipt) message.popReceipt = popReceipt;
  }

  async function remove({ item, popReceipt }: TakenMessage): Promise<void> {
    await queue.deleteMessage(item.messageId, popReceipt);
  }

  async function poison(message: TakenMessage, why: string): Promise<void> {
    if (!poisonQueue) return;
    await sendMessage(poisonQueue, message.item.messageText);
    await remove(message);
    tell('warning', `message ${message.item.messageId} ${why}: moved to ${poisonQueue.name}`);
  }

  return {
    queueName: trigger.queueName,
    start: () => {
      loop ??= poll();
    },
    notify: () => wake.abort(),
    stop: async () => {
      stopping.abort();
      wake.abort();
      await loop;
      await Promise.all(processing);
    },
  };
}
