/** How a command tells what the app has answered: as it is, or in lines for people. */

import type { z } from 'zod';
import { type Client, clientOf, type GivenClient } from './client.ts';
import { type Surroundings, writeJson } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import type { Clock } from './terminal/times.ts';

export interface Telling extends Surroundings {
  /** The app's: times are shown by it, and read by it where one is typed. */
  clock: Clock;
}

type Lines<T> = (answer: T, telling: Telling) => Iterable<string>;

export interface Conversation {
  client: Client;
  /** @throws CliError for what no app of this version answers, where it is told in lines */
  tell<T extends z.ZodType>(schema: T, answer: unknown, lines: Lines<z.infer<T>>): 0;
}

/** @throws CliError for an address or a token that is none */
export async function conversation(
  { json, ...given }: GivenClient & { json: boolean },
  surroundings: Surroundings,
): Promise<Conversation> {
  const client = await clientOf(given, surroundings);
  return {
    client,
    tell: (schema, answer, lines) => {
      if (json) writeJson(answer, surroundings);
      else {
        const telling = { ...surroundings, clock: client.clock };
        const read = client.understood(schema, answer);
        for (const line of lines(read, telling)) surroundings.write(line);
      }
      return exitCodes.ok;
    },
  };
}
