/** `syncboard companies` and `syncboard company …`: FlexiBee companies. */

import type { z } from 'zod';
import {
  changelogSchema,
  companiesSchema,
  companySchema,
  queuedSchema,
} from '../../functions/shapes/companies.ts';
import { apiPath, type Client, clientHelp, clientOptions } from '../client.ts';
import { cliCommand, jsonOption } from '../command.ts';
import { conversation, type Telling } from '../tell.ts';
import { tableRows } from '../terminal/table.ts';
import { wrapped } from '../terminal/text.ts';
import { lengthText } from '../terminal/times.ts';

const options = { ...clientOptions, json: jsonOption };
const company = { name: 'COMPANY', help: 'the code of a company, as companies has it' };
const more = clientHelp;

type Summary = z.infer<typeof companiesSchema>['companies'][number];
type Details = z.infer<typeof companySchema>;

export const companies = cliCommand(
  'companies',
  'FlexiBee companies: state, lag, trouble and its cure',
  {
    what: 'Lists companies as of their last poll.',
    options: {
      trouble: { type: 'flag', help: 'those alone that somebody should look at' },
      ...options,
    },
    more,
  },
  async ({ trouble, ...given }, surroundings) => {
    const { client, tell } = await conversation(given, surroundings);
    const answer = trouble
      ? { companies: (await listed(client)).filter(isOdd) }
      : await client.ask('GET', 'flexibee');
    return tell(companiesSchema, answer, ({ companies: found }, telling) =>
      found.length === 0 ? [telling.say('No company fits.')] : listLines(found, telling),
    );
  },
);

const listed = async (client: Client) =>
  (await client.askFor(companiesSchema, 'GET', 'flexibee')).companies;

function listLines(found: readonly Summary[], telling: Telling): string[] {
  const { say, terminal } = telling;
  const head = ['company', 'state', 'behind', 'for', 'what'] as const;
  const rows = found.map(({ code, state, paused, lag, description }) => [
    code,
    paused ? say('paused') : say(state),
    String(behindBy(lag)),
    lag.seconds > 0 ? lengthText(lag.seconds * 1_000, say) : '',
    description,
  ]);
  const all = tableRows([head.map((word) => say(word)), ...rows], terminal?.columns, [2]);
  return all.flatMap((lines, index) => {
    const one = found[index - 1];
    return one === undefined ? lines : [...lines, ...troubleLines(one, telling)];
  });
}

const isOdd = ({ state, blocked, warnings, closure }: Summary) =>
  state === 'trouble' || blocked.length > 0 || warnings.length > 0 || closure !== undefined;

function troubleLines(one: Summary, { say, terminal, clock }: Telling): string[] {
  const { trouble, blocked, warnings, closure } = one;
  const closed = closure && { time: clock.moment(closure.until), reason: closure.reason };
  return [
    ...(trouble ? [`  ! ${trouble.message}`, `    ${trouble.cure}`] : []),
    ...(blocked.length > 0
      ? [`  ! ${say('in trouble by themselves: {names}', { names: blocked.join(', ') })}`]
      : []),
    ...warnings.map((warning) => `  ! ${warning}`),
    ...(closed ? [`  ${say('closed until {time}: {reason}', closed)}`] : []),
  ].flatMap((line) => wrapped(line, terminal));
}

export const companyShow = cliCommand(
  'company show',
  'one company: where we are with it, and what its server says',
  { what: 'Shows a company; its server is asked.', operands: [company], options, more },
  async ({ operands: [code = ''], ...given }, surroundings) => {
    const { client, tell } = await conversation(given, surroundings);
    const answer = await client.ask('GET', apiPath('flexibee', code));
    return tell(companySchema, answer, (one, telling) => {
      const { say, terminal } = telling;
      const state = one.paused ? say('paused') : say(one.state);
      const lines = [
        `${one.code}: ${state} - ${one.description}`,
        ...detailLines(one, telling),
        ...one.failures.map(
          ({ evidence, procedure, message }) => `  ! ${evidence}: ${procedure}: ${message}`,
        ),
        ...Object.entries(one.evidences).flatMap(([evidence, { trouble }]) =>
          trouble === undefined
            ? []
            : [`  ! ${evidence}: ${trouble.message}`, `    ${trouble.cure}`],
        ),
      ].flatMap((line) => wrapped(line, terminal));
      return [...lines, ...troubleLines(one, telling)];
    });
  },
);

