import { useSignal } from '@preact/signals';
import { api } from '../../api/client.ts';
import { entityTitle } from '../../live/catalog.ts';
import { timeNow } from '../../live/clock.ts';
import { useLive } from '../../live/use-live.ts';
import { hrefOf } from '../../shell/router.ts';
import { duration, wholeMoment } from '../../text/format.ts';
import { say } from '../../text/say.ts';
import { Button } from '../../ui/button.tsx';
import { ScrollBox } from '../../ui/scroll-box.tsx';

const step = 12;
/** What was never synced has no age, and asks for nothing. */
const weights = { old: 0, fresh: 1, unknown: 2 } as const;

/** How old watched data are, of all entities or of one; what is old stands first. */
export function Ages({ name }: { name?: string }) {
  const most = useSignal(step);
  const live = useLive('ages', (how) => api.GET('/ages', how));
  const { data, refusal } = live.value;
  const ages = (data?.ages ?? [])
    .filter(({ entity }) => name === undefined || entity === name)
    .toSorted((a, b) => weights[a.state] - weights[b.state]);
  if (data !== undefined && ages.length === 0) return null;
  return (
    <section aria-busy={data === undefined && refusal === undefined}>
      <div class="heading">
        <h2>{say('history.ages')}</h2>
        <small>{say('history.agesMore')}</small>
      </div>
      {refusal !== undefined && <p class="refusal">{refusal.message}</p>}
      <ScrollBox class="sheet" label={say('history.ages')}>
        <table class="figures">
          <thead>
            <tr>
              <th scope="col">{say('history.entity')}</th>
              <th scope="col">{say('history.source')}</th>
              <th scope="col">{say('history.place')}</th>
              <th scope="col" class="number">
                {say('history.age')}
              </th>
              <th scope="col" class="number">
                {say('history.allowed')}
              </th>
              <th scope="col">{say('history.state')}</th>
            </tr>
          </thead>
          <tbody>
            {ages.slice(0, most.value).map(({ entity, code, place, ...age }) => (
              <tr key={`${entity} ${code} ${place}`}>
                <th scope="row">
                  <a href={hrefOf('history', [entity], { code })}>
                    <bdi>{entityTitle(entity)}</bdi>
                  </a>
                </th>
                <td>{code}</td>
                <td>{place}</td>
                <td class="number" title={age.readAt && wholeMoment(age.readAt)}>
                  {ageText(age)}
                </td>
                <td class="number quiet">{duration(age.maxAgeMs)}</td>
                <td class={age.state}>
                  {say(`history.age_${age.state}`)}
                  {age.error !== undefined && (
                    <small>
                      {' '}
                      <bdi>{age.error}</bdi>
                    </small>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
      {ages.length > most.value && (
        <Button
          kind="quiet"
          onClick={() => {
            most.value += 5 * step;
          }}
        >
          {say('runs.andMore', { count: ages.length - most.value })}
        </Button>
      )}
    </section>
  );
}

/** As it was read: `oldAt` is the moment from which on it is old, and `maxAgeMs` before that it was new. */
function ageText({ oldAt, maxAgeMs }: { oldAt?: string; maxAgeMs: number }): string {
  if (oldAt === undefined) return '';
  return duration(timeNow() - (Date.parse(oldAt) - maxAgeMs));
}
