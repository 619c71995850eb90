/**
 * A channel of Teams, by the web hook of a workflow ("When a Teams webhook request is received"): a
 * message with an Adaptive Card. What comes from servers is in text runs, which know no Markdown.
 */

import type { Message } from '../messages/message.ts';

/** A message may have 28 KB (Teams, Limits of incoming webhooks); a fact is long enough with this. */
const longestFact = 1_000;

const colours = { info: 'default', warning: 'warning', error: 'attention' } as const;

export function teamsMessage(
  { title, facts, look }: Message,
  severity: keyof typeof colours,
): Record<string, unknown> {
  const run = (text: string, more = {}) => ({ type: 'TextRun', text, ...more });
  const block = (inlines: object[]) => ({ type: 'RichTextBlock', inlines, spacing: 'small' });
  const shown = look.isLink ? facts : [...facts, look];
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      block([run(title, { weight: 'bolder', size: 'medium', color: colours[severity] })]),
      ...shown.map(({ label, value }) =>
        block([run(`${label}: `, { isSubtle: true }), run(value.slice(0, longestFact))]),
      ),
    ],
    ...(look.isLink && {
      actions: [{ type: 'Action.OpenUrl', title: look.label, url: look.value }],
    }),
    msteams: { width: 'Full' },
  };
  const contentType = 'application/vnd.microsoft.card.adaptive';
  return { type: 'message', attachments: [{ contentType, contentUrl: null, content }] };
}
