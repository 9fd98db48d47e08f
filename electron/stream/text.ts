/** A peer's text made fit for a log line or a terminal: control and other odd characters are escaped. */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** The same between quotes, those within it escaped. */
export function quoted(text: string): string {
  return printable(JSON.stringify(text));
}
