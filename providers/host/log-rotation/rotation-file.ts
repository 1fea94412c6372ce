/** A directive with its arguments, as logrotate has it: `["rotate", "7"]`. */
export type Directive = readonly [name: string, ...args: string[]];

/** A block of a file: logs, and what is done to them. */
interface Rotation {
  readonly logs: readonly string[];
  readonly directives: readonly Directive[];
  /** Names of the scripts in it, such as `postrotate`. */
  readonly scripts: readonly string[];
}

interface RotationFile {
  /** Whose it is; undefined when none of this library's resources has written it. */
  readonly mark?: string;
  readonly rotations: readonly Rotation[];
  /** Directives outside of all blocks, and what is no part of a whole block. */
  readonly rest: readonly string[];
}

const firstLine = /^# Written by pulumi-proxmox-cluster for (\S+); changes are overwritten$/;
const scriptWords = ["postrotate", "prerotate", "firstaction", "lastaction", "preremove"];
/** Directives that take the rest of their line; logrotate takes any other one alone, and goes on in the same line. */
const withArguments = new Set([
  ...["addextension", "compresscmd", "compressext", "compressoptions", "create", "createolddir", "dateformat"],
  ...["error", "errors", "extension", "include", "mail", "maxage", "maxsize", "minage", "minsize", "olddir", "rotate"],
  ...["shredcycles", "size", "start", "su", "tabooext", "taboopat", "uncompresscmd"],
]);

/** The file of one block, marked as its owner's. */
export function printRotation(mark: string, logs: readonly string[], directives: readonly Directive[]): string {
  const lines = [...logs, "{", ...directives.map((words) => `    ${words.join(" ")}`), "}"];
  return `# Written by pulumi-proxmox-cluster for ${mark}; changes are overwritten\n${lines.join("\n")}\n`;
}

export const markIn = (text: string): string | undefined => firstLine.exec(text.split("\n", 1)[0] ?? "")?.[1];

/** Whatever a file says, read as logrotate reads it; scripts are passed over. */
export function readRotations(text: string): RotationFile {
  const mark = markIn(text);
  const rotations: Rotation[] = [];
  const rest: string[] = [];
  let names: string[] = [];
  let open: { logs: string[]; directives: Directive[]; scripts: string[] } | undefined;
  let script = false;
  for (const line of text.split("\n")) {
    if (script) {
      script = line.trim() !== "endscript";
      continue;
    }
    let words = wordsOf(line);
    while (words.length > 0) {
      const [word = "", ...more] = words;
      words = more;
      if (word === "{" && !open) {
        open = { logs: names, directives: [], scripts: [] };
        names = [];
      } else if (word === "}" && open) {
        rotations.push(open);
        open = undefined;
      } else if (!open && /^["'/]/.test(word)) names.push(word.replace(/^(["'])(.*)\1$/, "$2"));
      else if (scriptWords.includes(word)) {
        open?.scripts.push(word);
        script = true;
        words = [];
      } else {
        const end = withArguments.has(word) ? more.findIndex((one) => one === "}") : 0;
        const args = end < 0 ? more : more.slice(0, end);
        words = more.slice(args.length);
        if (open) open.directives.push([word, ...args]);
        else rest.push([word, ...args].join(" "));
      }
    }
  }
  if (open || names.length > 0) rest.push([...(open?.logs ?? []), ...names, ...(open ? ["{"] : [])].join(" "));
  return { ...(mark === undefined ? {} : { mark }), rotations, rest };
}

/** Words of a line without its comment: braces are words of their own, what is in quotes is one. */
const wordsOf = (line: string): string[] =>
  (line.replace(/(^|\s)#.*$/, "").match(/"[^"]*"|'[^']*'|[{}]|[^\s{}]+/g) ?? []).map((word) => word);

/** Names of files that logrotate passes over in a folder that it includes (its `taboo` patterns). */
export const isPassedOver = (name: string): boolean =>
  /(?:~|,v|\.(?:bak|cfsaved|disabled|dpkg-(?:bak|del|dist|new|old|tmp)|orig|rhn-cfg-tmp-.*|rpm(?:new|orig|save)|swp|ucf-(?:dist|new|old)))$/.test(
    name,
  );
