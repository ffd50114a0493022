/** Sentences of a dialog, a paragraph each. A name of somebody else's may be in them. */
export function Words({ of }: { of: readonly string[] }) {
  return (
    <>
      {of.map((sentence) => (
        <p key={sentence} className="tenantry-foreign">
          {sentence}
        </p>
      ))}
    </>
  );
}
