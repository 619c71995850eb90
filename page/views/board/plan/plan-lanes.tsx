import type { PlannedRun, PlannedStage } from '../../../api/schema.d.ts';
import { entityTitle } from '../../../live/catalog.ts';
import { duration } from '../../../text/format.ts';
import { say } from '../../../text/say.ts';

/** What the end waits for may be dozens of stages: these are named. */
const namedOfPath = 6;
/** Of a lane: what is behind it is counted. */
const mostBars = 400;

/** The stages of a plan as they would run: a lane a server, by the time; and what its end waits for. */
export function PlanLanes({ plan }: { plan: PlannedRun }) {
  const { stages, criticalPath, expectedMs } = plan;
  const critical = new Set(criticalPath);
  const begins = stages.flatMap(({ beginsAt }) => beginsAt ?? []).toSorted();
  const from = Date.parse(begins[0] ?? '');
  const whole = expectedMs ?? 0;
  const servers = Map.groupBy(stages, ({ server }) => server);
  const path = criticalPath.flatMap((id) => stages.find((stage) => stage.id === id) ?? []);
  return (
    <>
      <ul class="plan-lanes">
        {[...servers].map(([server, own]) => (
          <li key={server}>
            <b>{server}</b>
            <span class="quiet">{laneText(own)}</span>
            {whole > 0 && (
              <span class="plan-lane" aria-hidden="true">
                {own.slice(0, mostBars).map((stage) => (
                  <span
                    key={stage.id}
                    class={critical.has(stage.id) ? 'critical' : ''}
                    title={stageTitle(stage)}
                    style={placeOf(stage, from, whole)}
                  />
                ))}
              </span>
            )}
          </li>
        ))}
      </ul>
      {path.length > 1 && (
        <p class="plan-path">
          {say('board.criticalPath')} {path.slice(0, namedOfPath).map(stageTitle).join(' → ')}
          {path.length > namedOfPath &&
            ` … ${say('board.moreStages', { count: path.length - namedOfPath })}`}
        </p>
      )}
    </>
  );
}

function laneText(stages: readonly PlannedStage[]): string {
  const count = say('board.stages', { count: stages.length });
  const known = stages.flatMap(({ expectedMs = [] }) => expectedMs);
  if (known.length === 0) return count;
  return `${count} · ${duration(known.reduce((sum, one) => sum + one, 0))}`;
}

function stageTitle({ stage, entity, code, expectedMs }: PlannedStage): string {
  const parts = [entity === '*' ? '' : entityTitle(entity), stage, code ?? ''].filter(Boolean);
  const time = expectedMs === undefined ? '' : ` (${duration(expectedMs)})`;
  return `${parts.join(' · ')}${time}`;
}

/** In percent; at least something is seen of each. */
function placeOf({ beginsAt, expectedMs = 0 }: PlannedStage, from: number, whole: number) {
  if (beginsAt === undefined) return { display: 'none' };
  const left = ((Date.parse(beginsAt) - from) / whole) * 100;
  return { left: `${left}%`, width: `${(expectedMs / whole) * 100}%` };
}
