/**
 * A text that a comment shows as it is. Names and messages come from programs, nodes and guests: between backticks nothing
 * is a mention, a link, an image or HTML, and more backticks than the text has end it.
 */
export function code(text: string): string {
  // What moves the cursor or the direction of writing would make a line say something else.
  const plain = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ").trim();
  if (plain === "") return "(empty)";
  const longest = Math.max(0, ...[...plain.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const space = plain.startsWith("`") || plain.endsWith("`") ? " " : "";
  return `${fence}${space}${plain}${space}${fence}`;
}

/** The first lines that fit, and how many are left out. Places for comments take no more than some 65,000 characters. */
export function within(limit: number, lines: readonly string[]): string {
  const kept: string[] = [];
  let length = 0;
  for (const [at, line] of lines.entries()) {
    const more = `… and ${lines.length - at} more lines: pulumi preview --diff shows all`;
    if (length + line.length + 1 > limit - more.length) return [...kept, more].join("\n");
    kept.push(line);
    length += line.length + 1;
  }
  return kept.join("\n");
}
