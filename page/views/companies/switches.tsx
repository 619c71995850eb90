import type { Changelog, ShownHook } from '../../api/schema.d.ts';
import { now } from '../../live/clock.ts';
import type { AskedOnce } from '../../live/use-asked.ts';
import { near, wholeMoment } from '../../text/format.ts';
import { say } from '../../text/say.ts';
import { Act } from './actions.tsx';

interface SwitchesProps {
  code: string;
  description: string;
  changelog: AskedOnce<Changelog>;
  hook: AskedOnce<ShownHook>;
}

/** What is switched at the company's server: its changelog, and our web hook. */
export function Switches({ code, description, changelog, hook }: SwitchesProps) {
  return (
    <section aria-labelledby="switches">
      <div class="heading">
        <h2 id="switches">{say('companies.atTheServer')}</h2>
      </div>
      <div class="sheet about">
        <h3>{say('companies.changelog')}</h3>
        <ChangelogState {...{ code, description, changelog }} />
        <h3>{say('companies.hook')}</h3>
        <HookState {...{ code, hook }} />
      </div>
    </section>
  );
}

function ChangelogState({ code, description, changelog }: Omit<SwitchesProps, 'hook'>) {
  const { data, refusal } = changelog.answer.value;
  const enable = <Act code={code} deed="enable" after={changelog.again} />;
  if (refusal !== undefined) {
    return (
      <div class="switch">
        <p class="refusal">{refusal.message}</p>
        {enable}
      </div>
    );
  }
  if (data === undefined) return <Asking />;
  return (
    <div class="switch">
      <p>{say(data.enabled ? 'companies.changelogOn' : 'companies.changelogOff')}</p>
      {data.enabled ? (
        <Act code={code} deed="disable" label={description} after={changelog.again} />
      ) : (
        enable
      )}
    </div>
  );
}

function HookState({ code, hook }: Pick<SwitchesProps, 'code' | 'hook'>) {
  const { data, refusal } = hook.answer.value;
  if (refusal !== undefined) return <p class="refusal">{refusal.message}</p>;
  if (data === undefined) return <Asking />;
  const { registered, heardAt, url } = data;
  return (
    <div class="switch">
      <p title={url}>
        {say(registered > 0 ? 'companies.hookThere' : 'companies.hookNone')}
        {heardAt !== undefined && (
          <small>
            {' '}
            <time dateTime={heardAt} title={wholeMoment(heardAt)}>
              {say('companies.heard', { at: near(heardAt, now.value) })}
            </time>
          </small>
        )}
      </p>
      <Act code={code} deed="registerHook" after={hook.again} />
      {registered > 0 && <Act code={code} deed="removeHook" after={hook.again} />}
    </div>
  );
}

function Asking() {
  return (
    <p class="quiet" aria-busy="true">
      {say('companies.asking')}
    </p>
  );
}
