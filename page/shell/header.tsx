import { overview } from '../live/overview.ts';
import { isSignedIn } from '../session/session.ts';
import { say } from '../text/say.ts';
import { AccountMenu } from './account-menu.tsx';
import { hrefOf, place, type ViewName, viewNames } from './router.ts';
import { Search } from './search.tsx';

export function Header() {
  return (
    <header class="bar">
      <a class="logo" href={hrefOf('now')}>
        syncboard
      </a>
      {isSignedIn.value && (
        <nav aria-label={say('shell.views')}>
          {viewNames.map((name) => (
            <a
              key={name}
              href={hrefOf(name)}
              {...(place.value?.view === name && { 'aria-current': 'page' as const })}
            >
              {say(`shell.${name}`)}
              <Count of={name} />
            </a>
          ))}
        </nav>
      )}
      <span class="grow" />
      {isSignedIn.value && <Search />}
      <AccountMenu />
    </header>
  );
}

/** How much there is that somebody should look at. */
function Count({ of }: { of: ViewName }) {
  const seen = overview.value;
  if (seen === undefined) return null;
  const worries = seen.wrong.filter(({ kind, acknowledged }) => kind !== 'closed' && !acknowledged);
  const counts: Partial<Record<ViewName, number>> = {
    now: worries.length + (seen.more ?? 0),
    companies: seen.companies.inTrouble,
  };
  const count = counts[of] ?? 0;
  if (count === 0) return null;
  const isNow = of === 'now';
  return (
    <>
      <b class={`count ${isNow ? 'failed' : 'old'}`} aria-hidden="true">
        {count}
      </b>
      {/* A number alone says nothing to whoever does not see where it stands. */}
      <span class="unseen">
        {' '}
        {isNow ? say('now.wrong', { count }) : say('now.inTrouble', { count })}
      </span>
    </>
  );
}
