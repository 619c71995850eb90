import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { answered, api } from '../../../api/client.ts';
import type { Accepted, AskedCall, PlannedRun } from '../../../api/schema.d.ts';
import { reasonOf } from '../../../live/act.ts';
import { entityTitle } from '../../../live/catalog.ts';
import { asker, may } from '../../../session/session.ts';
import { duration, monthName } from '../../../text/format.ts';
import { say } from '../../../text/say.ts';
import { Button } from '../../../ui/button.tsx';
import { PlanDialog } from '../plan/plan-dialog.tsx';
import { StartedNote } from '../plan/started-note.tsx';
import { callsOf } from './calls.ts';
import { CellPanel } from './cell-panel.tsx';
import { conditionOf } from './condition.ts';
import { blocks as allBlocks, noteStarted, useMatrixData } from './data.ts';
import { Grid } from './grid.tsx';
import type { Slot } from './layout.ts';
import { chooseMonth, lastClosed, month, monthOf, months } from './months.ts';
import { chosen, chosenSlots, clear } from './selection.ts';

/** How long after the last change of the choice its plan is asked for. */
const settleMs = 250;
/** Of more cells the plan is asked for with the click alone: its answer has megabytes. */
const mostPlanned = 600;
const named = 3;

interface Opened {
  slot: Slot;
  cell: HTMLElement;
  byKeyboard: boolean;
}

/** All data: entities down, data sources across; choosing cells, and starting what is chosen. */
export function BoardMatrix() {
  const { known, isThere, refusal } = useMatrixData();
  const opened = useSignal<Opened | undefined>(undefined);
  const planning = useSignal<readonly Slot[] | undefined>(undefined);
  const accepted = useSignal<Accepted | undefined>(undefined);
  const blocks = allBlocks.value;
  const slots = useComputed(() => chosenSlots(allBlocks.value ?? [], chosen.value)).value;
  const section = useRef<HTMLElement>(null);

  const close = () => {
    if (opened.peek() !== undefined) opened.value = undefined;
  };
  const ended = (slotsOfRun: readonly Slot[]) => (started?: Accepted) => {
    planning.value = undefined;
    if (started === undefined) return;
    accepted.value = started;
    noteStarted(started.id, slotsOfRun);
    clear();
  };

  return (
    <section ref={section} class="board board-part" aria-labelledby="board-title">
      <div class="heading board-heading">
        <h2 id="board-title">{say('board.title')}</h2>
        <small>{say('board.about')}</small>
        <span class="grow" />
        <Legend />
        <MonthChoice />
        <StartButton
          slots={slots}
          open={() => {
            close();
            planning.value = slots;
          }}
        />
      </div>
      {accepted.value !== undefined && <StartedNote accepted={accepted.value} />}
      {refusal.value !== undefined && <p class="refusal">{refusal.value.message}</p>}
      {blocks === undefined || !isThere.value ? (
        <div class="matrix-box matrix-coming sheet" aria-busy="true" />
      ) : (
        <div class="matrix-boxes">
          {blocks.map((block, index) => (
            <Grid
              key={block.columns[0]?.code}
              blocks={blocks}
              index={index}
              known={known.value}
              open={(slot, cell, byKeyboard) => {
                opened.value = { slot, cell, byKeyboard };
              }}
              close={close}
            />
          ))}
        </div>
      )}
      {opened.value !== undefined && (
        <CellPanel
          key={opened.value.slot.key}
          {...opened.value}
          title={entityTitle(opened.value.slot.entity)}
          condition={conditionOf(known.value, opened.value.slot)}
          sync={() => {
            planning.value = opened.value && [opened.value.slot];
            close();
          }}
          close={close}
        />
      )}
      {planning.value !== undefined && (
        <SlotsPlan slots={planning.value} close={ended(planning.value)} />
      )}
    </section>
  );
}

function Legend() {
  return (
    <ul class="legend" aria-label={say('board.legend')}>
      {(['fresh', 'old', 'running', 'waiting', 'differs', 'failed'] as const).map((kind) => (
        <li key={kind}>
          <span class={`key ${kind}`} />
          {say(`board.${kind}`)}
        </li>
      ))}
    </ul>
  );
}

