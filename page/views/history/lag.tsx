import { api } from '../../api/client.ts';
import { now } from '../../live/clock.ts';
import { useLive } from '../../live/use-live.ts';
import { hrefOf } from '../../shell/router.ts';
import { duration, number, wholeMoment } from '../../text/format.ts';
import { say } from '../../text/say.ts';
import { ScrollBox } from '../../ui/scroll-box.tsx';
import { behind } from '../companies/words.ts';

/** For how long, and by how much, each company is behind its server; the farthest first. */
export function Lag() {
  const live = useLive('companies', (how) => api.GET('/flexibee', how));
  const { data, refusal } = live.value;
  const companies = data?.companies.toSorted((a, b) => b.lag.seconds - a.lag.seconds) ?? [];
  if (data !== undefined && companies.length === 0) return null;
  return (
    <section aria-busy={data === undefined && refusal === undefined}>
      <h2 class="heading">{say('history.lag')}</h2>
      {refusal !== undefined && <p class="refusal">{refusal.message}</p>}
      <ScrollBox class="sheet" label={say('history.lag')}>
        <table class="figures">
          <thead>
            <tr>
              <th scope="col">{say('history.company')}</th>
              <th scope="col" class="number">
                {say('history.behind')}
              </th>
              <th scope="col" class="number">
                {say('history.versions')}
              </th>
              <th scope="col" class="number">
                {say('history.applied')}
              </th>
              <th scope="col">{say('history.trouble')}</th>
            </tr>
          </thead>
          <tbody>
            {companies.map(({ code, description, lag, appliedAt, trouble }) => (
              <tr key={code}>
                <th scope="row">
                  <a href={hrefOf('companies', [code])}>
                    <bdi>{description || code}</bdi>
                  </a>
                </th>
                <td class={`number ${trouble === undefined ? '' : 'failed'}`}>
                  {duration(lag.seconds * 1_000)}
                </td>
                <td class="number">{number(behind({ lag }))}</td>
                <td class="number">
                  {appliedAt !== undefined && (
                    <time dateTime={appliedAt} title={wholeMoment(appliedAt)}>
                      {say('history.ago', {
                        time: duration(now.peek() - Date.parse(appliedAt)),
                      })}
                    </time>
                  )}
                </td>
                <td class="failed">
                  <bdi>{trouble?.message}</bdi>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
    </section>
  );
}
