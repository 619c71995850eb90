/** `syncboard runs`: what ran, the newest first. */

import type { z } from 'zod';
import { runPageSchema } from '../../functions/shapes/runs.ts';
import { clientHelp } from '../client.ts';
import { cliCommand } from '../command.ts';
import { askPage, moreLines, pageOptions } from '../list-page.ts';
import type { Telling } from '../tell.ts';
import { tableRows } from '../terminal/table.ts';
import { wrapped } from '../terminal/text.ts';
import { lengthText } from '../terminal/times.ts';

type Summary = z.infer<typeof runPageSchema>['runs'][number];

const filters = {
  state: { type: 'text', value: 'STATES', help: 'in one of these states: failed,interrupted' },
  code: { type: 'text', value: 'CODES', help: 'with one of these data sources: 0c10,stek' },
  name: { type: 'text', value: 'ENTITIES', help: 'with one of these entities' },
  user: { type: 'text', value: 'NAME', help: 'asked for by this person' },
  board: { type: 'text', value: 'BOARDS', help: 'started by one of these boards' },
  from: { type: 'text', value: 'TIME', help: 'asked for then or later: 2026-11-29, or a time' },
  to: { type: 'text', value: 'TIME', help: 'asked for on that day or before that time' },
} as const;

export const runs = cliCommand(
  'runs',
  'what ran and what runs, the newest first',
  {
    what: 'Lists runs that fit all that is given.',
    options: { ...filters, ...pageOptions },
    more: clientHelp,
  },
  async (given, surroundings) => {
    const { answer, tell } = await askPage('runs', given, surroundings);
    return tell(runPageSchema, answer, ({ runs: found, next }, telling) => [
      ...(found.length === 0 ? [telling.say('No run fits.')] : linesOf(found, telling)),
      ...moreLines(next, telling),
    ]);
  },
);

function linesOf(found: readonly Summary[], { say, clock, terminal }: Telling): string[] {
  const head = ['run', 'state', 'asked for', 'took', 'what', 'user'] as const;
  const rows = found.map(({ id, state, createdAt, startedAt, endedAt, user, ...run }) => {
    const took =
      startedAt === undefined || endedAt === undefined
        ? `${run.stagesDone + run.stagesSkipped}/${run.stagesTotal}`
        : lengthText(Date.parse(endedAt) - Date.parse(startedAt), say);
    return [id, say(state), clock.moment(createdAt), took, whatOf(run), user];
  });
  const all = tableRows([head.map((word) => say(word)), ...rows], terminal?.columns);
  return all.flatMap((lines, index) => {
    const error = found[index - 1]?.error;
    if (error === undefined) return lines;
    const stage = error.stage === undefined ? '' : `${error.stage}: `;
    return [...lines, ...wrapped(`  ! ${stage}${error.message}`, terminal)];
  });
}

/** The board, or what was asked for. */
type Asked = Pick<Summary, 'board' | 'codes' | 'moreCodes' | 'names' | 'kind'>;

function whatOf({ board, codes, moreCodes = 0, names = [], kind }: Asked): string {
  if (board !== undefined) return board;
  const [code = '', ...others] = codes;
  const beside = others.length + moreCodes;
  const what = kind === 'entity' ? `${names[0] ?? ''} ` : '';
  return `${what}${code}${beside === 0 ? '' : ` +${beside}`}`;
}
