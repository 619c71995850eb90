/** `syncboard health`: whether the app has what it needs. */

import { healthSchema } from '../../functions/shapes/runs.ts';
import type { HealthPart } from '../../shared/app/health/part.ts';
import { clientOptions } from '../client.ts';
import { cliCommand, jsonOption } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { conversation, type Telling } from '../tell.ts';
import { padTo, widthOf, wrapped } from '../terminal/text.ts';

/** Of an answer that says what fails. */
const failing = 503;

export const health = cliCommand(
  'health',
  'whether storage, databases, companies and all else that is needed answer',
  {
    what: 'Shows each part with its state, those that somebody should look at first; without a token the state alone.',
    options: { ...clientOptions, json: jsonOption },
    more: 'Exit codes: 0 all is well, 1 somebody should look, 2 wrong arguments, 4 the app does not answer.',
  },
  async ({ json, ...given }, surroundings) => {
    const { client, tell } = await conversation({ json, ...given }, surroundings);
    const answer = await client.ask('GET', 'health', { taken: failing });
    tell(healthSchema, answer, ({ state, parts = [] }, telling) => [
      telling.say(state),
      ...partLines(parts, telling),
    ]);
    return client.understood(healthSchema, answer).state === 'ok' ? exitCodes.ok : exitCodes.failed;
  },
);

function partLines(parts: readonly HealthPart[], { say, terminal }: Telling): string[] {
  const width = Math.max(0, ...parts.map(({ part }) => widthOf(part)));
  const rank = ({ state }: HealthPart) => ['failing', 'degraded', 'ok'].indexOf(state);
  const ordered = parts.toSorted((one, other) => rank(one) - rank(other));
  return ordered.flatMap(({ part, state, reason }) => {
    const mark = state === 'ok' ? ' ' : '!';
    const line = `${mark} ${padTo(part, width)}  ${say(state)}`;
    return [line, ...(reason === undefined ? [] : wrapped(`    ${reason}`, terminal))];
  });
}
