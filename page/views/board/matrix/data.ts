/** What the matrix shows of the app, and what was just started and is not in it yet. */

import { computed, type ReadonlySignal, signal, useComputed } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { Refusal } from '../../../api/client.ts';
import { api } from '../../../api/client.ts';
import type { ActiveCell, Companies } from '../../../api/schema.d.ts';
import { catalog } from '../../../live/catalog.ts';
import { overview } from '../../../live/overview.ts';
import { type Pace, useLive } from '../../../live/use-live.ts';
import { type Known, knownOf } from './condition.ts';
import { type Block, blocksOf } from './layout.ts';

/** Each is a document that the app reads: of more the grid does not tell how far behind they are. */
const mostFollowed = 100;
/** Cells tell of minutes. */
const lagTurnMs = 60_000;

const followedPace: Pace<Companies> = {
  // Until the overview was read nobody knows how many there are.
  pauseMs: (data) => (data?.companies.length ? lagTurnMs : 0),
  everyMs: lagTurnMs,
};

type How = Parameters<Parameters<typeof useLive<Companies>>[1]>[0];

async function askFollowed(how: How): ReturnType<Parameters<typeof useLive<Companies>>[1]> {
  const total = overview.peek()?.companies.total ?? 0;
  if (total > 0 && total <= mostFollowed) return await api.GET('/flexibee', how);
  return { data: { companies: [] }, response: new Response() };
}

/** Undefined until the catalogue was read. */
export const blocks = computed<Block[] | undefined>(() => catalog.value && blocksOf(catalog.value));

/** So long an answer may be one of before the start. */
const lagMs = 4_000;

/** Cells of runs that were started here: shown as waiting until the app tells of them. */
const started = signal<readonly ActiveCell[]>([]);

/** @param slots of which the run is, by entity and source */
export function noteStarted(run: string, slots: readonly { entity: string; code: string }[]): void {
  const noted = slots.map(({ entity, code }) => ({
    ...{ entity, code, run, state: 'waiting' as const, stagesDone: 0, stagesTotal: 1 },
  }));
  started.value = [...started.value, ...noted];
  setTimeout(() => {
    started.value = started.value.filter((one) => one.run !== run);
  }, lagMs);
}

export interface MatrixData {
  known: ReadonlySignal<Known>;
  isThere: ReadonlySignal<boolean>;
  refusal: ReadonlySignal<Refusal | undefined>;
}

export function useMatrixData(): MatrixData {
  const cells = useLive('cells', (how) => api.GET('/overview/cells', how));
  const active = useLive('active', (how) => api.GET('/overview/cells/active', how));
  const ages = useLive('ages', (how) => api.GET('/ages', how));
  const companies = useLive('followed', askFollowed, followedPace);
  const known = useComputed(() => {
    const told = active.value.data?.cells ?? [];
    const runs = new Set(told.map(({ run }) => run));
    const untold = started.value.filter(({ run }) => !runs.has(run));
    return knownOf(cells.value.data, [...untold, ...told], ages.value.data, companies.value.data);
  });
  const isThere = useComputed(() => cells.value.data !== undefined);
  const refusal = useComputed(() => cells.value.refusal ?? active.value.refusal);
  return useMemo(() => ({ known, isThere, refusal }), [known, isThere, refusal]);
}
