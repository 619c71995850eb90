/**
 * A channel of Slack, by an incoming web hook: blocks of plain text, in which nothing of what
 * servers say is taken for a link or a mention.
 */

import type { Message } from '../messages/message.ts';

/** Slack, Block Kit: letters of a header, of a section, and blocks of a message. */
const limits = { header: 150, section: 3_000, blocks: 50 };

export function slackMessage({ title, facts, look }: Message): Record<string, unknown> {
  const plain = (text: string) => ({ type: 'plain_text', text, emoji: false });
  const section = (text: string) => ({
    type: 'section',
    text: plain(cut(text, limits.section)),
  });
  const shown = look.isLink ? facts : [...facts, look];
  const link = {
    type: 'actions',
    elements: [{ type: 'button', text: plain(cut(look.label, 75)), url: look.value }],
  };
  const blocks = [
    { type: 'header', text: plain(cut(title, limits.header)) },
    ...shown.map(({ label, value }) => section(`${label}: ${value}`)),
    ...(look.isLink ? [link] : []),
  ];
  return { text: escaped(title), blocks: blocks.slice(0, limits.blocks) };
}

/** For notifications, where Slack's own marks count. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1).toWellFormed()}…` : text;
}
