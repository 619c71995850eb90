import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { Help } from '../../api/schema.d.ts';
import { reasonOf } from '../../live/act.ts';
import { announce } from '../../shell/announce.ts';
import { number } from '../../text/format.ts';
import { say } from '../../text/say.ts';
import { Button } from '../../ui/button.tsx';
import { download, type FileAsked } from './download.ts';

interface FilesProps {
  connection: string;
  help: Help;
  body: Readonly<Record<string, unknown>>;
  /** Rows, as far as somebody has asked. */
  total: number | undefined;
  /** Whether the query may be sent; where not, it is told why beside its inputs. */
  isWhole(): boolean;
}

/** More rows than these, or nobody knows how many, are written to a file as they come. */
const manyRows = 50_000;

/** The query's answer as a file: CSV, a workbook, the reports of the definition. */
export function Files({ connection, help, body, total, isWhole }: FilesProps) {
  const bytes = useSignal<number | undefined>(undefined);
  const refusal = useSignal<string | undefined>(undefined);
  const stop = useRef<AbortController | undefined>(undefined);
  const get = async (kind: FileAsked['kind']) => {
    refusal.value = undefined;
    if (bytes.value !== undefined || !isWhole()) return;
    bytes.value = 0;
    stop.current = new AbortController();
    const asked = { connection, definition: help.id, name: help.name, body, kind };
    const isLarge = total !== undefined && total > manyRows;
    try {
      const onBytes = (count: number) => {
        bytes.value = count;
      };
      const isDone = await download({ ...asked, isLarge }, onBytes, stop.current.signal);
      if (isDone) announce(say('queries.fileDone'));
    } catch (error) {
      if (!stop.current.signal.aborted) {
        refusal.value = error instanceof TypeError ? say('queries.fileBroken') : reasonOf(error);
        announce(refusal.value);
      }
    } finally {
      bytes.value = undefined;
    }
  };
  const isComing = bytes.value !== undefined;
  return (
    <span class="files">
      <Button isBusy={isComing} onClick={() => void get({ format: 'csv' })}>
        CSV
      </Button>
      <Button isBusy={isComing} onClick={() => void get({ format: 'xlsx' })}>
        XLSX
      </Button>
      {help.reports !== undefined && help.reports.length > 0 && (
        <select
          aria-label={say('queries.report')}
          aria-disabled={isComing}
          value=""
          onChange={(event) => {
            const report = event.currentTarget.value;
            event.currentTarget.value = '';
            if (report !== '') void get({ report });
          }}
        >
          <option value="">PDF …</option>
          {help.reports.map(({ id, title }) => (
            <option key={id} value={id}>
              {title}
            </option>
          ))}
        </select>
      )}
      {bytes.value !== undefined && (
        <>
          <span class="quiet">
            {say('queries.fileComes', { size: number(Math.round(bytes.value / 1024)) })}
          </span>
          <Button kind="quiet" onClick={() => stop.current?.abort()}>
            {say('shell.cancel')}
          </Button>
        </>
      )}
      {refusal.value !== undefined && <span class="refusal">{refusal.value}</span>}
    </span>
  );
}
