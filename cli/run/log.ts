/** `syncboard log`: what the procedures of a run said, letter by letter. */

import { setTimeout as sleep } from 'node:timers/promises';
import { runProgressSchema } from '../../functions/shapes/run-views.ts';
import { finalStates } from '../../shared/sync/run.ts';
import { type Client, clientHelp, clientOf, clientOptions } from '../client.ts';
import { cliCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { runOperand } from './watch.ts';

const pauseMs = 2_000;

export const log = cliCommand(
  'log',
  'what the procedures of a run said',
  {
    what: 'Writes the log of a run: time, stage, then | and what was said, or * and what is told of the stage.',
    operands: [runOperand],
    options: {
      stage: { type: 'text', value: 'STAGE', help: 'one stage: export:payment:0c10' },
      follow: { type: 'flag', help: 'go on until the run has ended' },
      ...clientOptions,
    },
    more: clientHelp,
  },
  async ({ operands: [id = ''], stage, follow, ...given }, { send, terminal, ...surroundings }) => {
    const { signal } = surroundings;
    const client = await clientOf(given, { send, terminal, ...surroundings });
    let from: string | undefined;
    for (;;) {
      // Asked first: what was said before the end is in the log afterwards.
      const isLast = !follow || (await isOver(client, id));
      const path = `runs/${encodeURIComponent(id)}/log`;
      const accept = { accept: 'text/plain, application/problem+json' };
      const response = await client.exchange('GET', path, {
        query: { stage, from },
        headers: accept,
      });
      const harmless = harmlessIn(terminal !== undefined);
      for await (const piece of client.pieces(response)) await send(harmless(piece));
      const [, next] = /[?&]from=(\d+)/.exec(response.headers.get('link') ?? '') ?? [];
      from = next ?? from;
      if (isLast) return exitCodes.ok;
      await sleep(pauseMs, undefined, { signal });
    }
  },
);

async function isOver(client: Client, id: string): Promise<boolean> {
  const query = { view: 'progress' };
  const path = `runs/${encodeURIComponent(id)}`;
  const { state } = await client.askFor(runProgressSchema, 'GET', path, { query });
  return finalStates.includes(state);
}

/** In a terminal nothing of it moves the cursor; a file gets it letter by letter. */
function harmlessIn(isTerminal: boolean): (piece: Uint8Array) => string | Uint8Array {
  if (!isTerminal) return (piece) => piece;
  const decoder = new TextDecoder();
  return (piece) => decoder.decode(piece, { stream: true }).replace(/[^\P{Cc}\n\t]/gu, ' ');
}
