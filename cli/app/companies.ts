/** `syncboard companies` and `syncboard company …`: FlexiBee companies. */

import type { z } from 'zod';
import {
  changelogSchema,
  companiesSchema,
  companySchema,
  queuedSchema,
} from '../../functions/shapes/companies.ts';
import { clientHelp, clientOf, clientOptions } from '../client.ts';
import { cliCommand, jsonOption, type Surroundings, writeJson } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { table } from '../terminal/table.ts';
import { clean, cutTo } from '../terminal/text.ts';
import { lengthText, momentText } from '../terminal/times.ts';

const options = { ...clientOptions, json: jsonOption };
const company = { name: 'COMPANY', help: 'the code of a company, as companies has it' };
const more = clientHelp;

type Summary = z.infer<typeof companiesSchema>['companies'][number];
type Details = z.infer<typeof companySchema>;

const path = (code: string, ...parts: string[]) =>
  ['flexibee', code, ...parts].map(encodeURIComponent).join('/');

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
  async ({ json, trouble, ...given }, surroundings) => {
    const { say, terminal, write } = surroundings;
    const client = await clientOf(given, surroundings);
    const answer = await client.askFor(companiesSchema, 'GET', 'flexibee');
    const found = answer.companies.filter((one) => !trouble || isOdd(one));
    if (json) {
      writeJson({ companies: found }, surroundings);
      return exitCodes.ok;
    }
    if (found.length === 0) write(say('No company fits.'));
    const head = ['company', 'state', 'versions behind', 'for', 'what'] as const;
    const rows = found.map(({ code, state, paused, lag, description }) => [
      code,
      paused ? say('paused') : say(state),
      String(lag.versions),
      lag.seconds > 0 ? lengthText(lag.seconds * 1_000, say) : '',
      description,
    ]);
    const lines =
      found.length === 0
        ? []
        : table([head.map((word) => say(word)), ...rows], terminal?.columns, [2]);
    for (const [index, line] of lines.entries()) {
      write(line);
      const one = found[index - 1];
      if (one !== undefined) for (const text of troubleLines(one, surroundings)) write(text);
    }
    return exitCodes.ok;
  },
);

const isOdd = ({ state, blocked, warnings, closure }: Summary) =>
  state === 'trouble' || blocked.length > 0 || warnings.length > 0 || closure !== undefined;

function troubleLines(one: Summary, { say, terminal }: Surroundings): string[] {
  const { trouble, blocked, warnings, closure } = one;
  return [
    ...(trouble ? [`  ! ${trouble.message}`, `    ${trouble.cure}`] : []),
    ...(blocked.length > 0
      ? [`  ! ${say('in trouble by themselves: {names}', { names: blocked.join(', ') })}`]
      : []),
    ...warnings.map((warning) => `  ! ${warning}`),
    ...(closure
      ? [
          `  ${say('closed until {time}: {reason}', { time: momentText(closure.until), reason: closure.reason })}`,
        ]
      : []),
  ].map((line) => (terminal === undefined ? clean(line) : cutTo(clean(line), terminal.columns)));
}

export const companyShow = cliCommand(
  'company show',
  'one company: where we are with it, and what its server says',
  { what: 'Shows a company; its server is asked.', operands: [company], options, more },
  async ({ operands: [code = ''], json, ...given }, surroundings) => {
    const { say, write } = surroundings;
    const client = await clientOf(given, surroundings);
    const answer = await client.ask('GET', path(code));
    if (json) {
      writeJson(answer, surroundings);
      return exitCodes.ok;
    }
    const one = client.understood(companySchema, answer);
    write(
      clean(`${one.code}: ${one.paused ? say('paused') : say(one.state)} - ${one.description}`),
    );
    for (const line of detailLines(one, surroundings)) write(clean(line));
    for (const line of troubleLines(one, surroundings)) write(line);
    for (const { evidence, procedure, message } of one.failures) {
      write(clean(`  ! ${evidence}: ${procedure}: ${message}`));
    }
    for (const [evidence, { trouble }] of Object.entries(one.evidences)) {
      if (trouble === undefined) continue;
      write(clean(`  ! ${evidence}: ${trouble.message}`));
      write(clean(`    ${trouble.cure}`));
    }
    return exitCodes.ok;
  },
);

function detailLines(one: Details, { say }: Surroundings): string[] {
  const { live, lag, version, reconciliation, stale, gaps } = one;
  const theirs = 'error' in live ? live.error : String(live.globalVersion);
  const last = reconciliation.last;
  return [
    say('  server: {answer}; version in the journal: {version}', {
      answer: theirs,
      version: version ?? '-',
    }),
    say('  versions behind: {versions}, open gaps: {gaps}, rows to be fetched: {stale}', {
      ...{ versions: lag.versions, gaps, stale },
    }),
    ...(last
      ? [
          say('  compared {time}: {records} records, {differences} corrected', {
            ...{
              time: momentText(last.endedAt),
              records: last.compared,
              differences: last.differences,
            },
          }),
        ]
      : []),
  ];
}

const asking = (words: string, brief: string, what: string, action: string) =>
  cliCommand(
    words,
    brief,
    { what, operands: [company], options, more },
    async ({ operands: [code = ''], json, ...given }, surroundings) => {
      const client = await clientOf(given, surroundings);
      const answer = await client.ask('POST', path(code, action));
      if (json) writeJson(answer, surroundings);
      else {
        const { company } = client.understood(queuedSchema, answer);
        const { say, write } = surroundings;
        write(say('It begins within seconds: syncboard company show {company}', { company }));
      }
      return exitCodes.ok;
    },
  );
export const companyPoll = asking(
  'company poll',
  'poll a company now',
  'Has a company polled now.',
  'poll',
);
export const companyReset = asking(
  'company reset',
  'load a company again from the beginning',
  'Loads a company again from the beginning, then follows it from there.',
  'reset',
);
export const companyReconcile = asking(
  'company reconcile',
  'hold a company against its mirror',
  'Compares a company with its mirror record by record, and corrects what differs.',
  'reconcile',
);

const changelog = (words: string, brief: string, what: string, action: string) =>
  cliCommand(
    words,
    brief,
    { what, operands: [company], options, more },
    async ({ operands: [code = ''], json, ...given }, surroundings) => {
      const client = await clientOf(given, surroundings);
      const answer = await client.ask('PUT', path(code, 'changes', action), { isSlow: true });
      if (json) writeJson(answer, surroundings);
      else {
        const { company, enabled } = client.understood(changelogSchema, answer);
        const { say, write } = surroundings;
        write(
          `${company}: ${enabled ? say('it keeps a changelog') : say('it keeps no changelog')}`,
        );
      }
      return exitCodes.ok;
    },
  );
export const companyEnable = changelog(
  'company enable',
  'turn on the changelog of a company',
  'Turns on the changelog of a company: nobody may be logged in to it.',
  'enable',
);
export const companyDisable = changelog(
  'company disable',
  'turn off the changelog of a company',
  'Turns off the changelog of a company: it cannot be followed without.',
  'disable',
);
