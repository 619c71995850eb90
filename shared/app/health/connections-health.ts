import { AbraGenError } from '../../abra-gen/errors.ts';
import type { DynsqlConnections } from '../connections/dynsql-connections.ts';
import { checkPart } from './check-part.ts';
import type { HealthPart } from './part.ts';

/** A list that is not older counts as an answer: looking at the health costs its server little. */
const maxAgeMs = 10_000;

/**
 * A line for each connection of ABRA Gen; databases have lines of their own. One that does not
 * answer stops nobody else.
 */
export function connectionsHealth(
  connections: DynsqlConnections,
  signal: AbortSignal,
): Promise<HealthPart[]> {
  const checks = connections.clients.map(async ([id, client]): Promise<HealthPart> => {
    let trouble: string | undefined;
    const ask = (bounded: AbortSignal) =>
      client.list(bounded, maxAgeMs).catch((error) => {
        if (error instanceof AbraGenError) trouble = error.kind;
        throw error;
      });
    const part = await checkPart(`connection ${id}`, ask, signal);
    if (part.state === 'ok') return part;
    return { ...part, state: 'degraded', ...(trouble !== undefined && { reason: trouble }) };
  });
  return Promise.all(checks);
}
