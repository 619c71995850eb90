/** Queue output bindings: what a function returned or set becomes messages. */

import type { QueueOutput } from '../functions.ts';
import type { QueueOptions } from '../host-json.ts';
import { type Storage, statusOf } from '../storage.ts';
import type { InvocationResponse, TypedData } from '../worker/protocol.ts';
import { encodeMessage } from './message.ts';

export interface QueueOutputs {
  /** @throws when a message could not be sent; earlier ones of the same invocation stay. */
  write(outputs: readonly QueueOutput[], response: InvocationResponse): Promise<void>;
}

/** @param written told the queue's name after a message went in, so that a listener looks at once. */
export function createQueueOutputs(
  storage: Storage,
  encoding: QueueOptions['messageEncoding'],
  written: (queueName: string) => void,
): QueueOutputs {
  return {
    write: async (outputs, response) => {
      for (const { binding, connection, queueName } of outputs) {
        const data =
          binding === '$return'
            ? response.returnValue
            : response.outputData?.find(({ name }) => name === binding)?.data;
        const queue = storage.queue(connection, queueName);
        for (const message of messagesOf(data)) {
          await sendMessage(queue, encodeMessage(message, encoding));
          written(queueName);
        }
      }
    },
  };
}

/** Creates the queue where there is none. */
export async function sendMessage(
  queue: ReturnType<Storage['queue']>,
  text: string,
): Promise<void> {
  try {
    await queue.sendMessage(text);
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
    await queue.createIfNotExists();
    await queue.sendMessage(text);
  }
}

/**
 * One message a value: the elements of an array are messages of their own, and text that is a
 * JSON array counts as one, as in the real host.
 */
export function messagesOf(data: TypedData | null | undefined): (string | Uint8Array)[] {
  if (!data) return [];
  if (data.bytes) return [data.bytes];
  const number = data.int ?? data.double;
  if (number !== undefined) return [String(number)];
  const text = data.json ?? data.string;
  if (text === undefined || text === '') return [];
  const array = parseArray(text);
  if (!array) return [text];
  return array.map((element) => (typeof element === 'string' ? element : JSON.stringify(element)));
}

function parseArray(text: string): unknown[] | undefined {
  if (!/^\s*\[[\s\S]*\]\s*$/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