/** What the server lists and is not applied yet: open gaps, which `versions` counts too, may be nothing. */
const behindBy = ({ versions, gaps }: Details['lag']): number => Math.max(0, versions - gaps);

function detailLines(one: Details, { say, clock }: Telling): string[] {
  const { live, lag, version, reconciliation, stale, gaps } = one;
  const answer = live && 'error' in live ? live.error : String(live?.globalVersion ?? '-');
  const last = reconciliation.last;
  return [
    say('  server: {answer}; version in the journal: {version}', {
      answer,
      version: version ?? '-',
    }),
    say('  versions behind: {behind}, rows to be fetched: {stale}', {
      ...{ behind: behindBy(lag), stale },
    }),
    ...(gaps > 0
      ? [
          say(
            '  gaps in the versions that are asked for again for a while: {gaps}; nothing to do',
            {
              gaps,
            },
          ),
        ]
      : []),
    ...(last
      ? [
          say('  compared {time}: {records} records, {differences} corrected', {
            time: clock.moment(last.endedAt),
            records: last.compared,
            differences: last.differences,
          }),
        ]
      : []),
  ];
}

interface Request<T extends z.ZodType> {
  method: 'POST' | 'PUT';
  /** Below the company. */
  path: readonly string[];
  schema: T;
  inWords(answer: z.infer<T>, telling: Telling): string;
}

const asking = <T extends z.ZodType>(
  words: string,
  brief: string,
  what: string,
  { method, path, schema, inWords }: Request<T>,
) =>
  cliCommand(
    words,
    brief,
    { what, operands: [company], options, more },
    async ({ operands: [code = ''], ...given }, surroundings) => {
      const { client, tell } = await conversation(given, surroundings);
      const asked = { isSlow: method === 'PUT' };
      const answer = await client.ask(method, apiPath('flexibee', code, ...path), asked);
      return tell(schema, answer, (read, telling) =>
        wrapped(inWords(read, telling), telling.terminal),
      );
    },
  );

const queued = (action: string): Request<typeof queuedSchema> => ({
  ...{ method: 'POST', path: [action], schema: queuedSchema },
  inWords: ({ company }, { say }) =>
    say('It begins within seconds: syncboard company show {company}', { company }),
});
export const companyPoll = asking(
  'company poll',
  'poll a company now',
  'Has a company polled now.',
  queued('poll'),
);
export const companyReset = asking(
  'company reset',
  'load a company again from the beginning',
  'Loads a company again from the beginning, then follows it from there.',
  queued('reset'),
);
export const companyReconcile = asking(
  'company reconcile',
  'hold a company against its mirror',
  'Compares a company with its mirror record by record, and corrects what differs.',
  queued('reconcile'),
);

/** Its own server is asked, which takes its time. */
const changelog = (action: string): Request<typeof changelogSchema> => ({
  ...{ method: 'PUT', path: ['changes', action], schema: changelogSchema },
  inWords: ({ company, enabled }, { say }) =>
    `${company}: ${enabled ? say('it keeps a changelog') : say('it keeps no changelog')}`,
});
export const companyEnable = asking(
  'company enable',
  'turn on the changelog of a company',
  'Turns on the changelog of a company: nobody may be logged in to it.',
  changelog('enable'),
);
export const companyDisable = asking(
  'company disable',
  'turn off the changelog of a company',
  'Turns off the changelog of a company: it cannot be followed without.',
  changelog('disable'),
);