function MonthChoice() {
  const [current] = months.value;
  return (
    <select
      aria-label={say('board.month')}
      value={month.value}
      onChange={(event) => chooseMonth(event.currentTarget.value)}
    >
      {months.value.map((key) => {
        const text = monthName(monthOf(key));
        const isLast = key === lastClosed.value;
        return (
          <option key={key} value={key}>
            {isLast
              ? say('board.lastClosed', { month: text })
              : key === current
                ? say('board.currentMonth', { month: text })
                : text}
          </option>
        );
      })}
    </select>
  );
}

/** Says what it will do and how long that takes. */
function StartButton({ slots, open }: { slots: readonly Slot[]; open(): void }) {
  const calls = callsOf(allBlocks.value ?? [], slots, month.value);
  const { planned, refusal } = useQuietPlan(calls, slots.length);
  const isMine = may('run', [...new Set(slots.map(({ code }) => code))]);
  if (!may('run')) return null;
  const count = slots.length;
  const expectedMs = planned?.expectedMs ?? undefined;
  const text =
    count === 0
      ? say('board.chooseCells')
      : expectedMs === undefined
        ? say('board.sync', { count })
        : say('board.syncFor', { count, time: duration(expectedMs) });
  const why = isMine ? refusal : say('board.notYours');
  return (
    <span class="action">
      <Button kind="main" isBusy={count === 0 || !isMine} onClick={open}>
        {text}
      </Button>
      {count > 0 && why !== undefined && <span class="refusal">{why}</span>}
    </span>
  );
}

/** The plan of what is chosen, once that has not changed for a moment. */
function useQuietPlan(calls: readonly AskedCall[], count: number) {
  const planned = useSignal<PlannedRun | undefined>(undefined);
  const refusal = useSignal<string | undefined>(undefined);
  const key = JSON.stringify(calls);
  useEffect(() => {
    planned.value = undefined;
    refusal.value = undefined;
    if (count === 0 || count > mostPlanned) return undefined;
    const ended = new AbortController();
    const timer = setTimeout(async () => {
      try {
        planned.value = await planOf(calls, ended.signal);
      } catch (error) {
        if (!ended.signal.aborted) refusal.value = reasonOf(error);
      }
    }, settleMs);
    return () => {
      clearTimeout(timer);
      ended.abort();
    };
  }, [key]);
  return { planned: planned.value, refusal: refusal.value };
}

function planOf(calls: readonly AskedCall[], signal: AbortSignal): Promise<PlannedRun> {
  const body = { user: asker(), calls: [...calls] };
  return answered(
    api.POST('/runs', { params: { query: { dry: 'true' } }, body, signal }),
  ) as Promise<PlannedRun>;
}

function SlotsPlan({ slots, close }: { slots: readonly Slot[]; close(accepted?: Accepted): void }) {
  // Whatever becomes of the catalogue or the month meanwhile: what is planned is what is started.
  const [{ title, calls }] = useState(() => plannedOf(slots));
  return (
    <PlanDialog
      title={title}
      plan={(signal) => planOf(calls, signal)}
      start={(whenBusy, key) =>
        answered(
          api.POST('/runs', {
            params: { header: { 'Idempotency-Key': key } },
            body: { user: asker(), calls, whenBusy },
          }),
        ) as Promise<Accepted>
      }
      close={close}
    />
  );
}

function plannedOf(slots: readonly Slot[]): { title: string; calls: AskedCall[] } {
  const calls = callsOf(allBlocks.value ?? [], slots, month.value);
  const isDated = calls.some((call) => call.month !== undefined);
  const title = say(isDated ? 'board.planTitleDated' : 'board.planTitle', {
    names: listed(calls.map(({ name }) => entityTitle(name ?? ''))),
    codes: listed([...new Set(slots.map(({ code }) => code))]),
    month: month.value === undefined ? '' : monthName(monthOf(month.value)),
  });
  return { title, calls };
}

/** The first ones, and how many there are beside them. */
function listed(all: readonly string[]): string {
  if (all.length <= named) return all.join(', ');
  return say('board.andMore', { list: all.slice(0, named).join(', '), count: all.length - named });
}
