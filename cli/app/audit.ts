/** `syncboard audit`: who changed what through the app. */

import type { z } from 'zod';
import { auditPageSchema } from '../../functions/shapes/audit-page.ts';
import { clientHelp } from '../client.ts';
import { cliCommand } from '../command.ts';
import { askPage, moreLines, pageOptions } from '../list-page.ts';
import type { Telling } from '../tell.ts';
import { tableRows } from '../terminal/table.ts';
import { wrapped } from '../terminal/text.ts';

type Entry = z.infer<typeof auditPageSchema>['entries'][number];

const filters = {
  who: { type: 'text', value: 'NAME', help: 'by this token or person' },
  what: { type: 'text', value: 'KIND', help: 'changes of this kind: board, or board.switch' },
  from: { type: 'text', value: 'TIME', help: 'then or later: 2026-11-29, or a time' },
  to: { type: 'text', value: 'TIME', help: 'on that day or before that time' },
} as const;

export const audit = cliCommand(
  'audit',
  'who changed what through the app, and when',
  {
    what: 'Lists changes that fit all that is given, the newest first; it needs the role admin.',
    options: { ...filters, ...pageOptions },
    more: clientHelp,
  },
  async (given, surroundings) => {
    const { answer, tell } = await askPage('audit', given, surroundings);
    return tell(auditPageSchema, answer, ({ entries, next, damaged = 0 }, telling) => [
      ...entryLines(entries, telling),
      ...(entries.length === 0 ? [telling.say('No change fits.')] : []),
      ...(damaged > 0 ? [telling.say('! not to be read: {count}', { count: damaged })] : []),
      ...moreLines(next, telling),
    ]);
  },
);

function entryLines(entries: readonly Entry[], { say, clock, terminal }: Telling): string[] {
  const rows = entries.map(({ at, what, subject, who: { token, user }, outcome }) => {
    const person = user === undefined || user === token ? token : `${user} (${token})`;
    return [clock.moment(at), what, subject, say(outcome), person];
  });
  return tableRows(rows, terminal?.columns).flatMap((lines, index) => {
    const reason = entries[index]?.reason;
    return reason === undefined ? lines : [...lines, ...wrapped(`  ! ${reason}`, terminal)];
  });
}
