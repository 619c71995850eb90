/** What the marks on a document's pages are, for those who hear it or read it in another form. */

/** An object of the file, written when it ends. */
interface Reference {
  data: object;
  end(chunk?: unknown): void;
}

/** PDF's names of what a report has. */
type ElementType = 'Document' | 'H1' | 'P' | 'Figure' | 'Table' | 'TBody' | 'TR' | 'TH' | 'TD';

/** Of a cell: for what it is the heading, and over how many columns it reaches. */
export interface ElementAttributes {
  readonly scope?: 'Column' | 'Row' | undefined;
  readonly span?: number | undefined;
  /** In place of what is drawn. */
  readonly alt?: string | undefined;
  /** Of a figure: left, lower, right and upper edge from the page's lower left corner, in points. */
  readonly box?: readonly number[] | undefined;
}

/** A file grows by some 75 bytes a cell, so that longer documents are as they were. */
const mostPages = 300;

/** Opens elements, and knows which of them each mark of the current page belongs to. */
export class Structure {
  readonly #document: PDFKit.PDFDocument;
  readonly root: Element;
  /** Of each page: the elements of its marks. */
  readonly #pages: Reference[] = [];
  #marks: Reference[] = [];
  #page: Reference | undefined;

  constructor(document: PDFKit.PDFDocument) {
    this.#document = document;
    this.root = new Element(this, 'Document', undefined, {});
  }

  /** Whether the document is not too long. */
  get isOn(): boolean {
    return this.#pages.length <= mostPages;
  }

  ref(data: object): Reference {
    return this.#document.ref(data as { [key: string]: unknown }) as Reference;
  }

  /** Marks belong to this page from now on. */
  beginPage(page: Reference): void {
    this.#endPage();
    this.#page = page;
    if (!this.isOn) return;
    Object.assign(page.data, { StructParents: this.#pages.length, Tabs: 'S' });
  }

  #endPage(): void {
    if (this.#page === undefined || !this.isOn) return;
    const parents = this.ref(this.#marks);
    writeOut(parents);
    this.#pages.push(parents);
    this.#marks = [];
  }

  /** The operator before what is drawn of an element; `EMC` is behind it. */
  mark(element: Element): string {
    const mark = this.#marks.push(element.ref) - 1;
    element.addMark(this.#page, mark);
    return `/${element.type} <</MCID ${mark}>> BDC`;
  }

  /** @returns what the catalog of the document has of it; undefined of one that is too long */
  end(): { MarkInfo: Reference; StructTreeRoot: Reference } | undefined {
    this.#endPage();
    const tree = this.ref({ Type: 'StructTreeRoot' });
    this.root.close(tree);
    const parents = this.ref({ Nums: this.#pages.flatMap((page, index) => [index, page]) });
    parents.end();
    Object.assign(tree.data, {
      K: [this.root.ref],
      ParentTree: parents,
      ParentTreeNextKey: this.#pages.length,
    });
    if (this.isOn) return { MarkInfo: this.ref({ Marked: true }), StructTreeRoot: tree };
    tree.end();
    return undefined;
  }
}

/** What is referred to by its number alone from now on. */
function writeOut(reference: Reference): void {
  reference.end();
  reference.data = {};
}

/** Something in the document; written when it is closed and all that is in it has been. */
export class Element {
  readonly type: ElementType;
  readonly ref: Reference;
  readonly #structure: Structure;
  readonly #parent: Element | undefined;
  readonly #kids: unknown[] = [];
  #page: Reference | undefined;
  #open = 0;
  #isClosed = false;

  constructor(
    structure: Structure,
    type: ElementType,
    parent: Element | undefined,
    { scope, span = 1, alt, box }: ElementAttributes,
  ) {
    this.#structure = structure;
    this.type = type;
    this.#parent = parent;
    if (parent !== undefined) parent.#open += 1;
    const table = {
      ...(scope === undefined ? {} : { Scope: scope }),
      ...(span === 1 ? {} : { ColSpan: span }),
    };
    this.ref = structure.ref({
      Type: 'StructElem',
      S: type,
      ...(parent === undefined ? {} : { P: parent.ref }),
      ...(Object.keys(table).length === 0 ? {} : { A: { O: 'Table', ...table } }),
      ...(box === undefined ? {} : { A: { O: 'Layout', Placement: 'Block', BBox: box } }),
      // pdfkit takes a plain text for a name.
      ...(alt === undefined ? {} : { Alt: new String(alt) }),
    });
  }

  /** Something within this. */
  child(type: ElementType, attributes: ElementAttributes = {}): Element {
    return new Element(this.#structure, type, this, attributes);
  }

  /** Whether it has been drawn: what is drawn again is none of it. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  addMark(page: Reference | undefined, mark: number): void {
    this.#page ??= page;
    this.#kids.push(this.#page === page ? mark : { Type: 'MCR', Pg: page, MCID: mark });
  }

  /** Nothing more will be in it but what has been opened. @param above of the outermost one */
  close(above?: Reference): void {
    this.#isClosed = true;
    if (above !== undefined) Object.assign(this.ref.data, { P: above });
    this.#writeWhenDone();
  }

  #writeWhenDone(): void {
    if (!this.#isClosed || this.#open > 0) return;
    Object.assign(this.ref.data, {
      ...(this.#page === undefined ? {} : { Pg: this.#page }),
      ...(this.#kids.length === 0 ? {} : { K: this.#kids }),
    });
    writeOut(this.ref);
    const parent = this.#parent;
    if (parent === undefined) return;
    parent.#kids.push(this.ref);
    parent.#open -= 1;
    parent.#writeWhenDone();
  }
}
