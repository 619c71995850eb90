import { batch, type Signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { answered, api, Refusal } from '../../api/client.ts';
import type { Help } from '../../api/schema.d.ts';
import { reasonOf } from '../../live/act.ts';
import { announce } from '../../shell/announce.ts';
import { refine } from '../../shell/router.ts';
import { say } from '../../text/say.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { curl } from '../../ui/curl.ts';
import { readAnswer } from './answer.ts';
import { DatasetPart } from './dataset-part.tsx';
import { type Faults, Told } from './faults.tsx';
import { Files } from './files.tsx';
import { bodyOf, fieldsKey, isAsked, placeOfFault, type QueryForm, topKey } from './form.ts';
import { formOfBody } from './form-of-body.ts';
import { type Asked, Results } from './results.tsx';
import { RowPages } from './row-pages.ts';
import { SaveQuery } from './save-query.tsx';

interface EditorProps {
  connection: string;
  /** A database of ours; ABRA Gen knows less of the language. */
  isOurs: boolean;
  help: Help;
  query: string;
}

/** Letters of an answer that is not asked for by pages. */
const mostLetters = 24_000_000;

export function Editor({ connection, isOurs, help, query }: EditorProps) {
  const root = help.dataset;
  const form = useSignal<QueryForm>(formOfBody(parsed(query), root));
  const faults = useSignal<Faults>({});
  const asked = useSignal<Asked | undefined>(undefined);
  const isAsking = useSignal(false);
  const written = useRef(query);
  const path = { connection, id: help.id };

  // Another address, from a link or from going back, is another query.
  useEffect(() => {
    if (query === written.current) return;
    written.current = query;
    form.value = formOfBody(parsed(query), root);
  }, [query]);
  useEffect(() => () => asked.value?.pages.close(), []);

  const change = (next: QueryForm) => {
    batch(() => {
      form.value = next;
      faults.value = {};
    });
    const { body } = bodyOf(next, root);
    written.current = Object.keys(body).length === 0 ? '' : JSON.stringify(body);
    refine({ query: written.current });
  };
  const { body, places } = bodyOf(form.value, root);

  const ask = async () => {
    if (isAsking.value) return;
    if (!isAsked(form.value, root)) {
      faults.value = { [fieldsKey(root.name)]: [say('queries.tickOne')] };
      announce(say('queries.tickOne'));
      return;
    }
    isAsking.value = true;
    faults.value = {};
    asked.value?.pages.close();
    const version = asked.value?.version ?? makeVersion();
    const pages = new RowPages({
      body,
      top: typeof body['top'] === 'number' ? body['top'] : Number.POSITIVE_INFINITY,
      hasPages: isOurs,
      hasNext: root.unique.length > 0,
      ask: async (page, signal) => {
        const stream = await answered(
          api.POST('/{connection}/dynsql/{id}/exec', {
            params: { path },
            body: page,
            parseAs: 'stream',
            signal,
          }),
        );
        return await readAnswer(stream as unknown as ReadableStream<Uint8Array>, mostLetters);
      },
      onChange: () => {
        version.value += 1;
      },
    });
    const begun = performance.now();
    try {
      await pages.begin();
      asked.value = {
        ...{ pages, version, form: form.value, body: JSON.stringify(body) },
        tookMs: performance.now() - begun,
      };
      announce(say('queries.rows', { count: pages.total ?? 0 }));
    } catch (error) {
      pages.close();
      asked.value = undefined;
      faults.value = faultsOf(error, places);
      announce(Object.values(faults.value).flat()[0] ?? '');
    } finally {
      isAsking.value = false;
    }
  };
  const version = useSignal(0);
  const makeVersion = (): Signal<number> => version;
  const total = asked.value?.pages.total;
  return (
    <form
      class="query"
      onSubmit={(event) => {
        event.preventDefault();
        void ask();
      }}
    >
      <div class="heading">
        <h1>{help.name}</h1>
        <span class="grow" />
        <SaveQuery {...{ connection, definition: help.id, title: help.name, body }} />
        <CopyButton
          text={() => curl({ method: 'POST', path: `/${connection}/dynsql/${help.id}/exec`, body })}
        >
          {say('queries.curl')}
        </CopyButton>
        <Files {...{ connection, help, body, total }} />
        <Button kind="main" type="submit" isBusy={isAsking.value}>
          {say(isAsking.value ? 'queries.asking' : 'queries.ask')}
        </Button>
      </div>
      <Told list={faults.value['']} />
      {help.examples.length > 0 && Object.keys(body).length === 0 && (
        <p class="examples">
          <span class="quiet">{say('queries.examples')}</span>
          {help.examples.map(({ title, body: example }) => (
            <Button key={title} onClick={() => change(formOfBody(example, root))}>
              {title}
            </Button>
          ))}
        </p>
      )}
      <div class="work">
        <div class="asked">
          <DatasetPart
            {...{ dataset: root, form: form.value, faults: faults.value, isOurs, change }}
            isRoot
          />
          {isOurs && (
            <label class="top">
              <span>{say('queries.top')}</span>
              <input
                inputMode="numeric"
                value={form.value.top}
                placeholder={say('queries.all')}
                aria-invalid={faults.value[topKey] !== undefined}
                onInput={(event) => change({ ...form.value, top: event.currentTarget.value })}
              />
              <Told list={faults.value[topKey]} />
            </label>
          )}
        </div>
        <Results
          asked={asked.value}
          help={help}
          isAsking={isAsking.value}
          isOther={asked.value !== undefined && asked.value.body !== JSON.stringify(body)}
        />
      </div>
    </form>
  );
}

function parsed(query: string): unknown {
  try {
    return JSON.parse(query);
  } catch {
    return undefined;
  }
}

/** Beside its input nobody needs to be told where it is: `must be a number`. */
function withoutPlace(message: string, field: string): string {
  return message.startsWith(field) ? message.slice(field.length).replace(/^:?\s+/, '') : message;
}

/** Each at the input whose value it is about. */
function faultsOf(error: unknown, places: ReadonlyMap<string, string>): Faults {
  const told: Record<string, string[]> = {};
  const errors = error instanceof Refusal ? (error.problem.errors ?? []) : [];
  for (const { field, message } of errors) {
    const key = placeOfFault(places, field) ?? '';
    told[key] = [...(told[key] ?? []), key === '' ? message : withoutPlace(message, field)];
  }
  return errors.length === 0 ? { '': [reasonOf(error)] } : told;
}
