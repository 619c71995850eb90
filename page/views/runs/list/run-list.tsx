import { useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { say } from '../../../text/say.ts';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { curl } from '../../../ui/curl.ts';
import { FilterForm } from './filter-form.tsx';
import { type Filters, filtersOf } from './filters.ts';
import { RunLine } from './run-line.tsx';
import { useRuns } from './use-runs.ts';
import { useWindow } from './use-window.ts';

/** So many lines before the end of what is there the next page is asked for. */
const ahead = 60;

export function RunList({ query }: { query: URLSearchParams }) {
  const filters = filtersOf(query);
  return (
    <div class="view runs">
      <section>
        <div class="heading">
          <h1>{say('shell.runs')}</h1>
          <span class="grow" />
          <CopyButton text={() => curl({ path: pathOf(filters) })}>
            {say('runs.copyCurl')}
          </CopyButton>
        </div>
        <FilterForm filters={filters} />
      </section>
      <Found filters={filters} />
    </div>
  );
}

function pathOf(filters: Filters): string {
  const query = new URLSearchParams(filters as Record<string, string>).toString();
  return query === '' ? '/runs' : `/runs?${query}`;
}

function Found({ filters }: { filters: Filters }) {
  const { list, more } = useRuns(filters);
  const { runs, next, refusal } = list.value;
  const element = useRef<HTMLOListElement>(null);
  const count = runs?.length ?? 0;
  const { window, lineHeight } = useWindow(element, count);
  const { from, to } = window.value;
  useSignalEffect(() => {
    const { runs: known, next: page } = list.value;
    if (page !== undefined && window.value.to > (known?.length ?? 0) - ahead) more();
  });
  // Another list begins at its beginning.
  const key = JSON.stringify(filters);
  useEffect(() => {
    if (scrollY > (element.current?.offsetTop ?? 0)) scrollTo(0, 0);
  }, [key]);
  return (
    <section aria-busy={runs === undefined && refusal === undefined}>
      {refusal !== undefined && <p class="refusal">{refusal.message}</p>}
      <p class="quiet counted" aria-live="polite">
        {runs === undefined
          ? '\u00a0'
          : count === 0
            ? say(key === '{}' ? 'runs.noneYet' : 'runs.noneFit')
            : say(next === undefined ? 'runs.found' : 'runs.foundMore', { count })}
      </p>
      <ol
        class="run-lines sheet"
        ref={element}
        hidden={count === 0}
        aria-label={say('shell.runs')}
        style={{
          paddingTop: `${from * lineHeight.value}px`,
          paddingBottom: `${Math.max(0, count - to) * lineHeight.value}px`,
        }}
      >
        {(runs ?? []).slice(from, to).map((run, place) => (
          <RunLine key={run.id} run={run} place={from + place + 1} count={count} />
        ))}
      </ol>
    </section>
  );
}
