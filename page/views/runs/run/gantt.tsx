import { useComputed, useSignal } from '@preact/signals';
import { memo } from 'preact/compat';
import { useMemo, useRef } from 'preact/hooks';
import type { Run, RunProgress, Stage } from '../../../api/schema.d.ts';
import { now } from '../../../live/clock.ts';
import { hasEnded } from '../../../live/use-run.ts';
import { clock, duration, exactClock, moment } from '../../../text/format.ts';
import { say } from '../../../text/say.ts';
import { told } from '../../../text/told.ts';
import { toneOf } from '../../../ui/state-word.tsx';
import { criticalPath } from './critical.ts';
import { placeOf, type Scale, scaleOf, ticksOf } from './scale.ts';
import {
  entityOf,
  type Moving,
  movingOf,
  stageTitle,
  stateNow,
  type Times,
  timesOf,
} from './stages-now.ts';

interface GanttProps {
  run: Run;
  progress: RunProgress | undefined;
  chosen: string | undefined;
  choose(stage: string): void;
}

interface Drawn {
  stage: Stage;
  moving: Moving | undefined;
  times: Times;
}

interface Lane {
  server: string;
  /** Stages at once have rows of their own. */
  rows: Drawn[][];
}

/** Stages as bars, a lane for each server: arrows go from one to the next, Enter opens it. */
export function Gantt({ run, progress, chosen, choose }: GanttProps) {
  const moving = movingOf(run, progress);
  const lanes = useMemo(() => lanesOf(run.stages, moving), [run.stages, progress]);
  const critical = useMemo(
    () => (hasEnded(run) ? criticalPath(run.stages) : new Set<string>()),
    [run.stages],
  );
  const scale = useScale(run, progress);
  const active = useSignal<string | undefined>(undefined);
  const list = useRef<HTMLDivElement>(null);
  const here = active.value ?? chosen ?? lanes[0]?.rows[0]?.[0]?.stage.id;
  const go = (id: string | undefined) => {
    if (id === undefined) return;
    active.value = id;
    list.current?.querySelector(`#${CSS.escape(idOf(id))}`)?.scrollIntoView({ block: 'nearest' });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (here === undefined) return;
    if (event.key === 'Enter' || event.key === ' ') choose(here);
    else if (event.key in moves) go(moves[event.key]?.(lanes, here));
    else return;
    event.preventDefault();
  };
  const onClick = ({ target }: MouseEvent) => {
    const id = (target as Element).closest<HTMLElement>('[data-stage]')?.dataset['stage'];
    if (id === undefined) return;
    active.value = id;
    choose(id);
  };
  const shown = run.stages.find(({ id }) => id === here);
  return (
    <section>
      <div class="heading">
        <h2>{say('runs.stages')}</h2>
        <small>{say('runs.byServer')}</small>
        <small class="pointed" aria-hidden="true">
          {active.value !== undefined && shown !== undefined && (
            <bdi>{barText(shown, moving.get(shown.id))}</bdi>
          )}
        </small>
        <span class="grow" />
        {critical.size > 1 && <small class="legend critical">{say('runs.critical')}</small>}
      </div>
      <div class="gantt sheet">
        <Axis scale={scale} run={run} progress={progress} />
        {lanes.length === 0 ? (
          <p class="quiet">{say('runs.notBegun')}</p>
        ) : (
          <div
            class="lanes"
            ref={list}
            role="listbox"
            tabIndex={0}
            aria-label={say('runs.stagesByServer')}
            aria-activedescendant={here === undefined ? undefined : idOf(here)}
            onKeyDown={onKeyDown}
            onClick={onClick}
            onBlur={() => {
              active.value = undefined;
            }}
          >
            {lanes.map(({ server, rows }) => (
              // biome-ignore lint/a11y/useSemanticElements: in a fieldset Chromium takes no option for one
              <div key={server} role="group" class="lane" aria-label={server}>
                <b>
                  <bdi>{server}</bdi>
                </b>
                <div class="rows">
                  {rows.map((bars, row) => (
                    <div key={String(row)} class="track">
                      {bars.map(({ stage, moving: one, times }) => (
                        <Bar
                          key={stage.id}
                          stage={stage}
                          moving={one}
                          begun={times.begun}
                          ended={times.ended}
                          scale={scale}
                          isCritical={critical.has(stage.id)}
                          isChosen={stage.id === chosen}
                          isActive={stage.id === active.value}
                        />
                      ))}
                    </div>
                  ))}
                </div>
              </div>
            ))}
          </div>
        )}
      </div>
    </section>
  );
}

