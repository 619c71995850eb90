import { useSignalEffect } from '@preact/signals';
import type { ComponentType } from 'preact';
import { lazy, Suspense } from 'preact/compat';
import { isSignedIn } from '../session/session.ts';
import { say } from '../text/say.ts';
import { focusContent } from '../ui/focus-back.ts';
import { OpenDialog } from '../ui/open-dialog.tsx';
import { announcement } from './announce.ts';
import { ConnectionNote } from './connection-note.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { Header } from './header.tsx';
import { hrefOf, type Place, place, type ViewName } from './router.ts';
import { SignIn } from './sign-in.tsx';

/** Each in a file of its own, which is fetched when somebody looks at it. */
const views: Readonly<Record<ViewName, ComponentType<{ place: Place }>>> = {
  now: lazy(() => import('../views/now/now.tsx')),
  board: lazy(() => import('../views/board/board.tsx')),
  runs: lazy(() => import('../views/runs/runs.tsx')),
  history: lazy(() => import('../views/history/history.tsx')),
  companies: lazy(() => import('../views/companies/companies.tsx')),
  queries: lazy(() => import('../views/queries/queries.tsx')),
};

export function App() {
  // In a list of tabs, and of bookmarks, they are told apart.
  useSignalEffect(() => {
    const shown = isSignedIn.value ? place.value?.view : undefined;
    document.title = shown === undefined ? 'syncboard' : `${say(`shell.${shown}`)} · syncboard`;
  });
  return (
    <>
      {/* No link: the address behind `#` is a place of the page. */}
      <button type="button" class="skip" onClick={focusContent}>
        {say('shell.skip')}
      </button>
      <Header />
      <ConnectionNote />
      <main id="content" tabIndex={-1}>
        {isSignedIn.value ? <View /> : <SignIn />}
      </main>
      {isSignedIn.value && <OpenDialog />}
      <div class="unseen" role="status" aria-live="polite">
        {announcement.value}
      </div>
    </>
  );
}

function View() {
  const here = place.value;
  if (here === undefined) return <NoSuchPlace />;
  const Shown = views[here.view];
  return (
    <ErrorBoundary key={here.view}>
      <Suspense fallback={<div class="view" aria-busy="true" />}>
        <Shown place={here} />
      </Suspense>
    </ErrorBoundary>
  );
}

function NoSuchPlace() {
  return (
    <div class="view">
      <h1>{say('shell.noSuchPlace')}</h1>
      <p>
        <a href={hrefOf('now')}>{say('shell.toNow')}</a>
      </p>
    </div>
  );
}
