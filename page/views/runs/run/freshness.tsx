import { useSignal } from '@preact/signals';
import type { Run } from '../../../api/schema.d.ts';
import { entityTitle } from '../../../live/catalog.ts';
import { monthNumbers, number } from '../../../text/format.ts';
import { say } from '../../../text/say.ts';
import { Button } from '../../../ui/button.tsx';
import { ScrollBox } from '../../../ui/scroll-box.tsx';

type Reading = Run['freshness'][number];
type Check = NonNullable<Run['checks']>[number];

/** Drawn at once. */
const step = 12;

/** How new the data were before and after, and whether source, crude and heap have the same. */
export function Freshness({ run }: { run: Run }) {
  const most = useSignal(step);
  const { freshness, checks = [] } = run;
  const places = [...new Set(freshness.flatMap(placesOf))].sort(
    (a, b) => onTheWay(a) - onTheWay(b),
  );
  // Of entities of which neither is asked for there is nothing to tell.
  if (places.length === 0 && checks.length === 0) return null;
  const checksOf = Map.groupBy(checks, ({ entity, code }) => `${entity} ${code}`);
  // What differs stands first: it is what somebody looks for.
  const weight = ({ entity, code }: Reading) =>
    Math.max(0, ...(checksOf.get(`${entity} ${code}`) ?? []).map(weightOf));
  const rows = freshness.toSorted((a, b) => weight(b) - weight(a));
  return (
    <section class="freshness">
      <div class="heading">
        <h2>{say('runs.freshness')}</h2>
        <small>{say('runs.freshnessMore')}</small>
      </div>
      <ScrollBox class="table sheet" label={say('runs.freshness')}>
        <table class="figures">
          <thead>
            <tr>
              <th scope="col">{say('runs.entity')}</th>
              <th scope="col">{say('runs.source')}</th>
              {places.map((place) => (
                <th key={place} scope="col">
                  {place}
                </th>
              ))}
              {checks.length > 0 && <th scope="col">{say('runs.check')}</th>}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, most.value).map((reading) => (
              <tr key={`${reading.entity} ${reading.code}`}>
                <th scope="row">
                  <bdi>{entityTitle(reading.entity)}</bdi>
                </th>
                <td>{reading.code}</td>
                {places.map((place) => (
                  <td key={place}>
                    <Newest reading={reading} place={place} />
                  </td>
                ))}
                {checks.length > 0 && (
                  <td class="checks">
                    {checksOf.get(`${reading.entity} ${reading.code}`)?.map((check) => (
                      <Checked
                        key={`${check.check} ${JSON.stringify(check.period)}`}
                        check={check}
                      />
                    ))}
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
      {rows.length > most.value && (
        <Button
          kind="quiet"
          onClick={() => {
            most.value += 5 * step;
          }}
        >
          {say('runs.andMore', { count: rows.length - most.value })}
        </Button>
      )}
    </section>
  );
}

/** In the order in which rows come through them; others, which a catalogue may have, behind. */
const way = ['source', 'crude', 'heap'];
const onTheWay = (place: string) => (way.includes(place) ? way.indexOf(place) : way.length);

const notPlaces = new Set(['at', 'errors']);

function placesOf({ before, after }: Reading): string[] {
  return Object.keys({ ...before, ...after }).filter((name) => !notPlaces.has(name));
}

const weights = { agrees: 0, unknown: 1, differs: 2 } as const;
const weightOf = ({ result }: Check) => (result === undefined ? 0 : weights[result.state]);

function Newest({ reading: { before, after }, place }: { reading: Reading; place: string }) {
  const [was, is] = [before?.[place], after?.[place]];
  const shown = is ?? was;
  if (shown === undefined) {
    const [error] = [...(after?.errors ?? []), ...(before?.errors ?? [])];
    return error === undefined ? null : (
      <span class="quiet" title={error}>
        {say('runs.unread')}
      </span>
    );
  }
  if (shown === null) return <span class="quiet">–</span>;
  const isSame = is === was || is === undefined;
  return (
    <>
      <span class={isSame ? 'quiet' : ''}>{timestamp(shown)}</span>
      {!isSame && was && <small class="was"> {say('runs.was', { time: timestamp(was) })}</small>}
    </>
  );
}

/** To the minute, as the server wrote it: it says of no zone. */
const timestamp = (text: string) => text.replace('T', ' ').slice(0, 16);

function Checked({ check: { check, period, result } }: { check: Check }) {
  if (result === undefined) return <div class="quiet">{say('runs.notChecked')}</div>;
  const { state, differences = [], errors = [], more = 0 } = result;
  return (
    <div class={`checked ${state}`} title={check}>
      <b>{say(`runs.check_${state}`)}</b>
      {period !== undefined && <span class="period">{monthNumbers(period)}</span>}
      {differences.map(({ code, month, of, values }) => (
        <div key={`${code} ${month} ${of}`}>
          {of}:{' '}
          {Object.entries(values)
            .map(([place, value]) => `${place} ${digits(value)}`)
            .join(', ')}
        </div>
      ))}
      {more > 0 && <div>{say('runs.andMore', { count: more })}</div>}
      {errors.map((error) => (
        <div key={error} class="quiet">
          <bdi>{error}</bdi>
        </div>
      ))}
    </div>
  );
}

/** All digits of a decimal as the app tells it: a number of JavaScript would lose some. */
function digits(value: string): string {
  const [, sign, whole, rest] = /^(-?)(\d+)(\.\d+)?$/.exec(value) ?? [];
  if (whole === undefined) return value;
  const separator = number(0.5).replace(/\d/g, '');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, '\u202f');
  return `${sign}${grouped}${rest?.replace('.', separator) ?? ''}`;
}
