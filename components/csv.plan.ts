/** One record of a CSV text, with the line that it begins on. */
interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

/** What is wrong with a CSV text, and where. */
interface CsvProblem {
  readonly line: number;
  readonly message: string;
}

/**
 * CSV as RFC 4180 describes it: quoted cells may hold separators, line breaks and doubled quotes. Also taken: a byte
 * order mark, lines that end with LF alone, empty lines, and semicolons when the first line has no comma, as
 * spreadsheets write them where the comma belongs to numbers.
 */
export function parseCsv(source: string): { readonly records: CsvRecord[]; readonly problems: CsvProblem[] } {
  const text = source.replace(/^\uFEFF/, "");
  const separator = separatorOf(text);
  const records: CsvRecord[] = [];
  const problems: CsvProblem[] = [];
  let [at, line] = [0, 1];

  while (at < text.length) {
    const begin = line;
    const cells: string[] = [];
    let ended = false;
    while (!ended) {
      cells.push(text[at] === '"' ? quoted() : plain());
      ended = text[at] !== separator;
      at++;
    }
    if (text[at - 1] === "\r" && text[at] === "\n") at++;
    line++;
    if (cells.length > 1 || cells[0]?.trim() !== "") records.push({ line: begin, cells });
  }
  return { records, problems };

  function plain(): string {
    const from = at;
    while (at < text.length && text[at] !== separator && !atLineEnd()) at++;
    const cell = text.slice(from, at);
    if (cell.includes('"'))
      problems.push({
        line,
        message: `a quote stands inside the cell ${cell.trim()}; put the whole cell in quotes and double it`,
      });
    return cell.trim();
  }

  function quoted(): string {
    const begin = line;
    let cell = "";
    for (at++; at < text.length; at++) {
      if (text[at] === "\n") line++;
      if (text[at] !== '"') cell += text[at];
      else if (text[at + 1] === '"') cell += text[at++];
      else {
        at++;
        const rest = plain();
        if (rest !== "")
          problems.push({ line, message: `"${rest}" follows the closing quote; double quotes inside a cell` });
        return cell;
      }
    }
    problems.push({ line: begin, message: "the quote that begins here is never closed" });
    return cell;
  }

  function atLineEnd(): boolean {
    return text[at] === "\n" || (text[at] === "\r" && (text[at + 1] === "\n" || at + 1 === text.length));
  }
}

function separatorOf(text: string): "," | ";" {
  const first = /^[^\n]*/.exec(text)?.[0] ?? "";
  return first.includes(";") && !first.includes(",") ? ";" : ",";
}
