/** `syncboard plan`: the calls that a run would make, from the catalogue alone. */

import { wholeNumber } from '../shared/command-line/options.ts';
import { askedCall } from '../shared/sync/asked-call.ts';
import { periodLimits } from '../shared/sync/period.ts';
import { planStages } from '../shared/sync/plan.ts';
import type { Stage } from '../shared/sync/run.ts';
import { callText } from './call-text.ts';
import { loadedCatalog } from './catalog/load.ts';
import { cliCommand, jsonOption } from './command.ts';
import { CliError, exitCodes } from './exit-codes.ts';
import { readEnvironment } from './settings.ts';

export const plan = cliCommand(
  'plan',
  'the calls that a run would make, from the catalogue alone',
  {
    what: 'Says which procedures a run would call, with what, in which order; asks nobody.',
    operands: [
      { name: 'FILE', help: 'a catalogue, or a folder as of catalog check', isOptional: true },
    ],
    options: {
      code: { type: 'text', value: 'CODES', help: 'data sources: 0c10,stek' },
      name: { type: 'text', value: 'ENTITY', help: 'one entity; without it whole data sources' },
      month: wholeNumber('the month; 0 the current one, -1 the one before', -1_200, 12),
      year: wholeNumber('its year, for a month from 1 to 12', 1_000, 9_999),
      months: { type: 'text', value: 'FROM..TO', help: 'months: 2026-01..2026-03, -2..0' },
      settings: { type: 'text', value: 'FILE', help: 'settings (local.settings.json)' },
      json: jsonOption,
    },
    more: `Stages of different servers run side by side; which have ended before one begins stands behind it.
Exit codes: 0 planned, 1 the catalogue has faults, 2 wrong arguments.`,
  },
  async ({ operands: [file], settings, json, ...asked }, surroundings) => {
    const environment = await readEnvironment(settings, surroundings);
    const { catalog } = await loadedCatalog(file, environment, surroundings);
    const { code = '', name, month, year, months } = asked;
    const call = askedCall(
      {
        code: code.split(',').map((one) => one.trim()),
        ...{ name, month, year },
        ...(months !== undefined && { months: months.split('..').map(monthOf) }),
      },
      '',
      catalog,
      periodLimits(catalog.periods, new Date()),
    );
    if ('errors' in call) {
      const faults = call.errors.map(({ field, message, allowed }) => {
        const own = message.replaceAll(field, option(field));
        return own.includes(allowed) ? own : `${own}; use ${allowed}`;
      });
      throw new CliError(exitCodes.usage, faults.join('\n'));
    }
    const { stages } = planStages(catalog, [call.call]);
    if (json) surroundings.write(JSON.stringify({ call: call.call, stages }, undefined, 2));
    else for (const line of linesOf(stages)) surroundings.write(line);
    return exitCodes.ok;
  },
);

/** `.months[0]` is the first of `--months`. */
const option = (field: string) => `--${field.replace(/^\./, '').replace(/\[\d+\].*$/, '')}`;

function monthOf(text: string): unknown {
  const [, year, month] = /^\s*(\d{4})-(\d\d?)\s*$/.exec(text) ?? [];
  if (year !== undefined) return { month: Number(month), year: Number(year) };
  return /^\s*-?\d+\s*$/.test(text) ? Number(text) : text;
}

function linesOf(stages: readonly Stage[]): string[] {
  const places = new Map(stages.map(({ id }, index) => [id, index + 1]));
  const width = Math.max(0, ...stages.map(({ id }) => id.length));
  const lines = stages.map((stage, index) => {
    const { id, server, database, needs, anyOf = [] } = stage;
    const after = [...needs, ...anyOf].map((other) => places.get(other));
    const waits = after.length > 0 ? ` -- after ${after.join(', ')}` : '';
    return `${String(index + 1).padStart(3)} ${id.padEnd(width)}  ${server}/${database}: ${callText(stage)}${waits}`;
  });
  const servers = new Set(stages.map(({ server }) => server)).size;
  return [...lines, `${stages.length} calls on ${servers} ${servers === 1 ? 'server' : 'servers'}`];
}