const idOf = (stage: string) => `bar-${stage}`;

function lanesOf(stages: readonly Stage[], moving: ReadonlyMap<string, Moving>): Lane[] {
  const drawn = stages.flatMap((stage): Drawn[] => {
    const state = stateNow(stage, moving.get(stage.id));
    const one = state === 'running' ? moving.get(stage.id) : undefined;
    const times = timesOf(stage, one);
    return times === undefined ? [] : [{ stage, moving: one, times }];
  });
  const servers = Map.groupBy(drawn, ({ stage }) => stage.server);
  return [...servers].map(([server, ones]) => ({ server, rows: rowsOf(ones) }));
}

/** In the order in which they began; into the first row that is free by then. */
function rowsOf(drawn: readonly Drawn[]): Drawn[][] {
  const rows: Drawn[][] = [];
  for (const one of drawn.toSorted((a, b) => a.times.begun - b.times.begun)) {
    const free = rows.find((row) => {
      const before = row.at(-1)?.times.ended;
      return before !== undefined && before <= one.times.begun;
    });
    if (free === undefined) rows.push([one]);
    else free.push(one);
  }
  return rows;
}

type Move = (lanes: readonly Lane[], from: string) => string | undefined;

const inOrder = ({ rows }: Lane) => rows.flat().toSorted((a, b) => a.times.begun - b.times.begun);

const along =
  (step: number): Move =>
  (lanes, from) => {
    for (const lane of lanes) {
      const bars = inOrder(lane);
      const place = bars.findIndex(({ stage }) => stage.id === from);
      if (place >= 0) return bars[place + step]?.stage.id;
    }
    return undefined;
  };

/** To the bar of another lane that stood at the same time. */
const across =
  (step: number): Move =>
  (lanes, from) => {
    const place = lanes.findIndex((lane) => inOrder(lane).some(({ stage }) => stage.id === from));
    const at = lanes[place] && inOrder(lanes[place]).find(({ stage }) => stage.id === from);
    const other = lanes[place + step];
    if (at === undefined || other === undefined) return undefined;
    const bars = inOrder(other);
    return (bars.findLast(({ times }) => times.begun <= at.times.begun) ?? bars[0])?.stage.id;
  };

const atEnd =
  (place: 0 | -1): Move =>
  (lanes, from) => {
    const lane = lanes.find((one) => inOrder(one).some(({ stage }) => stage.id === from));
    return lane && inOrder(lane).at(place)?.stage.id;
  };

const moves: Readonly<Record<string, Move>> = {
  ArrowRight: along(1),
  ArrowLeft: along(-1),
  ArrowDown: across(1),
  ArrowUp: across(-1),
  Home: atEnd(0),
  End: atEnd(-1),
};

/** It is another one only where something no longer fits. */
function useScale(run: Run, progress: RunProgress | undefined): Scale {
  const before = useRef<Scale | undefined>(undefined);
  const isGoingOn = !hasEnded(run);
  const begins = run.stages.flatMap(({ attempts: [first] }) => first?.startedAt ?? []);
  const from = Date.parse(begins.sort()[0] ?? run.startedAt ?? run.createdAt);
  const estimate = (progress ?? run.progress).estimate?.endsAt;
  const expected = (progress ?? run.progress).running.flatMap(({ endsAt }) => endsAt ?? []);
  const known = [run.endedAt, estimate, ...expected].flatMap((at) => (at ? Date.parse(at) : []));
  // Once a second it is looked whether what runs still fits.
  const overflow = useComputed(() => {
    const { to = 0 } = before.current ?? {};
    return isGoingOn && now.value > to ? now.value : 0;
  });
  const ended = run.stages.reduce((latest, { attempts }) => {
    const at = attempts.at(-1)?.endedAt;
    return at === undefined ? latest : Math.max(latest, Date.parse(at));
  }, from);
  const beyond = isGoingOn ? Math.max(overflow.value, now.peek()) : 0;
  before.current = scaleOf(from, Math.max(ended, beyond, ...known), isGoingOn, before.current);
  return before.current;
}

