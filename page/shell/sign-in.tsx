import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { api, isProblem } from '../api/client.ts';
import { byPlatform, refusal, signIn, user } from '../session/session.ts';
import { say } from '../text/say.ts';
import { Button } from '../ui/button.tsx';

function faultOf(isMissing: boolean): string | undefined {
  if (isMissing) return say('signIn.needed');
  if (refusal.value === undefined) return undefined;
  return refusal.value === 'unknown' ? say('signIn.unknown') : say('signIn.mayNotRead');
}

/**
 * Where the platform signs in. Whoever has its cookie is let in at once, unless the app has just
 * said that the account may not look.
 */
function usePlatform(): string | undefined {
  const address = useSignal<string | undefined>(undefined);
  useEffect(() => {
    const left = new AbortController();
    const ask = async () => {
      const { error, response } = await api.GET('/me', { signal: left.signal });
      if (response.ok && refusal.value === undefined) signIn(byPlatform);
      const told: unknown = error;
      const way = isProblem(told) ? told.signIn : undefined;
      if (way?.kind === 'platform') address.value = way.address;
    };
    // Nobody answers: a token may be typed all the same, and the page says then that nobody does.
    ask().catch(() => undefined);
    return () => left.abort();
  }, []);
  return address.value;
}

/** Where somebody was is where they are led back to. */
const withReturn = (address: string) =>
  `${address}?post_login_redirect_uri=${encodeURIComponent(`/${location.hash}`)}`;

/** A token is typed once; it is asked for again where the app does not know it. */
export function SignIn() {
  const platform = usePlatform();
  const presented = useSignal('');
  const isMissing = useSignal(false);
  const enter = (event: Event) => {
    event.preventDefault();
    isMissing.value = presented.value.trim() === '';
    if (!isMissing.value) signIn(presented.value.trim());
  };
  const fault = faultOf(isMissing.value);
  return (
    <form class="sign-in" onSubmit={enter}>
      <h1>{say('signIn.title')}</h1>
      {platform !== undefined && (
        <>
          <a class="button main" href={withReturn(platform)}>
            {say('signIn.byAccount')}
          </a>
          <p class="quiet">{say('signIn.orToken')}</p>
        </>
      )}
      <label>
        <span>{say('signIn.token')}</span>
        <input
          type="password"
          name="token"
          autoComplete="off"
          spellcheck={false}
          value={presented.value}
          aria-describedby="token-help"
          aria-invalid={fault !== undefined}
          onInput={(event) => {
            presented.value = event.currentTarget.value;
          }}
        />
      </label>
      <p id="token-help" class="quiet">
        {say('signIn.tokenHelp')}
      </p>
      <label>
        <span>{say('signIn.user')}</span>
        <input
          name="user"
          autoComplete="name"
          maxLength={128}
          value={user.value}
          aria-describedby="user-help"
          onInput={(event) => {
            user.value = event.currentTarget.value;
          }}
        />
      </label>
      <p id="user-help" class="quiet">
        {say('signIn.userHelp')}
      </p>
      {fault !== undefined && (
        <p class="refusal" role="alert">
          {fault}
        </p>
      )}
      <Button kind="main" type="submit">
        {say('signIn.enter')}
      </Button>
    </form>
  );
}
