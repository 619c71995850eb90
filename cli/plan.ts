/** `syncboard plan`: the calls that a run would make, from the catalogue alone or by the app. */

import { plannedRunSchema } from '../functions/shapes/calls.ts';
import type { FieldError } from '../shared/faults/field-error.ts';
import { askedCall } from '../shared/sync/asked-call.ts';
import { periodLimits } from '../shared/sync/period.ts';
import { planStages } from '../shared/sync/plan.ts';
import type { Stage } from '../shared/sync/run.ts';
import { userOf } from './access.ts';
import { callText } from './call-text.ts';
import { callOptions, callsOf, type TypedCall, typedFault } from './calls.ts';
import { loadedCatalog } from './catalog/load.ts';
import { clientOptions } from './client.ts';
import { cliCommand, jsonOption, type Surroundings, writeJson } from './command.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { ofTypedCall, RefusalError } from './refusal.ts';
import { plannedLines } from './run/planned.ts';
import { readEnvironment } from './settings.ts';
import { conversation } from './tell.ts';

export const plan = cliCommand(
  'plan',
  'the calls that a run would make, from the catalogue alone',
  {
    what: 'Says which procedures a run would call, with what, in which order; asks nobody. With --url the app says what it would do, how long it takes and whose servers it needs.',
    operands: [
      { name: 'FILE', help: 'a catalogue, or a folder as of catalog check', isOptional: true },
    ],
    options: {
      ...callOptions,
      settings: { type: 'text', value: 'FILE', help: 'settings (local.settings.json)' },
      url: { type: 'text', value: 'URL', help: 'ask the app that is there' },
      'token-file': clientOptions['token-file'],
      json: jsonOption,
    },
    more: `Stages of different servers run side by side; which have ended before one begins stands behind it.
Exit codes: 0 planned, 1 the catalogue has faults, 2 wrong arguments; with --url 4 the app does not answer.`,
  },
  async ({ operands: [file], settings, json, url, 'token-file': tokenFile, ...asked }, around) => {
    if (url !== undefined)
      return await byApp({ url, 'token-file': tokenFile, json }, asked, around);
    const environment = await readEnvironment(settings, around);
    const { catalog } = await loadedCatalog(file, environment, around);
    const limits = periodLimits(catalog.periods, new Date());
    const checked = callsOf(asked).map((call) => askedCall(call, '', catalog, limits));
    const errors = checked.flatMap((one) => ('errors' in one ? one.errors : []));
    if (errors.length > 0) {
      const detail = 'No such run can be planned.';
      const faults = errors.map(ofCall).map(typedFault);
      throw new RefusalError(exitCodes.usage, { detail, errors: faults });
    }
    const calls = checked.flatMap((one) => ('call' in one ? one.call : []));
    const { stages } = planStages(catalog, calls);
    if (json) writeJson({ calls, stages }, around);
    else for (const line of linesOf(stages)) around.write(line);
    return exitCodes.ok;
  },
);

async function byApp(
  access: { url: string; 'token-file': string | undefined; json: boolean },
  typed: TypedCall,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const { client, tell } = await conversation(access, surroundings);
  const body = { user: await userOf(undefined, surroundings), calls: callsOf(typed) };
  const asked = { query: { dry: 'true' }, json: body };
  const answer = await client.ask('POST', 'runs', asked).catch(ofTypedCall);
  return tell(plannedRunSchema, answer, plannedLines);
}

/** Faults of a call by itself begin with the dot that stands behind its place among others. */
const ofCall = ({ field, message, ...fault }: FieldError): FieldError => ({
  ...fault,
  field: field.slice(1),
  message: message.startsWith(field) ? message.slice(1) : message,
});

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