function Axis({ scale, run, progress }: { scale: Scale } & Pick<GanttProps, 'run' | 'progress'>) {
  const { at, step } = ticksOf(scale);
  const text = step < 60_000 ? exactClock : clock;
  const endsAt = hasEnded(run) ? undefined : (progress ?? run.progress).estimate?.endsAt;
  return (
    <div class="axis" aria-hidden="true">
      {at.map(
        (one) =>
          placeOf(scale, one) < lastTick && (
            <span key={one} class="tick" style={{ left: `${placeOf(scale, one)}%` }}>
              {text(one)}
            </span>
          ),
      )}
      {!hasEnded(run) && <NowMark scale={scale} endsAt={endsAt ?? undefined} />}
    </div>
  );
}

/** Alone drawn anew each second. */
function NowMark({ scale, endsAt }: { scale: Scale; endsAt: string | undefined }) {
  const end = endsAt === undefined ? 0 : Date.parse(endsAt);
  return (
    <>
      {end > now.value && <span class="expected" style={{ left: `${placeOf(scale, end)}%` }} />}
      <span class="now" style={{ left: `${placeOf(scale, now.value)}%` }}>
        {say('runs.now')}
      </span>
    </>
  );
}

/** Percent of the whole behind which a time has no room. */
const lastTick = 95;

interface BarProps extends Pick<Drawn, 'stage' | 'moving'>, Times {
  scale: Scale;
  isCritical: boolean;
  isChosen: boolean;
  isActive: boolean;
}

/** One that runs moves with the clock, up to its expected end and beyond. */
const Bar = memo(function Bar(props: BarProps) {
  const { stage, moving, begun, ended, scale, isCritical, isChosen, isActive } = props;
  const end = ended ?? Math.max(begun, now.value);
  const expected = moving?.endsAt === undefined ? end : Math.max(end, Date.parse(moving.endsAt));
  const left = placeOf(scale, begun);
  const width = placeOf(scale, expected) - left;
  const tone = toneOf(stateNow(stage, moving));
  const marks = [isCritical && 'critical', isChosen && 'chosen', isActive && 'active'];
  const text = barText(stage, moving);
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the listbox has the focus, and names this one
    <div
      id={idOf(stage.id)}
      class={['stage-bar', tone, ...marks].filter(Boolean).join(' ')}
      role="option"
      aria-selected={isChosen}
      aria-label={text}
      title={text}
      data-stage={stage.id}
      style={{ left: `${left}%`, width: `${width}%` }}
    >
      {ended === undefined && (
        <span
          class="done"
          style={{ width: `${((end - begun) / Math.max(1, expected - begun)) * 100}%` }}
        />
      )}
      {width > namedFrom && <bdi>{entityOf(stage)}</bdi>}
    </div>
  );
});

/** Percent of the whole from which on a name can be read. */
const namedFrom = 3;

function barText(stage: Stage, moving: Moving | undefined): string {
  const state = stateNow(stage, moving);
  const times = timesOf(stage, state === 'running' ? moving : undefined);
  const took = times?.ended === undefined ? [] : [duration(times.ended - times.begun)];
  const error = stage.error === undefined ? [] : [told(stage.error.message).slice(0, 120)];
  const { endsAt } = (state === 'running' && moving) || {};
  const until = endsAt === undefined ? [] : [say('runs.untilAbout', { time: moment(endsAt) })];
  return [stageTitle(stage), say(`state.${state}`), ...took, ...until, ...error].join(' · ');
}
