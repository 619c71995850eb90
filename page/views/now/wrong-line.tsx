import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { now } from '../../live/clock.ts';
import { placeOfPath } from '../../shell/api-place.ts';
import { near, number, wholeMoment } from '../../text/format.ts';
import { say } from '../../text/say.ts';
import { Button } from '../../ui/button.tsx';
import { Acknowledge, EndAcknowledgement } from './acknowledge.tsx';
import { Cause } from './cause.tsx';
import { Mend } from './mend.tsx';
import { type Line, reasonIn, titleOf } from './words.ts';

const tones: Readonly<Record<Line['kind'], 'failed' | 'differs' | 'old' | 'calm'>> = {
  failed: 'failed',
  poison: 'failed',
  differs: 'differs',
  late: 'old',
  old: 'old',
  company: 'old',
  system: 'old',
  closed: 'calm',
};

/** Something that is wrong: who, what, since when, and its cure. */
export function WrongLine({ line }: { line: Line }) {
  const isOpen = useSignal(false);
  const cause = useId();
  const { kind, state, since, again, until, count, names = [], run, see, acknowledged } = line;
  const title = titleOf(line);
  const reason = reasonIn(line);
  const href = placeOfPath(see);
  const hasCause = kind === 'failed' && run !== undefined;
  const unnamed = (count ?? 0) - names.length;
  return (
    <li class={acknowledged ? 'known' : state === 'failing' ? 'failed' : tones[kind]}>
      <b class="clamped" title={title}>
        <bdi>{title}</bdi>
      </b>
      <span class="told">
        <span class="reason clamped" title={reason}>
          <bdi>{reason}</bdi>
        </span>
        <time dateTime={since} title={wholeMoment(since)}>
          {say('now.since', { at: near(since, now.value) })}
        </time>
        {again !== undefined && (
          <time class="again" dateTime={again.at} title={wholeMoment(again.at)}>
            {again.times === 1
              ? say('now.failedAgain', { at: near(again.at, now.value) })
              : say('now.failedAgainTimes', { count: again.times, at: near(again.at, now.value) })}
          </time>
        )}
        {until !== undefined && <span>{say('now.until', { at: near(until, now.value) })}</span>}
        {unnamed > 0 && <span>{say('now.andMore', { count: number(unnamed) })}</span>}
        {acknowledged && (
          <bdi class="acknowledged clamped" title={acknowledged.note}>
            {say('now.known', {
              until: near(acknowledged.until, now.value),
              note: acknowledged.note,
              user: acknowledged.user ?? '',
            })}
          </bdi>
        )}
      </span>
      <span class="buttons">
        {hasCause && (
          <Button
            kind="quiet"
            aria-expanded={isOpen.value}
            aria-controls={cause}
            aria-label={`${say('now.cause')}: ${title}`}
            onClick={() => {
              isOpen.value = !isOpen.value;
            }}
          >
            {say('now.cause')}
          </Button>
        )}
        {line.troubles !== undefined &&
          (acknowledged ? (
            <EndAcknowledgement line={line} title={title} />
          ) : (
            <Acknowledge line={line} title={title} />
          ))}
        <Mend line={line} title={title} />
        {href !== undefined && (
          <a class="button quiet" href={href} aria-label={`${say('now.open')}: ${title}`}>
            {say('now.open')}
          </a>
        )}
      </span>
      {hasCause && isOpen.value && <Cause id={cause} run={run} />}
    </li>
  );
}
