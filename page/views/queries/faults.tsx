/** What the API says of a query, at the inputs that it is about. */

/** Faults by the place of the form that they are about; `''`: of the query as a whole. */
export type Faults = Readonly<Record<string, readonly string[]>>;

/** What is wrong with an input, below it. */
export function Told({ list }: { list: readonly string[] | undefined }) {
  return (
    <>
      {list?.map((text) => (
        <p key={text} class="refusal">
          {text}
        </p>
      ))}
    </>
  );
}
