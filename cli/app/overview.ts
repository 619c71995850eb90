/** `syncboard overview`: is all well, and by which command is it mended? */

import { clientHelp, clientOf, clientOptions } from '../client.ts';
import { cliCommand, jsonOption, writeJson } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { clean } from '../terminal/text.ts';
import { inCommands } from './commands-of.ts';

export const overview = cliCommand(
  'overview',
  'is all well? What is wrong, and by which command it is mended',
  {
    what: 'Tells what is wrong now, the heaviest first, then schedules, servers and companies.',
    options: { ...clientOptions, json: jsonOption },
    more: clientHelp,
  },
  async ({ json, ...given }, surroundings) => {
    const { write } = surroundings;
    const client = await clientOf(given, surroundings);
    if (json) {
      writeJson(await client.ask('GET', 'overview'), surroundings);
      return exitCodes.ok;
    }
    const text = await client.page('overview', { tool: 'cli' });
    for (const line of inCommands(text).trimEnd().split('\n')) write(clean(line));
    return exitCodes.ok;
  },
);
