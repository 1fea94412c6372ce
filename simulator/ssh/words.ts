/** Words of a command line as a shell reads them; undefined for anything beyond plain words and quotes. */
export function shellWords(line: string): string[] | undefined {
  const words: string[] = [];
  let rest = line.trim();
  while (rest !== "") {
    let word = "";
    for (;;) {
      const part = /^(?:'([^']*)'|\\([^\n])|([\w@%+=:,./-]+))/.exec(rest);
      if (!part) break;
      word += part[1] ?? part[2] ?? part[3] ?? "";
      rest = rest.slice(part[0].length);
    }
    if (rest !== "" && !/^\s/.test(rest)) return undefined;
    words.push(word);
    rest = rest.trimStart();
  }
  return words;
}
