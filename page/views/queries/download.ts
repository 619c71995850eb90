/** An answer as a file: the token goes in a header, so a link would not do. */

import { api, Refusal } from '../../api/client.ts';

export interface FileAsked {
  connection: string;
  definition: string;
  body: object;
  kind: { format: 'csv' | 'xlsx' } | { report: string };
  /** What the file is called where the app says nothing. */
  name: string;
  /** Too much for the browser's memory: it is written as it comes, where the browser can. */
  isLarge: boolean;
}

/** Of the File System Access API, which not every browser has. */
interface FilePicker {
  showSaveFilePicker?(options: { suggestedName: string }): Promise<{
    createWritable(): Promise<WritableStream<Uint8Array>>;
  }>;
}

/**
 * @param onBytes how many have come
 * @returns false where somebody chose no file after all
 * @throws Refusal; TypeError where it breaks off: then there is no file
 */
export async function download(
  asked: FileAsked,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<boolean> {
  const { showSaveFilePicker } = window as FilePicker;
  const target =
    asked.isLarge && showSaveFilePicker !== undefined
      ? await picked(() => showSaveFilePicker({ suggestedName: fileName(asked) }))
      : undefined;
  if (target === false) return false;
  const { connection, definition: id, body, kind } = asked;
  const { data, error, response } = await api.POST('/{connection}/dynsql/{id}/exec', {
    params: { path: { connection, id }, query: kind },
    headers: { accept: accepts(kind) },
    body,
    parseAs: 'stream',
    signal,
  });
  if (!response.ok || data == null) {
    throw new Refusal(response.status, (error ?? {}) as Refusal['problem']);
  }
  const counted = (data as ReadableStream<Uint8Array>).pipeThrough(counting(onBytes));
  if (target !== undefined) {
    await counted.pipeTo(await target.createWritable(), { signal });
    return true;
  }
  const type = response.headers.get('content-type') ?? '';
  const blob = await new Response(counted, { headers: { 'content-type': type } }).blob();
  keep(blob, nameIn(response.headers.get('content-disposition')) ?? fileName(asked));
  return true;
}

async function picked<T>(pick: () => Promise<T>): Promise<T | false> {
  try {
    return await pick();
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return false;
    throw error;
  }
}

function counting(onBytes: (bytes: number) => void): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0;
  return new TransformStream({
    transform(piece, controller) {
      bytes += piece.byteLength;
      onBytes(bytes);
      controller.enqueue(piece);
    },
  });
}

function keep(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

export const accepts = (kind: FileAsked['kind']): string =>
  'report' in kind
    ? 'application/pdf, application/problem+json'
    : 'text/csv, application/vnd.openxmlformats-officedocument.spreadsheetml.sheet, application/problem+json';

const fileName = ({ name, kind }: FileAsked): string =>
  `${name.replaceAll(/[\\/:*?"<>|]/g, ' ').slice(0, 100)}.${'report' in kind ? 'pdf' : kind.format}`;

/** RFC 6266: `filename*` has the letters that `filename` has not. */
function nameIn(disposition: string | null): string | undefined {
  const [, coded] = /filename\*=UTF-8''([^;]+)/i.exec(disposition ?? '') ?? [];
  const [, plain] = /filename="([^"]+)"/i.exec(disposition ?? '') ?? [];
  return coded === undefined ? plain : decodeURIComponent(coded);
}
