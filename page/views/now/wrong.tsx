import { useEffect, useRef } from 'preact/hooks';
import type { Overview } from '../../api/schema.d.ts';
import { now } from '../../live/clock.ts';
import { announce } from '../../shell/announce.ts';
import { clock, near, weekday } from '../../text/format.ts';
import { say } from '../../text/say.ts';
import { keyOf } from './words.ts';
import { WrongLine } from './wrong-line.tsx';

/** What is wrong now, the heaviest first; or that all is well, and what comes next. */
export function Wrong({ overview }: { overview: Overview }) {
  const { wrong, more = 0 } = overview;
  const worries = wrong.filter(({ kind, acknowledged }) => kind !== 'closed' && !acknowledged);
  const count = worries.length + more;
  const words = count === 0 ? say('now.well') : say('now.wrong', { count });
  useTold(count, words);
  return (
    <section class="wrong" aria-labelledby="wrong">
      <div class="heading">
        <h1 id="wrong">{words}</h1>
        <small>
          {weekday(now.value)}, {clock(now.value)}
          <Lately overview={overview} />
        </small>
      </div>
      <Notes overview={overview} />
      {wrong.length > 0 && (
        <ul class="sheet">
          {wrong.map((line) => (
            <WrongLine key={keyOf(line)} line={line} />
          ))}
        </ul>
      )}
      {more > 0 && <p class="quiet">{say('now.more', { count: more })}</p>}
    </section>
  );
}

/** That it has become more or less is told to whoever listens; how it is, is read. */
function useTold(count: number, words: string): void {
  const before = useRef(count);
  useEffect(() => {
    if (before.current !== count) announce(words);
    before.current = count;
  }, [count]);
}

/** How the latest schedule ended; one that is switched off is nobody's morning. */
function Lately({ overview: { schedules } }: { overview: Overview }) {
  const ended = schedules
    .flatMap(({ name, enabled, last }) =>
      enabled && last?.endedAt !== undefined ? { name, at: last.endedAt } : [],
    )
    .sort((one, other) => (one.at < other.at ? 1 : -1))[0];
  return ended && <> · {say('now.ended', { name: ended.name, at: near(ended.at, now.value) })}</>;
}

/** What of all this is not as it is now. */
function Notes({ overview: { staleSince, unread, rebuilding } }: { overview: Overview }) {
  const parts = unread?.map((part) => say(`now.part_${part}`)).join(', ');
  return (
    <>
      {staleSince !== undefined && (
        <p class="note">{say('now.stale', { at: near(staleSince, now.value) })}</p>
      )}
      {parts !== undefined && <p class="note">{say('now.unread', { parts })}</p>}
      {rebuilding && <p class="quiet">{say('now.rebuilding')}</p>}
    </>
  );
}
