import { useSignal } from '@preact/signals';
import { refusal, signIn, user } from '../session/session.ts';
import { say } from '../text/say.ts';
import { Button } from '../ui/button.tsx';

function faultOf(isMissing: boolean): string | undefined {
  if (isMissing) return say('signIn.needed');
  if (refusal.value === undefined) return undefined;
  return refusal.value === 'unknown' ? say('signIn.unknown') : say('signIn.mayNotRead');
}

/** A token is typed once; it is asked for again where the app does not know it. */
export function SignIn() {
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
