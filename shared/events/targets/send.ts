/** One attempt to tell one target of an event. */

import type { Event } from '../event.ts';
import { messageOf } from '../messages/message.ts';
import { sendMail } from './email.ts';
import { postTo } from './http-post.ts';
import type { Attempt, Sent } from './sent.ts';
import { slackMessage } from './slack.ts';
import type { Target } from './target.ts';
import { teamsMessage } from './teams.ts';
import { sendHook } from './web-hook.ts';

/** Who sends. */
export interface Sender {
  /** `https://syncboard.example`; absent: texts name paths of the API. */
  publicUrl?: string | undefined;
}

const json = { 'content-type': 'application/json; charset=utf-8' };

/** @throws the reason of the attempt's signal; whatever else goes wrong is in the answer */
export async function send(
  { publicUrl }: Sender,
  target: Target,
  event: Event,
  attempt: Attempt,
): Promise<Sent> {
  const { language, timeZone } = target;
  const message = messageOf(event, { language, timeZone, publicUrl });
  switch (target.type) {
    case 'webhook':
      return sendHook({ target, source: publicUrl ?? '/syncboard' }, event, message, attempt);
    case 'email':
      return sendMail(target, event, message, attempt);
    case 'teams':
      return postJson(target.url(), teamsMessage(message, event.severity), attempt);
    case 'slack':
      return postJson(target.url(), slackMessage(message), attempt);
  }
}

function postJson(url: string, body: object, attempt: Attempt): Promise<Sent> {
  return postTo(url, json, JSON.stringify(body), attempt);
}
