import { api } from '../../api/client.ts';
import type { Company } from '../../api/schema.d.ts';
import { now } from '../../live/clock.ts';
import { useAsked } from '../../live/use-asked.ts';
import { useHeld } from '../../live/use-held.ts';
import { hrefOf } from '../../shell/router.ts';
import { duration, near, number, wholeMoment } from '../../text/format.ts';
import { say } from '../../text/say.ts';
import { Act, CureButton } from './actions.tsx';
import { Behind } from './company-list.tsx';
import { Evidences } from './evidences.tsx';
import { Reconciliation } from './reconciliation.tsx';
import { Switches } from './switches.tsx';
import { cureOf, troubleText, wordOf } from './words.ts';

/** One company in full, as it is: what is done with it is seen as soon as a worker has done it. */
export function CompanyDetail({ code }: { code: string }) {
  const live = useHeld(`company ${code}`, ({ headers, wait, signal }) => {
    const params = { path: { company: code }, query: { live: 'false' as const, ...wait } };
    return api.GET('/flexibee/{company}', { params, headers, signal });
  });
  const at = { params: { path: { company: code } } };
  const changelog = useAsked(`changelog ${code}`, (signal) =>
    api.GET('/flexibee/{company}/changes/status', { ...at, signal }),
  );
  const hook = useAsked(`hook ${code}`, (signal) =>
    api.GET('/flexibee/{company}/hook', { ...at, signal }),
  );
  const { data, refusal } = live.value;
  return (
    <div class="view companies one" aria-busy={data === undefined && refusal === undefined}>
      <div>
        <p class="crumbs">
          <a href={hrefOf('companies')}>{say('shell.companies')}</a> / {code}
        </p>
        <div class="heading">
          <h1>{data?.description ?? code}</h1>
          {data && <StateOf company={data} />}
          <span class="grow" />
          {data && (
            <span class="deeds">
              <Act code={code} deed="poll" />
              <Act code={code} deed="reset" label={data.description} />
            </span>
          )}
        </div>
      </div>
      {refusal !== undefined && <p class="refusal">{refusal.message}</p>}
      {data && (
        <>
          <Worries company={data} again={changelog.again} />
          <Facts company={data} />
          <Evidences company={data} />
          <div class="two">
            <Reconciliation company={data} />
            <Switches
              code={code}
              description={data.description}
              changelog={changelog}
              hook={hook}
            />
          </div>
        </>
      )}
    </div>
  );
}

function StateOf({ company }: { company: Company }) {
  const { tone, text } = wordOf(company, now.value);
  return <span class={`word ${tone}`}>{text}</span>;
}

/** What keeps it, or some of it, from being followed; nothing where all is well. */
function Worries({ company, again }: { company: Company; again(): void }) {
  const { code, description, trouble, closure, evidences, failures, warnings } = company;
  const cure = trouble && cureOf(trouble.kind);
  const blocked = Object.entries(evidences).filter(([, one]) => one.trouble !== undefined);
  const isWell = !trouble && !closure && blocked.length + failures.length + warnings.length === 0;
  if (isWell) return null;
  return (
    <ul class="worries sheet" aria-label={say('companies.worries')}>
      {trouble && (
        <li>
          <b>{troubleText(trouble.kind)}</b>
          <span class="told">
            <span>{trouble.message}</span>
            <span>{trouble.cure}</span>
            <Since at={trouble.since} />
            {trouble.retryAt !== undefined && <RetryAt at={trouble.retryAt} />}
          </span>
          {cure && <CureButton code={code} cure={cure} label={description} after={again} />}
        </li>
      )}
      {closure && (
        <li class="calm">
          <b>{say('companies.closedFor')}</b>
          <span class="told">
            <span>{closure.reason}</span>
            <span>{say('companies.until', { at: near(closure.until, now.value) })}</span>
          </span>
        </li>
      )}
      {blocked.map(([evidence, { trouble: own }]) => (
        <li key={evidence}>
          <b>{evidence}</b>
          <span class="told">
            <span>{own?.message}</span>
            <span>{own?.cure}</span>
            {own && <Since at={own.since} />}
            {own && <RetryAt at={own.retryAt} />}
          </span>
          <Act code={code} deed="poll" label={evidence} />
        </li>
      ))}
      {failures.map(({ evidence, procedure, message, since, nextAt, calls }) => (
        <li key={`${evidence} ${procedure}`}>
          <b>{evidence}</b>
          <span class="told">
            <code>{procedure}</code>
            <span>{message}</span>
            <span>{say('companies.calls', { count: calls })}</span>
            <Since at={since} />
            <RetryAt at={nextAt} />
          </span>
        </li>
      ))}
      {warnings.map((warning) => (
        <li key={warning} class="calm">
          <b>{say('companies.warning')}</b>
          <span class="told">
            <span>{warning}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}

function Since({ at }: { at: string }) {
  return (
    <time dateTime={at} title={wholeMoment(at)}>
      {say('companies.since', { at: near(at, now.value) })}
    </time>
  );
}

function RetryAt({ at }: { at: string }) {
  return <span>{say('companies.retryAt', { at: near(at, now.value) })}</span>;
}

function Facts({ company }: { company: Company }) {
  const { version, globalVersion, appliedAt, lag, stale, hidden, loads, pending, requests } =
    company;
  return (
    <dl class="facts sheet">
      <div>
        <dt>{say('companies.version')}</dt>
        <dd>{version === undefined ? '–' : number(version)}</dd>
      </div>
      <div>
        <dt>{say('companies.atServer')}</dt>
        <dd>{globalVersion === undefined ? '–' : number(globalVersion)}</dd>
      </div>
      <div>
        <dt>{say('companies.behind')}</dt>
        <dd>
          <Behind company={company} />
        </dd>
      </div>
      <div title={say('companies.gapsMore')}>
        <dt>{say('companies.gaps')}</dt>
        <dd>{number(lag.gaps)}</dd>
      </div>
      <div>
        <dt>{say('companies.applied')}</dt>
        <dd>
          {appliedAt === undefined ? (
            '–'
          ) : (
            <time dateTime={appliedAt} title={wholeMoment(appliedAt)}>
              {say('companies.ago', { time: duration(now.value - Date.parse(appliedAt)) })}
            </time>
          )}
        </dd>
      </div>
      {loads.length > 0 && (
        <div>
          <dt>{say('companies.toLoad')}</dt>
          <dd>{number(loads.length)}</dd>
        </div>
      )}
      {stale > 0 && (
        <div>
          <dt>{say('companies.stale')}</dt>
          <dd>{number(stale)}</dd>
        </div>
      )}
      {hidden > 0 && (
        <div title={say('companies.hiddenMore')}>
          <dt>{say('companies.hidden')}</dt>
          <dd>{number(hidden)}</dd>
        </div>
      )}
      {pending.length > 0 && (
        <div>
          <dt>{say('companies.pending')}</dt>
          <dd>{number(pending.length)}</dd>
        </div>
      )}
      <div title={say('companies.requestsMore', { count: requests.yesterday })}>
        <dt>{say('companies.requests')}</dt>
        <dd>
          {number(requests.today)}
          {requests.perDay !== undefined && (
            <small> {say('companies.ofDay', { count: requests.perDay })}</small>
          )}
        </dd>
      </div>
    </dl>
  );
}
