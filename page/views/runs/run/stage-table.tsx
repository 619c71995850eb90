import { useSignal } from '@preact/signals';
import { memo } from 'preact/compat';
import type { Run, RunProgress, Stage } from '../../../api/schema.d.ts';
import { now } from '../../../live/clock.ts';
import { hrefOf } from '../../../shell/router.ts';
import { duration, exactClock, monthNumbers, number, wholeMoment } from '../../../text/format.ts';
import { say } from '../../../text/say.ts';
import { Button } from '../../../ui/button.tsx';
import { isPrinted } from '../../../ui/printed.ts';
import { ScrollBox } from '../../../ui/scroll-box.tsx';
import { StateWord } from '../../../ui/state-word.tsx';
import { rowsText } from '../words.ts';
import { entityOf, type Moving, movingOf, stateNow, tookMs } from './stages-now.ts';

interface StageTableProps {
  run: Run;
  progress: RunProgress | undefined;
  chosen: string | undefined;
}

/** Drawn at once, and with each step: a night of fifteen sources has a thousand. */
const step = 60;
/** So much longer than the median, and by so much, is slow. */
const slowTimes = 2;
const slowMs = 5_000;

const shownWays = ['all', 'failed', 'running', 'slow'] as const;
type Shown = (typeof shownWays)[number];

export function StageTable({ run, progress, chosen }: StageTableProps) {
  const shown = useSignal<Shown>('all');
  const most = useSignal(step);
  const moving = movingOf(run, progress);
  const fits: Readonly<Record<Shown, (stage: Stage) => boolean>> = {
    all: () => true,
    failed: ({ state }) => state === 'failed' || state === 'interrupted' || state === 'skipped',
    running: (stage) => stateNow(stage, moving.get(stage.id)) === 'running',
    slow: isSlow,
  };
  const counts = shownWays.map((way) => [way, run.stages.filter(fits[way]).length] as const);
  const found = run.stages.filter(fits[shown.value]);
  const drawn = isPrinted.value ? found : found.slice(0, most.value);
  return (
    <section class="stage-table">
      <div class="heading">
        <h2>{say('runs.allStages')}</h2>
        <fieldset class="ways" aria-label={say('runs.show')}>
          {counts.map(([way, count]) => (
            <button
              key={way}
              type="button"
              class="way"
              aria-pressed={shown.value === way}
              disabled={count === 0 && shown.value !== way}
              onClick={() => {
                shown.value = way;
                most.value = step;
              }}
            >
              {say(`runs.show_${way}`)} <span class="quiet">{number(count)}</span>
            </button>
          ))}
        </fieldset>
      </div>
      <ScrollBox class="table sheet" label={say('runs.allStages')}>
        <table class="figures">
          <thead>
            <tr>
              <th scope="col">{say('runs.entity')}</th>
              <th scope="col">{say('runs.stage')}</th>
              <th scope="col">{say('runs.source')}</th>
              <th scope="col">{say('runs.server')}</th>
              <th scope="col">{say('runs.state')}</th>
              <th scope="col" class="number">
                {say('runs.begun')}
              </th>
              <th scope="col" class="number">
                {say('runs.took')}
              </th>
              <th scope="col" class="number">
                {say('runs.usual')}
              </th>
              <th scope="col" class="number">
                {say('runs.rows')}
              </th>
            </tr>
          </thead>
          <tbody>
            {drawn.map((stage) => (
              <StageRow
                key={stage.id}
                run={run.id}
                stage={stage}
                moving={moving.get(stage.id)}
                isChosen={stage.id === chosen}
              />
            ))}
          </tbody>
        </table>
      </ScrollBox>
      {found.length > drawn.length && (
        <Button
          kind="quiet"
          onClick={() => {
            most.value += 5 * step;
          }}
        >
          {say('runs.andMore', { count: found.length - drawn.length })}
        </Button>
      )}
    </section>
  );
}

function isSlow(stage: Stage): boolean {
  const took = tookMs(stage);
  if (took === undefined || stage.expectedMs === undefined) return false;
  return took > stage.expectedMs * slowTimes && took - stage.expectedMs > slowMs;
}

interface StageRowProps {
  run: string;
  stage: Stage;
  moving: Moving | undefined;
  isChosen: boolean;
}

const StageRow = memo(function StageRow({ run, stage, moving, isChosen }: StageRowProps) {
  const took = tookMs(stage);
  const [first] = stage.attempts;
  const state = stateNow(stage, moving);
  const begun = first?.startedAt ?? moving?.since;
  return (
    <tr class={isChosen ? 'chosen' : ''}>
      <th scope="row">
        <a
          href={hrefOf('runs', [run], { stage: stage.id })}
          {...(isChosen && { 'aria-current': 'true' as const })}
        >
          <bdi>{entityOf(stage)}</bdi>
        </a>
        {stage.period !== undefined && <span class="period">{monthNumbers(stage.period)}</span>}
      </th>
      <td>{stage.stage}</td>
      <td>{stage.code}</td>
      <td>{stage.server}</td>
      <td>
        <StateWord state={state} />
      </td>
      <td class="number">
        {begun !== undefined && (
          <time dateTime={begun} title={wholeMoment(begun)}>
            {exactClock(begun)}
          </time>
        )}
      </td>
      <td class={`number ${isSlow(stage) ? 'slow' : ''}`}>
        {took !== undefined && state !== 'running' ? (
          duration(took, 'narrow')
        ) : moving !== undefined ? (
          <Since at={moving.since} />
        ) : null}
      </td>
      <td class="number quiet">
        {stage.expectedMs !== undefined && duration(stage.expectedMs, 'narrow')}
      </td>
      <td class="number">{stage.rows !== undefined && rowsText(stage.rows)}</td>
    </tr>
  );
});

function Since({ at }: { at: string }) {
  return <>{duration(now.value - Date.parse(at), 'narrow')}</>;
}
