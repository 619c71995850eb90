import type { Run, RunProgress } from '../../../api/schema.d.ts';
import { useRun } from '../../../live/use-run.ts';
import { hrefOf, refine } from '../../../shell/router.ts';
import { say } from '../../../text/say.ts';
import { Freshness } from './freshness.tsx';
import { Gantt } from './gantt.tsx';
import { Happened } from './happened.tsx';
import { Head } from './head.tsx';
import { RunLog } from './run-log.tsx';
import { StageDetail } from './stage-detail.tsx';
import { StageTable } from './stage-table.tsx';
import { movingOf } from './stages-now.ts';

/** One run; which of its stages is looked at is in the address. */
export function OneRun({ id, query }: { id: string; query: URLSearchParams }) {
  const followed = useRun(id);
  const { run, progress, refusal } = followed.value;
  return (
    <div class="view run" aria-busy={run === undefined && refusal === undefined}>
      <nav class="crumbs" aria-label={say('runs.way')}>
        <a href={hrefOf('runs')}>{say('shell.runs')}</a> / <bdi>{id}</bdi>
      </nav>
      {run === undefined ? (
        <section>
          <h1>{id}</h1>
          {refusal !== undefined && <p class="refusal">{refusal.message}</p>}
        </section>
      ) : (
        <Known run={run} progress={progress} asked={query.get('stage') ?? undefined} />
      )}
    </div>
  );
}

interface KnownProps {
  run: Run;
  progress: RunProgress | undefined;
  /** The stage in the address. */
  asked: string | undefined;
}

function Known({ run, progress, asked }: KnownProps) {
  // Whoever opens a run that failed looks for why.
  const [failed] = run.errors.flatMap(({ stage }) => stage ?? []);
  const chosen = run.stages.find(({ id }) => id === (asked ?? failed));
  const choose = (stage: string | undefined) => refine({ stage });
  return (
    <>
      <Head run={run} progress={progress} />
      <Gantt run={run} progress={progress} chosen={chosen?.id} choose={choose} />
      {chosen !== undefined && (
        <StageDetail run={run} stage={chosen} moving={movingOf(run, progress).get(chosen.id)} />
      )}
      <Freshness run={run} />
      <StageTable run={run} progress={progress} chosen={chosen?.id} />
      <Happened run={run} />
      <RunLog run={run} />
    </>
  );
}
