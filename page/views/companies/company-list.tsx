import { api } from '../../api/client.ts';
import type { CompanySummary } from '../../api/schema.d.ts';
import { now } from '../../live/clock.ts';
import { useLive } from '../../live/use-live.ts';
import { hrefOf } from '../../shell/router.ts';
import { duration, number, wholeMoment } from '../../text/format.ts';
import { say } from '../../text/say.ts';
import { ScrollBox } from '../../ui/scroll-box.tsx';
import { CureButton } from './actions.tsx';
import { behind, cureOf, troubleText, wordOf } from './words.ts';

/** For so long one that is read of storage takes: a thousand are asked for three times a minute. */
const msPerCompany = 20;

/** Every company in a line: its state, how far it is behind, its trouble with the cure. */
export function CompanyList() {
  const live = useLive('companies', (how) => api.GET('/flexibee', how), {
    pauseMs: (data) => (data?.companies.length ?? 0) * msPerCompany,
  });
  const { data, refusal } = live.value;
  // What needs somebody comes first.
  const companies = data?.companies.toSorted((one, other) => weight(other) - weight(one));
  return (
    <div class="view companies" aria-busy={data === undefined && refusal === undefined}>
      <div class="heading">
        <h1>{say('shell.companies')}</h1>
        {companies !== undefined && <Counts companies={companies} />}
      </div>
      {refusal !== undefined && <p class="refusal">{refusal.message}</p>}
      {companies?.length === 0 && <p class="quiet">{say('companies.none')}</p>}
      {companies !== undefined && companies.length > 0 && (
        <ScrollBox class="sheet scroll" label={say('companies.all')}>
          <table class="lines">
            <thead>
              <tr>
                <th scope="col">{say('companies.company')}</th>
                <th scope="col">{say('companies.state')}</th>
                <th scope="col" class="number">
                  {say('companies.version')}
                </th>
                <th scope="col" class="number">
                  {say('companies.behind')}
                </th>
                <th scope="col" class="number">
                  {say('companies.applied')}
                </th>
              </tr>
            </thead>
            <tbody>
              {companies.map((one) => (
                <Line key={one.code} company={one} />
              ))}
            </tbody>
          </table>
        </ScrollBox>
      )}
    </div>
  );
}

const weight = ({ trouble, blocked, paused, closure }: CompanySummary) => {
  if (trouble !== undefined && !paused && closure === undefined) return 2;
  return blocked.length > 0 ? 1 : 0;
};

function Counts({ companies }: { companies: readonly CompanySummary[] }) {
  const wrong = companies.filter((one) => weight(one) > 0).length;
  const followed = companies.filter(({ state, paused }) => state === 'following' && !paused).length;
  return (
    <small>
      {say('companies.followedOf', { followed, count: companies.length })}
      {wrong > 0 && ` · ${say('companies.wrong', { count: wrong })}`}
    </small>
  );
}

function Line({ company }: { company: CompanySummary }) {
  const { code, description, version, appliedAt, trouble, paused } = company;
  const { tone, text } = wordOf(company, now.value);
  const cure = trouble && !paused ? cureOf(trouble.kind) : undefined;
  return (
    <tr class={tone}>
      <th scope="row">
        <a href={hrefOf('companies', [code])}>{description}</a>
        <code>{code}</code>
      </th>
      <td class="standing">
        <span class={`word ${tone}`}>{text}</span>
        {trouble !== undefined && (
          <span class="why" title={trouble.message}>
            {troubleText(trouble.kind)}
          </span>
        )}
        {cure && <CureButton code={code} cure={cure} label={description} />}
      </td>
      <td class="number">{version === undefined ? '–' : number(version)}</td>
      <td class="number">
        <Behind company={company} />
      </td>
      <td class="number">
        {appliedAt === undefined ? (
          '–'
        ) : (
          <time dateTime={appliedAt} title={wholeMoment(appliedAt)}>
            {duration(now.value - Date.parse(appliedAt), 'narrow')}
          </time>
        )}
      </td>
    </tr>
  );
}

/** How many versions wait, and for how long. */
export function Behind({ company }: { company: CompanySummary }) {
  const waiting = behind(company);
  const { seconds } = company.lag;
  if (waiting === 0 && seconds === 0) return <>{say('companies.notBehind')}</>;
  return (
    <>
      {waiting > 0 && number(waiting)}
      {waiting > 0 && seconds > 0 && ' · '}
      {seconds > 0 && duration(seconds * 1000, 'narrow')}
    </>
  );
}
