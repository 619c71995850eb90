/** What the matrix shows of the app, and what was just started and is not in it yet. */

import { computed, type ReadonlySignal, signal, useComputed } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { Refusal } from '../../../api/client.ts';
import { api } from '../../../api/client.ts';
import type { ActiveCell } from '../../../api/schema.d.ts';
import { catalog } from '../../../live/catalog.ts';
import { useLive } from '../../../live/use-live.ts';
import { type Known, knownOf } from './condition.ts';
import { type Block, blocksOf } from './layout.ts';

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
  const known = useComputed(() => {
    const told = active.value.data?.cells ?? [];
    const runs = new Set(told.map(({ run }) => run));
    const untold = started.value.filter(({ run }) => !runs.has(run));
    return knownOf(cells.value.data, [...untold, ...told], ages.value.data);
  });
  const isThere = useComputed(() => cells.value.data !== undefined);
  const refusal = useComputed(() => cells.value.refusal ?? active.value.refusal);
  return useMemo(() => ({ known, isThere, refusal }), [known, isThere, refusal]);
}
