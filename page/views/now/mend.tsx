import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Accepted, RunProgress } from '../../api/schema.d.ts';
import { send, type WrittenRequest, writtenRequest } from '../../api/send.ts';
import { changes } from '../../live/overview.ts';
import { useProgress } from '../../live/use-progress.ts';
import { hasEnded } from '../../live/use-run.ts';
import { may } from '../../session/session.ts';
import { hrefOf } from '../../shell/router.ts';
import { say } from '../../text/say.ts';
import { ActionButton } from '../../ui/action-button.tsx';
import { ConfirmButton } from '../../ui/confirm-button.tsx';
import { StateWord } from '../../ui/state-word.tsx';
import { isThere, type Line } from './words.ts';

/** The cure of a line as a button, where whoever looks may do it; then what came of it. */
export function Mend({ line, title }: { line: Line; title: string }) {
  const started = useSignal<string | undefined>(undefined);
  const request = line.mend === undefined ? undefined : writtenRequest(line.mend);
  if (request === undefined || !may(roleFor(request))) return null;
  if (started.value !== undefined) {
    return (
      <Started
        id={started.value}
        line={line}
        title={title}
        came={() => {
          started.value = undefined;
        }}
      />
    );
  }
  const words = wordsFor(request);
  const act = async (key: string) => {
    const answer = await send(request, key);
    if (isAccepted(answer)) started.value = answer.id;
  };
  const same = { act, done: () => say('now.done', { what: words }), label: `${words}: ${title}` };
  return mustBeAsked(request) ? (
    <ConfirmButton
      {...same}
      question={`${title}: ${words}?`}
      yes={words}
      over={() => (isThere(line) ? undefined : say('now.lineGone'))}
    >
      {words}
    </ConfirmButton>
  ) : (
    <ActionButton {...same}>{words}</ActionButton>
  );
}

interface StartedProps {
  id: string;
  line: Line;
  /** Of the line. */
  title: string;
  /** It came to nothing: the line is there to be mended again. */
  came(): void;
}

/** The run that was started, and how far it is while it goes on. */
function Started({ id, line, title, came }: StartedProps) {
  const progress = useProgress(id);
  const isOver = progress !== undefined && hasEnded(progress);
  const isInVain = isOver && progress.state !== 'succeeded';
  const endedAt = useSignal(Number.POSITIVE_INFINITY);
  useEffect(() => {
    if (isOver) endedAt.value = changes.peek();
  }, [isOver]);
  // The line is still about the run before where nobody has looked since: its cure would be, too.
  const isKnown = line.run === id || changes.value > endedAt.value;
  useEffect(() => {
    if (isInVain && isKnown) came();
  }, [isInVain, isKnown]);
  const words = wordsOf(progress);
  return (
    <a class="button quiet" href={hrefOf('runs', [id])} aria-label={`${words}: ${title}`}>
      {isOver ? <StateWord state={progress.state} /> : words}
    </a>
  );
}

function wordsOf(progress: RunProgress | undefined): string {
  if (progress === undefined) return say('now.startedRun');
  const { state, stagesDone, stagesTotal } = progress;
  if (hasEnded(progress)) return say(`state.${state}`);
  return say('now.startedStages', { done: stagesDone, total: stagesTotal });
}

function isAccepted(answer: unknown): answer is Accepted {
  return typeof answer === 'object' && answer !== null && 'id' in answer && 'state' in answer;
}

const roleFor = ({ path }: WrittenRequest) =>
  path.startsWith('/closures') || path.endsWith('/changes/enable') ? 'admin' : 'run';

/** What stops something, or takes it away. */
function mustBeAsked({ method, path }: WrittenRequest): boolean {
  return path.endsWith('/cancel') || (method === 'DELETE' && path.startsWith('/schedules'));
}

function wordsFor({ method, path }: WrittenRequest): string {
  if (path.endsWith('/retry')) return say('now.retry');
  if (path.endsWith('/cancel')) return say('now.cancel');
  if (path.endsWith('/poll')) return say('now.poll');
  if (path.startsWith('/closures')) return say('now.openAgain');
  if (path.startsWith('/schedules')) return say('now.removeSchedule');
  if (path.endsWith('/changes/enable')) return say('now.enableChangelog');
  if (path.startsWith('/boards')) return say('now.runBoard');
  return method === 'POST' ? say('now.sync') : say('now.mend');
}
