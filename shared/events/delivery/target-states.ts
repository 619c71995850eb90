/** How targets are doing: `state/targets.json`, written by whoever delivers, when it changes. */

import type { ContainerClient } from '@azure/storage-blob';
import { z } from 'zod';
import { instantSchema } from '../../storage/instant.ts';
import { ListDocument } from '../../storage/list-document.ts';
import type { Tell } from '../../storage/tell.ts';

export const targetStateSchema = z
  .object({
    name: z.string(),
    failingSince: instantSchema
      .exactOptional()
      .meta({ description: 'The first of the attempts in a row that have failed' }),
    error: z.string().exactOptional().meta({ description: 'Why the latest of them failed' }),
    deliveredAt: instantSchema.exactOptional().meta({ description: 'The latest that it took' }),
    givenUp: z
      .object({ count: z.int(), latestAt: instantSchema })
      .exactOptional()
      .meta({ description: 'Events that it will not hear of, until a test of it succeeds' }),
  })
  .meta({ id: 'TargetState' });
export type TargetState = z.infer<typeof targetStateSchema>;

/** What an attempt has shown of a target. */
export interface Shown {
  target: string;
  isTaken: boolean;
  error?: string | undefined;
  isGivenUp: boolean;
  at: Date;
}

const form = {
  name: 'targets',
  schema: targetStateSchema,
  version: 1,
  meaning: 'nothing is known of targets until they are sent something',
};

export class TargetStates {
  readonly #document: ListDocument<TargetState>;

  constructor(container: ContainerClient, tell?: Tell) {
    this.#document = new ListDocument(container, form, tell);
  }

  /** @throws DocumentNewerError, or storage's error */
  read(signal: AbortSignal): Promise<readonly TargetState[]> {
    return this.#document.read(signal);
  }

  /** @param names targets that there are; others are forgotten */
  async note(shown: readonly Shown[], names: readonly string[], signal: AbortSignal) {
    if (shown.length === 0) return;
    await this.#document.update(
      (known) => shown.reduce(noted, known).filter(({ name }) => names.includes(name)),
      signal,
    );
  }

  /** Somebody has looked: what was given up is told no more. */
  async forgive(name: string, signal: AbortSignal): Promise<void> {
    const isMarked = (one: TargetState) => one.name === name && one.givenUp !== undefined;
    await this.#document.update((known) => {
      if (!known.some(isMarked)) return known;
      return known.map(({ givenUp, ...rest }) =>
        rest.name === name || givenUp === undefined ? rest : { ...rest, givenUp },
      );
    }, signal);
  }
}

export function noted(known: readonly TargetState[], shown: Shown): readonly TargetState[] {
  const { target, isTaken, error, isGivenUp } = shown;
  const at = shown.at.toISOString();
  const before = known.find(({ name }) => name === target) ?? { name: target };
  const { failingSince, error: _, givenUp, ...rest } = before;
  const lost = isGivenUp ? { count: (givenUp?.count ?? 0) + 1, latestAt: at } : givenUp;
  const state: TargetState = {
    ...rest,
    ...(isTaken
      ? { deliveredAt: at }
      : { failingSince: failingSince ?? at, ...(error !== undefined && { error }) }),
    ...(lost && { givenUp: lost }),
  };
  return [...known.filter(({ name }) => name !== target), state];
}
