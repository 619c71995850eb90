/**
 * The account's queues. Messages are put in and taken by the Functions host; where it does not do so
 * any more, or nobody looks, we do.
 */

import type { QueueServiceClient } from '@azure/storage-queue';
import type { StorageSettings } from '../settings/settings.ts';
import { credentialOf, pipeline } from './account.ts';
import { storageCall } from './storage-call.ts';
import { hasStatus } from './storage-error.ts';

/** The most that one answer of the service brings (Get Messages). */
const batch = 32;

/**
 * Messages that were looked at are hidden from others for so long: from the next look, that is, and
 * not from whoever opens the queue in a browser a minute later.
 */
const hiddenSeconds = 30;

export interface Message {
  id: string;
  /** As it was sent. */
  text: string;
  sentAt: Date;
}

export class Queues {
  readonly #service: QueueServiceClient;

  private constructor(service: QueueServiceClient) {
    this.#service = service;
  }

  static async open(account: StorageSettings): Promise<Queues> {
    // Loaded on demand, as the identity library is.
    const { QueueServiceClient } = await import('@azure/storage-queue');
    const service =
      account.kind === 'connection string'
        ? QueueServiceClient.fromConnectionString(account.connectionString, pipeline)
        : new QueueServiceClient(
            account.queueServiceUri,
            await credentialOf(account.clientId),
            pipeline,
          );
    return new Queues(service);
  }

  /**
   * Sends one message, in the encoding of the host's queue trigger; makes the queue where it is not
   * there yet.
   *
   * @param delaySeconds nobody gets it before these are over
   * @throws RestError when the account refuses, or the reason of `signal`
   */
  async send(
    name: string,
    message: string | object,
    signal: AbortSignal,
    delaySeconds = 0,
  ): Promise<void> {
    const queue = this.#service.getQueueClient(name);
    const text = typeof message === 'string' ? message : JSON.stringify(message);
    const encoded = Buffer.from(text).toString('base64');
    const send = () =>
      storageCall(
        `send to ${name}`,
        (abortSignal) =>
          queue.sendMessage(encoded, { visibilityTimeout: delaySeconds, abortSignal }),
        signal,
      );
    try {
      await send();
    } catch (error) {
      if (!hasStatus(error, 404)) throw error;
      await storageCall(
        `create ${name}`,
        (abortSignal) => queue.createIfNotExists({ abortSignal }),
        signal,
      );
      await send();
    }
  }

  /** Messages in a queue, those that are hidden among them; none where there is no such queue. */
  async length(name: string, signal: AbortSignal): Promise<number> {
    const queue = this.#service.getQueueClient(name);
    try {
      const { approximateMessagesCount = 0 } = await storageCall(
        `length of ${name}`,
        (abortSignal) => queue.getProperties({ abortSignal }),
        signal,
      );
      return approximateMessagesCount;
    } catch (error) {
      if (hasStatus(error, 404)) return 0;
      throw error;
    }
  }

  /** Messages that are not hidden, the oldest first; they stay in the queue. */
  async look(name: string, most: number, signal: AbortSignal): Promise<Message[]> {
    const queue = this.#service.getQueueClient(name);
    const messages: Message[] = [];
    while (messages.length < most) {
      const { receivedMessageItems: items } = await storageCall(
        `look into ${name}`,
        (abortSignal) =>
          queue.receiveMessages({
            numberOfMessages: batch,
            visibilityTimeout: hiddenSeconds,
            abortSignal,
          }),
        signal,
      );
      for (const { messageId, messageText, insertedOn } of items) {
        messages.push({ id: messageId, text: messageText, sentAt: insertedOn });
      }
      if (items.length < batch) break;
    }
    return messages;
  }
}
