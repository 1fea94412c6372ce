/**
 * What a sudo rule may be: one command by its absolute path, with its arguments as plain words, with `""` for none, or
 * with one regular expression for all of them together (sudo 1.9.10 and later, Debian 12 and later). A wildcard is
 * refused: sudo matches `*` and `?` against all arguments as one text, blanks and slashes included, so that
 * `/usr/bin/tee /srv/x/*` also allows `/usr/bin/tee /srv/x/y /etc/shadow`.
 */
const plainWord = /^[A-Za-z0-9_@%+./:=,-]+$/;
const commandPath = /^(?:\/[A-Za-z0-9_+-][A-Za-z0-9_.+-]*)+$/;
const instead =
  "write the arguments as one regular expression instead, such as ^/var/lib/vz/snippets/[a-zA-Z0-9_][a-zA-Z0-9_.-]*$";

/** Why the rule is refused; undefined when it is not. */
export function ruleProblem(rule: string): string | undefined {
  if (/[^\x20-\x7e]/.test(rule)) return "write one line of plain ASCII characters";
  if (rule !== rule.trim() || / {2}/.test(rule)) return "write one blank between the words, and none around them";
  const [command = "", ...words] = rule.split(" ");
  if (!command.startsWith("/")) return "begin with the absolute path of one command, such as /usr/sbin/qm";
  if (command.endsWith("/")) return "name one command: a directory allows everything that is put into it";
  if (!commandPath.test(command))
    return "write the path of the command in letters, digits, _, ., + and -, without wildcards and without ..";
  if (words.length === 0 || (words.length === 1 && words[0] === '""')) return undefined;
  const rest = words.join(" ");
  if (rest.startsWith("^") || rest.endsWith("$")) return patternProblem(rest);
  if (/[*?[\]]/.test(rest)) return `a wildcard matches blanks and slashes too, and so any other file; ${instead}`;
  const odd = words.find((word) => !plainWord.test(word));
  if (odd !== undefined) return `the word ${odd} has characters that sudo may read as something else; ${instead}`;
  return rest.includes("..") ? "write paths without .., which lead elsewhere" : undefined;
}

/** Are its arguments a regular expression? No other rule has such a word. */
export const isPattern = (rule: string): boolean => rule.includes(" ^");

/** One piece of a regular expression, and how it may be repeated. */
const piece = /^(?:(\[([^\]]*)\])(\*|\+|\?|\{\d{1,3}\})?|\\\.|[A-Za-z0-9_@%/ -])/;
/** What may stand in a class: single characters and ranges, none of which holds a slash or a blank. */
const classContent = /^(?:[a-z]-[a-z]|[A-Z]-[A-Z]|[0-9]-[0-9]|[A-Za-z0-9_.@%+])+-?$/;

/**
 * A regular expression that cannot leave the directory that it names: no part of a path may begin with a dot or with what
 * may be left out, and no class holds a slash or a blank.
 */
function patternProblem(text: string): string | undefined {
  if (!/^\^.+\$$/.test(text)) return "begin the regular expression with ^ and end it with $: it is for all arguments";
  let rest = text.slice(1, -1);
  let begins = true;
  while (rest !== "") {
    const [whole, set, content = "", repeat] = piece.exec(rest) ?? [];
    if (whole === undefined)
      return (
        `the regular expression goes beyond what is checked at "${rest.slice(0, 20)}": write letters, digits, _, @, %, -, ` +
        "/ and blanks, \\. for a dot, and classes such as [a-z0-9_.-]* with *, +, ? or {3} behind them"
      );
    if (set !== undefined && !classContent.test(content))
      return `the class ${set} may hold letters, digits, _, ., @, %, + and ranges of letters or digits, and - at its end`;
    const canBeDot = whole === "\\." || (set !== undefined && content.includes("."));
    const canBeMissing = repeat === "*" || repeat === "?" || /^\{0+\}$/.test(repeat ?? "");
    if (begins && (canBeDot || canBeMissing))
      return `a part of a path may be .. at "${rest.slice(0, 20)}": begin it with a character that must be there and is no dot`;
    begins = whole === "/" || whole === " ";
    rest = rest.slice(whole.length);
  }
  return undefined;
}

const header = /^# Written by pulumi-proxmox-cluster for (\S+); changes are overwritten$/;
const everything = "ALL=(ALL:ALL) NOPASSWD: ALL";
const asRoot = "ALL=(root) NOPASSWD: ";

/** A file of /etc/sudoers.d. */
export interface Sudo {
  /** All as everybody, without a password. */
  readonly all: boolean;
  readonly rules: readonly string[];
}

export function printSudoers(mark: string, name: string, { all, rules }: Sudo): string {
  const lines = all ? [`${name} ${everything}`] : rules.map((rule) => `${name} ${asRoot}${escaped(rule)}`);
  return [`# Written by pulumi-proxmox-cluster for ${mark}; changes are overwritten`, ...lines, ""].join("\n");
}

/** Between words sudo reads these as its own; in a regular expression none of them is allowed. */
const escaped = (rule: string): string => (isPattern(rule) ? rule : rule.replace(/[,:=]/g, (one) => `\\${one}`));

/** What a file says, in the terms of the rules; a line of another form as it stands there. */
export function readSudoers(text: string, name: string): Sudo & { readonly mark: string | undefined } {
  const [first = "", ...rest] = text.split("\n");
  const mark = header.exec(first)?.[1];
  const lines = (mark === undefined ? [first, ...rest] : rest).filter((line) => !/^\s*(?:#(?!include)|$)/.test(line));
  const all = lines.includes(`${name} ${everything}`);
  const rules = lines
    .filter((line) => line !== `${name} ${everything}`)
    .map((line) => {
      const own = line.startsWith(`${name} ${asRoot}`) ? line.slice(name.length + 1 + asRoot.length) : undefined;
      const rule = own?.replace(/\\([,:=])/g, "$1");
      return rule !== undefined && ruleProblem(rule) === undefined ? rule : `(another line: ${line})`;
    });
  return { mark, all, rules };
}
