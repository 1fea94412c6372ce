import type { AptRepository } from "../world/node.js";

/**
 * The one-line format of `.list` files as Proxmox reads and writes it (proxmox-apt, `list_parser.rs` and `repository.rs` of its
 * branch `stable-bookworm`): a file is written anew with each change, an empty line after each repository, comments above
 * the one that they came before; those below the last one are lost.
 */

const blank = /[ \t\n\r\f]/;
const trimmed = (text: string): string => text.replace(/^[ \t\n\r\f]+|[ \t\n\r\f]+$/g, "");

/** Words as apt parts them: not at what is blank between `[]` or `""`; the quotes go. */
function* wordsOf(text: string): Generator<string, void> {
  let [word, closes]: [string | undefined, string | undefined] = [undefined, undefined];
  for (const character of text) {
    if (closes === undefined && blank.test(character)) {
      if (word !== undefined) yield word.replaceAll('"', "");
      word = undefined;
      continue;
    }
    word = (word ?? "") + character;
    if (closes !== undefined) closes = character === closes ? undefined : closes;
    else if (character === '"') closes = '"';
    else if (character === "[") closes = "]";
  }
  if (closes !== undefined) throw new Error(`missing terminating '${closes}'`);
  if (word !== undefined) yield word.replaceAll('"', "");
}

function optionsOf(words: Generator<string, void>): AptRepository["Options"] {
  const options: AptRepository["Options"] = [];
  for (;;) {
    const next = words.next();
    if (next.done) throw new Error("options not closed by ']'");
    const isLast = next.value.endsWith("]");
    const option = isLast ? next.value.slice(0, -1) : next.value;
    if (option !== "") {
      const at = option.indexOf("=");
      if (at < 0) throw new Error(`got invalid option - '${option}'`);
      const [key, values] = [option.slice(0, at), option.slice(at + 1)];
      if (key === "") throw new Error(`option has no key: '${option}'`);
      if (values === "") throw new Error(`option has no value: '${option}'`);
      options.push({ Key: key, Values: values.split(",") });
    }
    if (isLast) return options;
  }
}

/** One line; what is a comment is added to those before it. A repository behind a `#` is one that is switched off. */
function repositoryIn(line: string, comments: { text: string }): AptRepository | undefined {
  let rest = trimmed(line);
  if (rest.startsWith("#")) {
    try {
      const switchedOff = repositoryIn(rest.slice(1), comments);
      if (switchedOff) return { ...switchedOff, Enabled: 0 };
    } catch {
      // A comment that only looks like one.
    }
  }
  const comment = rest.indexOf("#");
  if (comment >= 0) {
    comments.text += `${rest.slice(comment + 1)}\n`;
    rest = rest.slice(0, comment);
  }
  const [, type, after = ""] = /^([^ \t\n\r\f]*)[ \t\n\r\f](.*)$/s.exec(rest) ?? [];
  if (type === undefined) return undefined;
  if (type !== "deb" && type !== "deb-src")
    throw new Error(`unknown variant \`${type}\`, expected \`deb\` or \`deb-src\``);
  const place = after.replace(/^[ \t\n\r\f]+/, "");
  const words = wordsOf(place.replace(/^\[/, ""));
  const Options = place.startsWith("[") ? optionsOf(words) : [];
  const [uri, suite, ...Components] = words;
  if (uri === undefined) throw new Error("missing URI");
  if (suite === undefined) throw new Error("missing suite");
  const Comment = comments.text;
  comments.text = "";
  return {
    ...{ Types: [type], URIs: [uri], Suites: [suite], Components, Options, FileType: "list", Enabled: 1 },
    ...(Comment === "" ? {} : { Comment }),
  };
}

/** What every repository must have. */
function check({ URIs, Suites, Components }: AptRepository): void {
  for (const uri of URIs) if (!uri.includes(":") || uri.length < 3) throw new Error(`invalid URI: '${uri}'`);
  for (const suite of Suites) {
    if (!suite.endsWith("/") && Components.length === 0) throw new Error("missing component(s)");
    if (suite.endsWith("/") && Components.length > 0)
      throw new Error(`absolute suite '${suite}' does not allow component(s)`);
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Throws in Proxmox's words where a line is none that apt knows. */
export function readList(text: string): AptRepository[] {
  const comments = { text: "" };
  const found = text.split("\n").flatMap((line, at) => {
    try {
      return repositoryIn(line, comments) ?? [];
    } catch (error) {
      throw new Error(`malformed entry on line ${at + 1} - ${textOf(error)}`, { cause: error });
    }
  });
  found.forEach((repository, at) => {
    try {
      check(repository);
    } catch (error) {
      throw new Error(`check for repository ${at + 1} - ${textOf(error)}`, { cause: error });
    }
  });
  return found;
}

/** In quotes where something blank is in it that no `[]` keeps together. */
function quoted(text: string): string {
  const plain = text.replaceAll('"', "");
  return blank.test(plain.replace(/\[[^\]]*\]?/g, "")) ? `"${plain}"` : plain;
}

export function writeList(repositories: readonly AptRepository[]): string {
  return repositories
    .map(({ Types, URIs, Suites, Components, Options, Comment = "", Enabled }) => {
      const comments = Comment.replace(/\n$/, "").split("\n");
      const options = Options.map(({ Key, Values }) => `${quoted(`${Key}=${Values.join(",")}`)} `).join("");
      return [
        ...(Comment === "" ? [] : comments.map((line) => `#${line}\n`)),
        Enabled ? "" : "# ",
        `${Types[0]} ${options === "" ? "" : `[ ${options}] `}`,
        `${quoted(URIs[0] ?? "")} ${quoted(Suites[0] ?? "")} ${Components.map(quoted).join(" ")}\n\n`,
      ].join("");
    })
    .join("");
}
