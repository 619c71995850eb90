import type { Run } from '../../../api/schema.d.ts';
import { exactClock, wholeMoment } from '../../../text/format.ts';
import { say } from '../../../text/say.ts';
import { told } from '../../../text/told.ts';

/** What happened to the run itself: taken over, recovered, cancelled by whom. */
export function Happened({ run: { log } }: { run: Run }) {
  if (log.length === 0) return null;
  return (
    <section>
      <h2 class="heading">{say('runs.happened')}</h2>
      <ol class="happened">
        {log.map(({ at, text }) => (
          <li key={`${at} ${text}`}>
            <time dateTime={at} title={wholeMoment(at)}>
              {exactClock(at)}
            </time>
            <bdi>{told(text)}</bdi>
          </li>
        ))}
      </ol>
    </section>
  );
}
