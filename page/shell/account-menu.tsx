import { useRef } from 'preact/hooks';
import { asker, byPlatform, isSignedIn, me, signOut, token } from '../session/session.ts';
import { chooseLanguage, language, languages } from '../text/languages.ts';
import { say } from '../text/say.ts';
import { Button } from '../ui/button.tsx';
import { theme, themes } from './theme.ts';

/** A language is named in itself, so that whoever cannot read the others finds it. */
const ownNames = { en: 'English', cs: 'Čeština', ru: 'Русский' } as const;
const themeNames = {
  system: 'shell.themeSystem',
  light: 'shell.themeLight',
  dark: 'shell.themeDark',
} as const;

/** Who is signed in, language, appearance, leaving. */
export function AccountMenu() {
  const details = useRef<HTMLDetailsElement>(null);
  const close = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || details.current === null) return;
    details.current.open = false;
    details.current.querySelector('summary')?.focus();
  };
  const left = (event: FocusEvent) => {
    const { relatedTarget } = event;
    if (relatedTarget instanceof Node && !details.current?.contains(relatedTarget)) {
      if (details.current) details.current.open = false;
    }
  };
  return (
    <details class="account" ref={details} onKeyDown={close} onFocusOut={left}>
      <summary>
        <span class="who">{(isSignedIn.value && asker()) || ownNames[language.value]}</span>
        <span class="unseen">{say('shell.account')}</span>
      </summary>
      <div class="menu">
        {me.value && <p class="quiet">{say('shell.signedInAs', { name: me.value.name })}</p>}
        <Choice
          legend={say('shell.language')}
          name="language"
          values={languages}
          chosen={language.value}
          textOf={(one) => ownNames[one]}
          choose={(one) => void chooseLanguage(one)}
        />
        <Choice
          legend={say('shell.theme')}
          name="theme"
          values={themes}
          chosen={theme.value}
          textOf={(one) => say(themeNames[one])}
          choose={(one) => {
            theme.value = one;
          }}
        />
        {isSignedIn.value && <SignOut />}
      </div>
    </details>
  );
}

/** The platform's cookie is the platform's to end. */
function SignOut() {
  const way = me.value?.signIn;
  const isPlatforms = token.value === byPlatform && way?.kind === 'platform';
  const leave = () => {
    signOut();
    if (isPlatforms) location.assign(way.signOut);
  };
  return <Button onClick={leave}>{say('shell.signOut')}</Button>;
}

interface ChoiceProps<T extends string> {
  legend: string;
  name: string;
  values: readonly T[];
  chosen: T;
  textOf(value: T): string;
  choose(value: T): void;
}

function Choice<T extends string>({
  legend,
  name,
  values,
  chosen,
  textOf,
  choose,
}: ChoiceProps<T>) {
  return (
    <fieldset>
      <legend>{legend}</legend>
      {values.map((value) => (
        <label key={value}>
          <input
            type="radio"
            name={name}
            checked={value === chosen}
            onChange={() => choose(value)}
          />
          <span lang={name === 'language' ? value : undefined}>{textOf(value)}</span>
        </label>
      ))}
    </fieldset>
  );
}
