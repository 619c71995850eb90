/** `syncboard runs`: what ran, the newest first. */

import type { z } from 'zod';
import { runPageSchema } from '../../functions/shapes/runs.ts';
import { wholeNumber } from '../../shared/command-line/options.ts';
import { clientHelp, clientOf, clientOptions } from '../client.ts';
import { cliCommand, jsonOption, type Surroundings, writeJson } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { table } from '../terminal/table.ts';
import { clean, cutTo } from '../terminal/text.ts';
import { lengthText, momentText } from '../terminal/times.ts';

type Summary = z.infer<typeof runPageSchema>['runs'][number];

const filters = {
  state: { type: 'text', value: 'STATES', help: 'in one of these states: failed,interrupted' },
  code: { type: 'text', value: 'CODES', help: 'with one of these data sources: 0c10,stek' },
  name: { type: 'text', value: 'ENTITIES', help: 'with one of these entities' },
  user: { type: 'text', value: 'NAME', help: 'asked for by this person' },
  board: { type: 'text', value: 'BOARDS', help: 'started by one of these boards' },
  from: { type: 'text', value: 'TIME', help: 'asked for then or later: 2026-11-29, or a time' },
  to: { type: 'text', value: 'TIME', help: 'asked for on that day or before that time' },
  limit: wholeNumber('how many', 1, 200, 20),
  after: { type: 'text', value: 'MARK', help: 'the next page, as the one before has it' },
} as const;

export const runs = cliCommand(
  'runs',
  'what ran and what runs, the newest first',
  {
    what: 'Lists runs that fit all that is given.',
    options: { ...filters, ...clientOptions, json: jsonOption },
    more: clientHelp,
  },
  async ({ url, 'token-file': tokenFile, json, operands: _, limit, ...query }, surroundings) => {
    const client = await clientOf({ url, 'token-file': tokenFile }, surroundings);
    const asked = { query: { ...query, limit: String(limit) } };
    const answer = await client.ask('GET', 'runs', asked);
    if (json) {
      writeJson(answer, surroundings);
      return exitCodes.ok;
    }
    const { write, say } = surroundings;
    const page = client.understood(runPageSchema, answer);
    for (const line of linesOf(page.runs, surroundings)) write(line);
    if (page.runs.length === 0) write(say('No run fits.'));
    const after = new URLSearchParams(page.next?.split('?')[1]).get('after');
    if (after !== null) write(say('More: the same with --after {after}', { after }));
    return exitCodes.ok;
  },
);

function linesOf(found: readonly Summary[], { say, terminal }: Surroundings): string[] {
  const head = ['run', 'state', 'asked for', 'took', 'what', 'user'] as const;
  const rows = found.map(({ id, state, createdAt, startedAt, endedAt, user, ...run }) => {
    const took =
      startedAt === undefined || endedAt === undefined
        ? `${run.stagesDone + run.stagesSkipped}/${run.stagesTotal}`
        : lengthText(Date.parse(endedAt) - Date.parse(startedAt), say);
    return [id, say(state), momentText(createdAt), took, whatOf(run), user];
  });
  if (rows.length === 0) return [];
  const lines = table([head.map((word) => say(word)), ...rows], terminal?.columns);
  const [first = '', ...others] = lines;
  return [
    first,
    ...others.flatMap((line, index) => {
      const error = found[index]?.error;
      if (error === undefined) return [line];
      const text = clean(
        `  ! ${error.stage === undefined ? '' : `${error.stage}: `}${error.message}`,
      );
      return [line, terminal === undefined ? text : cutTo(text, terminal.columns)];
    }),
  ];
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
