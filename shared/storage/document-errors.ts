/** What can be wrong with a document in storage. */

/** A blob as it was read, whatever is in it. */
export interface RawBlob {
  /** Absent where it is too large to be read, or no text. */
  text?: string;
  etag: string;
  metadata: Readonly<Record<string, string>>;
  /** How old it was by storage's own clock, in milliseconds. */
  ageMs: number;
}

/** Somebody else has written (or created) the document since it was read. */
export class DocumentConflictError extends Error {
  constructor(name: string, cause: unknown) {
    super(`The document ${name} was changed by somebody else`, { cause });
    this.name = 'DocumentConflictError';
  }
}

/** The blob holds something else than this code understands. */
class DocumentUnreadableError extends Error {
  readonly blobName: string;
  readonly found: RawBlob;

  constructor(name: string, message: string, found: RawBlob, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DocumentUnreadableError';
    this.blobName = name;
    this.found = found;
  }
}

/** A later version of the app wrote it: it is left alone, and what it says is for that one. */
export class DocumentNewerError extends DocumentUnreadableError {
  constructor(name: string, versions: { found: number; known: number }, found: RawBlob) {
    const { known } = versions;
    super(
      name,
      `The document ${name} was written by a newer version of the app (document version ${versions.found}, here at most ${known}); it is left alone`,
      found,
    );
    this.name = 'DocumentNewerError';
  }
}

/** Longer, an explanation helps nobody: zod lists every member of a document of another kind. */
const longestWhy = 300;

/** No version of ours wrote what is there. */
export class DocumentDamagedError extends DocumentUnreadableError {
  /** @param why for people; cut */
  constructor(name: string, why: string, found: RawBlob, options?: ErrorOptions) {
    const said = why.replaceAll(/\s+/g, ' ');
    const cut = said.length > longestWhy ? `${said.slice(0, longestWhy)}…` : said;
    super(name, `The document ${name} is damaged: ${cut}`, found, options);
    this.name = 'DocumentDamagedError';
  }
}
