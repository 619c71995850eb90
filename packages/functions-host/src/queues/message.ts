/** Queue messages as functions see them. */

import type { DequeuedMessageItem } from '@azure/storage-queue';
import type { QueueOptions } from '../host-json.ts';
import { jsonMembers } from '../json-members.ts';
import type { TypedData } from '../worker/protocol.ts';

type Encoding = QueueOptions['messageEncoding'];

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

export function encodeMessage(message: string | Uint8Array, encoding: Encoding): string {
  return Buffer.from(message as Uint8Array).toString(encoding === 'base64' ? 'base64' : 'utf8');
}

/** @returns undefined when the text is not of that encoding. */
export function decodeMessage(text: string, encoding: Encoding): string | undefined {
  if (encoding === 'none') return text;
  const trimmed = text.trim();
  return base64.test(trimmed) ? Buffer.from(trimmed, 'base64').toString('utf8') : undefined;
}

/** The message's own properties, over which members of a JSON message win. */
export function queueTriggerMetadata(
  message: DequeuedMessageItem,
  text: string,
): Record<string, TypedData> {
  const time = (value: Date): TypedData => ({ json: JSON.stringify(value) });
  return {
    QueueTrigger: { string: text },
    DequeueCount: { json: String(message.dequeueCount) },
    ExpirationTime: time(message.expiresOn),
    Id: { string: message.messageId },
    InsertionTime: time(message.insertedOn),
    NextVisibleTime: time(message.nextVisibleOn),
    PopReceipt: { string: message.popReceipt },
    ...Object.fromEntries(jsonMembers(text)),
  };
}
