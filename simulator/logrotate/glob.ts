/** The names that glob(3) finds for a pattern, in their order. */
export function glob(pattern: string, names: readonly string[]): string[] {
  let text = "";
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at] ?? "";
    // what begins with a dot is hidden
    const first = at === 0 || pattern[at - 1] === "/" ? "(?!\\.)" : "";
    const end = char === "[" ? pattern.indexOf("]", at + 2) : -1;
    if (char === "*") text += `${first}[^/]*`;
    else if (char === "?") text += `${first}[^/]`;
    else if (end > 0) {
      text += `${first}[${pattern
        .slice(at + 1, end)
        .replace(/^!/, "^")
        .replace(/\\/g, "\\\\")}]`;
      at = end;
    } else text += /\w|\//.test(char) ? char : `\\${char}`;
  }
  const fits = new RegExp(`^${text}$`);
  return names.filter((name) => fits.test(name)).sort();
}
