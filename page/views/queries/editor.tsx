import { batch, type Signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { answered, api, Refusal } from '../../api/client.ts';
import type { Help, HelpDataset } from '../../api/schema.d.ts';
import { reasonOf } from '../../live/act.ts';
import { announce } from '../../shell/announce.ts';
import { refine } from '../../shell/router.ts';
import { say } from '../../text/say.ts';
import { told } from '../../text/told.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { curl } from '../../ui/curl.ts';
import { readAnswer } from './answer.ts';
import { DatasetPart } from './dataset-part.tsx';
import { type Faults, Told } from './faults.tsx';
import { Files } from './files.tsx';
import {
  bodyOf,
  fieldsKey,
  isAsked,
  type MadeQuery,
  placeOfFault,
  type QueryForm,
  topKey,
} from './form.ts';
import { formOfBody } from './form-of-body.ts';
import { leftOut } from './left-out.ts';
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
/** Of what was left out: so many are named. */
const mostPlaces = 6;

export function Editor({ connection, isOurs, help, query }: EditorProps) {
  const root = help.dataset;
  const form = useSignal<QueryForm>(formOfBody(parsed(query), root));
  /** What the address says beyond that; nothing is asked until somebody has seen it. */
  const left = useSignal(query === '' ? [] : leftOut(parsed(query), root));
  const faults = useSignal<Faults>({});
  const asked = useSignal<Asked | undefined>(undefined);
  const isAsking = useSignal(false);
  const written = useRef(query);
  const path = { connection, id: help.id };

  // Another address, from a link or from going back, is another query.
  useEffect(() => {
    if (query === written.current) return;
    written.current = query;
    batch(() => {
      form.value = formOfBody(parsed(query), root);
      left.value = query === '' ? [] : leftOut(parsed(query), root);
    });
  }, [query]);
  useEffect(() => () => asked.value?.pages.close(), []);

  const change = (next: QueryForm) => {
    // The address says what it said until somebody has seen that it is not all here.
    if (left.value.length > 0) {
      form.value = next;
      return;
    }
    batch(() => {
      form.value = next;
      faults.value = {};
    });
    const { body } = bodyOf(next, root);
    written.current = Object.keys(body).length === 0 ? '' : JSON.stringify(body);
    refine({ query: written.current });
  };
  const { body, places } = bodyOf(form.value, root);

  /** Whether it may be sent; where not, it is told why. */
  const isWhole = (): boolean => {
    if (left.value.length > 0) return false;
    faults.value = faultsBefore(form.value, body, root);
    const [fault] = Object.values(faults.value).flat();
    if (fault !== undefined) announce(fault);
    return fault === undefined;
  };
  const ask = async () => {
    if (isAsking.value || !isWhole()) return;
    isAsking.value = true;
    asked.value?.pages.close();
    const version = asked.value?.version ?? makeVersion();
    const pages = new RowPages({
      body,
      top: typeof body['top'] === 'number' ? body['top'] : Number.POSITIVE_INFINITY,
      hasPages: isOurs,
      hasNext: root.unique.length > 0 || body['groupby'] !== undefined,
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
        {left.value.length === 0 && (
          <>
            <SaveQuery {...{ connection, definition: help.id, title: help.name, body }} />
            <CopyButton
              text={() =>
                curl({ method: 'POST', path: `/${connection}/dynsql/${help.id}/exec`, body })
              }
            >
              {say('queries.curl')}
            </CopyButton>
          </>
        )}
        <Files {...{ connection, help, body, total, isWhole }} />
        <Button kind="main" type="submit" isBusy={isAsking.value}>
          {say(isAsking.value ? 'queries.asking' : 'queries.ask')}
        </Button>
      </div>
      <LeftOut
        places={left.value}
        isNothing={parsed(query) === undefined}
        goOn={() => {
          left.value = [];
          change(form.value);
        }}
      />
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

interface LeftOutProps {
  places: readonly string[];
  /** The address has no query that could be read. */
  isNothing: boolean;
  goOn(): void;
}

/** What the address asks for and the form does not have. */
function LeftOut({ places, isNothing, goOn }: LeftOutProps) {
  if (places.length === 0) return null;
  return (
    <p class="refusal" role="alert">
      {isNothing
        ? say('queries.leftAll')
        : say('queries.left', { places: places.slice(0, mostPlaces).join(', ') })}{' '}
      <Button onClick={goOn}>{say('queries.goOnWithout')}</Button>
    </p>
  );
}

/** What the page knows to be wrong before anything is asked. */
function faultsBefore(form: QueryForm, body: MadeQuery['body'], root: HelpDataset): Faults {
  if (!isAsked(form, root)) return { [fieldsKey(root.name)]: [say('queries.tickOne')] };
  const isTop = body['top'] === undefined || typeof body['top'] === 'number';
  return isTop ? {} : { [topKey]: [say('queries.topWhole')] };
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
  const faults: Record<string, string[]> = {};
  const errors = error instanceof Refusal ? (error.problem.errors ?? []) : [];
  for (const { field, message } of errors) {
    const key = placeOfFault(places, field) ?? '';
    faults[key] = [
      ...(faults[key] ?? []),
      key === '' ? message : told(withoutPlace(message, field)),
    ];
  }
  return errors.length === 0 ? { '': [reasonOf(error)] } : faults;
}
