import type { Company } from '../../api/schema.d.ts';
import { entityTitle } from '../../live/catalog.ts';
import { number } from '../../text/format.ts';
import { say } from '../../text/say.ts';
import { ScrollBox } from '../../ui/scroll-box.tsx';

const typedNames = {
  ready: 'companies.typedReady',
  filling: 'companies.typedFilling',
  due: 'companies.typedDue',
  failed: 'companies.typedFailed',
} as const;

/** What has come of each evidence since the company is followed. */
export function Evidences({ company }: { company: Company }) {
  const { evidences, typed, loads } = company;
  const loading = new Map(loads.map(({ evidence, afterId }) => [evidence, afterId]));
  const names = [...new Set([...Object.keys(evidences), ...Object.keys(typed), ...loading.keys()])];
  return (
    <section>
      <div class="heading">
        <h2>{say('companies.evidences')}</h2>
        <small>{say('companies.evidencesMore')}</small>
      </div>
      <ScrollBox class="sheet scroll" label={say('companies.evidences')}>
        <table class="lines">
          <thead>
            <tr>
              <th scope="col">{say('companies.evidence')}</th>
              <th scope="col" class="number">
                {say('companies.changes')}
              </th>
              <th scope="col" class="number">
                {say('companies.created')}
              </th>
              <th scope="col" class="number">
                {say('companies.updated')}
              </th>
              <th scope="col" class="number">
                {say('companies.deleted')}
              </th>
              <th scope="col" class="number">
                {say('companies.hidden')}
              </th>
              <th scope="col">{say('companies.typed')}</th>
            </tr>
          </thead>
          <tbody>
            {names.map((name) => (
              <tr key={name} class={evidences[name]?.trouble ? 'old' : 'fresh'}>
                <th scope="row">
                  {entityTitle(name)}
                  <code>{name}</code>
                </th>
                <Counts one={evidences[name]} />
                <td>
                  {loading.has(name) ? (
                    <span class="word running">
                      {say('companies.loadingFrom', { id: loading.get(name) ?? '0' })}
                    </span>
                  ) : (
                    <Typed one={typed[name]} />
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
    </section>
  );
}

function Counts({ one }: { one: Company['evidences'][string] | undefined }) {
  const counts = [one?.changes, one?.created, one?.updated, one?.deleted, one?.hidden];
  return (
    <>
      {counts.map((count = 0, index) => (
        <td key={index} class={count === 0 ? 'number quiet' : 'number'}>
          {number(count)}
        </td>
      ))}
    </>
  );
}

function Typed({ one }: { one: Company['typed'][string] | undefined }) {
  if (one === undefined) return null;
  const { state, message, misfits = {} } = one;
  const misfitting = Object.values(misfits).reduce((sum, count) => sum + count, 0);
  const tone = state === 'ready' ? 'quiet' : `word ${state === 'failed' ? 'old' : 'running'}`;
  const columns = Object.keys(misfits).join(', ');
  return (
    <>
      <span class={tone} title={message ?? ''}>
        {say(typedNames[state])}
      </span>
      {misfitting > 0 && (
        <span class="why" title={columns}>
          {say('companies.misfits', { count: misfitting })}
        </span>
      )}
      {message !== undefined && <span class="why">{message}</span>}
    </>
  );
}
