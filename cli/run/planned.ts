/** What the app would do, for people. */

import type { z } from 'zod';
import type { plannedRunSchema } from '../../functions/shapes/calls.ts';
import type { Surroundings } from '../command.ts';
import { table } from '../terminal/table.ts';
import { lengthText } from '../terminal/times.ts';

type Planned = z.infer<typeof plannedRunSchema>;

export function plannedLines(
  planned: Planned,
  { say, terminal }: Pick<Surroundings, 'say' | 'terminal'>,
): string[] {
  const { stages, expectedMs, unknownStages, criticalPath, servers, exclusives } = planned;
  const length = (ms: number | null | undefined) =>
    typeof ms === 'number' ? lengthText(ms, say) : '?';
  const rows = stages.map(({ id, server, expectedMs: own }, index) => [
    ...[String(index + 1), id, server, length(own)],
    criticalPath.includes(id) ? '*' : '',
  ]);
  const head = ['', say('stage'), say('server'), say('usually'), ''];
  const held = [...servers.map(({ server, ...rest }) => ({ name: server, ...rest })), ...exclusives]
    .filter(({ isFree }) => !isFree)
    .map(({ name, run }) => say('{name} is not free: run {run} has it', { name, run: run ?? '?' }));
  return [
    ...table([head, ...rows], terminal?.columns, [0, 3]),
    say('{count} stages, usually {length} in all', {
      count: stages.length,
      length: length(expectedMs),
    }),
    ...(criticalPath.length > 0 ? [say('*: the end waits for these')] : []),
    ...(unknownStages > 0
      ? [say('{count} stages were never measured: they count as nothing', { count: unknownStages })]
      : []),
    ...held,
    say('Nothing was started.'),
  ];
}
