/**
 * A web hook: CloudEvents 1.0 in JSON, structured mode, signed as Standard Webhooks 1.0 describes.
 * Its id is the event's, with each attempt; time and signature are the attempt's own.
 */

import { createHmac } from 'node:crypto';
import type { Event } from '../event.ts';
import { type Message, textOf } from '../messages/message.ts';
import { postTo } from './http-post.ts';
import type { Attempt, Sent } from './sent.ts';
import type { Target } from './target.ts';

export const cloudEventType = 'application/cloudevents+json; charset=utf-8';

export interface Hook {
  target: Extract<Target, { type: 'webhook' }>;
  /** Of CloudEvents: where it comes from. */
  source: string;
}

export function sendHook(
  { target, source }: Hook,
  event: Event,
  message: Message,
  attempt: Attempt,
): Promise<Sent> {
  const body = JSON.stringify(cloudEvent(event, message, source));
  const headers = {
    'content-type': cloudEventType,
    ...signature(target.secrets(), event.id, attempt.at, body),
  };
  return postTo(target.url(), headers, body, attempt);
}

/** CloudEvents, JSON event format, 3; `type` is ours, the last parts of it the event's kind. */
export function cloudEvent(event: Event, message: Message, source: string) {
  const { id, kind, at, ...data } = event;
  return {
    ...{ specversion: '1.0', id, source, type: `syncboard.${kind}`, time: at },
    ...(data.run !== undefined && { subject: data.run }),
    datacontenttype: 'application/json',
    data: { ...data, title: message.title, text: textOf(message), look: message.look.value },
  };
}

/** Standard Webhooks, Signature scheme: HMAC-SHA256 of id, time and body, with each secret there is. */
export function signature(
  secrets: readonly Buffer[],
  id: string,
  at: Date,
  body: string,
): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1_000));
  const signed = secrets.map((secret) => {
    const digest = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`);
    return `v1,${digest.digest('base64')}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signed.join(' '),
  };
}
