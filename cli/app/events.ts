/** `syncboard events`: what happened that somebody should hear of. */

import type { z } from 'zod';
import { eventsPageSchema } from '../../functions/shapes/events.ts';
import { severities } from '../../shared/events/event.ts';
import { deliveryStates } from '../../shared/events/event-document.ts';
import { messageOf } from '../../shared/events/messages/message.ts';
import { clientHelp } from '../client.ts';
import { cliCommand } from '../command.ts';
import { askPage, moreLines, pageOptions } from '../list-page.ts';
import type { Telling } from '../tell.ts';
import { wrapped } from '../terminal/text.ts';

const filters = {
  kind: { type: 'text', value: 'KIND', help: 'of this kind: run, or run.failed' },
  code: { type: 'text', value: 'CODE', help: 'of this data source' },
  board: { type: 'text', value: 'BOARD', help: 'of this board' },
  severity: { type: 'text', value: 'HOW', values: severities, help: 'how much it matters' },
  target: { type: 'text', value: 'TARGET', help: 'that this target hears of' },
  state: {
    type: 'text',
    value: 'STATE',
    values: deliveryStates,
    help: 'how far a target has heard of it',
  },
} as const;

type Page = z.infer<typeof eventsPageSchema>;

export const events = cliCommand(
  'events',
  'what happened that somebody should hear of, and who has',
  {
    what: 'Lists events, the newest first.',
    options: { ...filters, ...pageOptions },
    more: clientHelp,
  },
  async (given, surroundings) => {
    const { answer, tell } = await askPage('events', given, surroundings);
    return tell(eventsPageSchema, answer, (page, telling) => [
      ...pageLines(page, telling),
      ...moreLines(page.next, telling),
    ]);
  },
);

type Speaking = Pick<Telling, 'language' | 'say' | 'clock' | 'terminal'>;

/** Each event with why and what can be done, who has yet to hear of it, and targets that take nothing. */
export function pageLines({ events: found, targets }: Page, speaking: Speaking): string[] {
  const { say, clock, terminal } = speaking;
  return [
    ...found.flatMap((event) => eventLines(event, speaking)),
    ...(found.length === 0 ? [say('No event fits.')] : []),
    ...targets.flatMap(({ name, failingSince, error = '' }) => {
      if (failingSince === undefined) return [];
      const time = clock.moment(failingSince);
      return [`! ${say('{name} takes nothing since {time}', { name, time })}: ${error}`];
    }),
  ].flatMap((line) => wrapped(line, terminal));
}

function eventLines(event: Page['events'][number], { language, say, clock }: Speaking): string[] {
  const { title } = messageOf(event, { language, timeZone: clock.zone });
  const open = Object.entries(event.deliveries ?? {}).filter(
    ([, { state }]) => state !== 'delivered',
  );
  return [
    `${clock.moment(event.at)}  ${title}`,
    ...[event.error, event.cure, event.reason].flatMap((text) =>
      text === undefined ? [] : [`  ${text}`],
    ),
    ...open.map(([name, { state }]) =>
      state === 'given up'
        ? say('  {name} has not heard of it', { name })
        : say('  {name} has yet to hear of it', { name }),
    ),
  ];
}
