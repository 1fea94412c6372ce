import path from "node:path/posix";

// What is refused, in which words and with which exit code: logrotate 3.21, tried on a Debian system; a test compares the
// two where there is one. What goes beyond is a hole.

/** What logrotate sees of a machine. */
export interface RotationHost {
  readonly users: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
  file(name: string): { readonly text: string; readonly mode: number } | undefined;
  /** Names in a folder; undefined where there is none. */
  names(folder: string): readonly string[] | undefined;
  /** Files that a pattern stands for. */
  logs(pattern: string): readonly string[];
  isFolder(name: string): boolean;
  /** Others than root may write in it. */
  isOpen(folder: string): boolean;
}

export interface Entry {
  readonly logs: string[];
  missingOk: boolean;
  su: boolean;
}

/** Something that is not simulated. */
export class BeyondRotation extends Error {}

const plainWords = new Set([
  ...["compress", "nocompress", "delaycompress", "nodelaycompress", "copytruncate", "nocopytruncate", "dateext"],
  ...["nodateext", "ifempty", "notifempty", "sharedscripts", "nosharedscripts", "nocreate"],
  ...["hourly", "daily", "weekly", "monthly", "yearly"],
]);
const sizes = new Set(["size", "minsize", "maxsize"]);
const scripts = new Set(["postrotate", "prerotate", "firstaction", "lastaction", "preremove"]);
/** Words of logrotate that nobody needed so far. */
const unbuilt = new Set([
  ...["addextension", "allowhardlink", "compresscmd", "compressext", "compressoptions", "copy", "createolddir"],
  ...["datehourago", "dateyesterday", "dateformat", "errors", "extension", "mail", "mailfirst", "maillast", "minage"],
  ...[
    "nocopy",
    "nomail",
    "noolddir",
    "norenamecopy",
    "noshred",
    "olddir",
    "renamecopy",
    "shred",
    "shredcycles",
    "start",
  ],
  ...["tabooext", "taboopat", "uncompresscmd", "nocreateolddir", "noallowhardlink"],
]);
const taboo = [
  ...["*,v", "*.bak", "*.cfsaved", "*.disabled", "*.dpkg-bak", "*.dpkg-del", "*.dpkg-dist", "*.dpkg-new", "*.dpkg-old"],
  ...["*.dpkg-tmp", "*.rpmnew", "*.rpmorig", "*.rpmsave", "*.swp", "*.ucf-dist", "*.ucf-new", "*.ucf-old", "*~"],
];

/** All that one run reads: the entries, what it says, and whether it ends well. */
export class RotationConfig {
  readonly entries: Entry[] = [];
  readonly said: string[] = [];
  failed = false;
  private readonly global = { missingOk: false, su: false };

  constructor(private readonly host: RotationHost) {}

  /** Reads a file; false when something in it was an error. `shown`: how the file is called. */
  read(file: string, shown = file): boolean {
    const found = this.host.file(file);
    if (!found) {
      this.error(`cannot stat ${shown}: No such file or directory`);
      return false;
    }
    const mode = (found.mode & 0o777).toString(8).padStart(4, "0");
    if ((found.mode & 0o133) !== 0) this.said.push(`warning: Potentially dangerous mode on ${shown}: ${mode}`);
    if ((found.mode & 0o022) !== 0) {
      this.said.push(`error: Ignoring ${shown} because it is writable by group or others.`);
      return true;
    }
    if (found.text === "") {
      this.said.push(`Ignoring ${shown} because it's empty.`);
      return true;
    }
    this.said.push(`reading config file ${shown}`);
    return new FileReader(this, this.host, found.text, shown, this.global).read();
  }

  include(folder: string): void {
    const names = this.host.names(folder);
    if (!names) throw new BeyondRotation();
    this.said.push(`including ${folder}`);
    for (const name of [...names].sort()) {
      const pattern = taboo.find((one) => name.endsWith(one.slice(1)));
      if (pattern !== undefined) this.said.push(`Ignoring ${name}, because of ${pattern} pattern match`);
      else if (!this.read(path.join(folder, name), name)) this.error(`found error in file ${name}, skipping`);
    }
  }

  error(text: string): void {
    this.said.push(`error: ${text}`);
    this.failed = true;
  }
}

type Global = { missingOk: boolean; su: boolean };

class FileReader {
  private at = 0;
  private sound = true;
  private open: Entry | undefined;
  private head = "";

  constructor(
    private readonly config: RotationConfig,
    private readonly host: RotationHost,
    private readonly text: string,
    private readonly shown: string,
    private readonly global: Global,
  ) {}

  read(): boolean {
    while (this.at < this.text.length) {
      const [space = ""] = /^\s+/.exec(this.text.slice(this.at)) ?? [];
      this.at += space.length;
      const first = this.text[this.at];
      if (first === undefined) break;
      if (first === "#") this.restOfLine();
      else if (first === "}") this.close();
      else if (/[/"]/.test(first) && !this.open) this.begin();
      else if (/[a-z]/i.test(first)) {
        if (!this.directive(this.word())) return this.sound;
      } else throw new BeyondRotation();
    }
    return this.sound;
  }

  private get line(): number {
    return this.text.slice(0, this.at).split("\n").length;
  }

  private restOfLine(): string {
    const end = this.text.indexOf("\n", this.at);
    const rest = this.text.slice(this.at, end < 0 ? undefined : end);
    this.at += rest.length;
    return rest.trim();
  }

  private word(): string {
    const [word = ""] = /^[a-z]+/i.exec(this.text.slice(this.at)) ?? [];
    this.at += word.length;
    return word;
  }

  private begin(): void {
    const line = this.line;
    const brace = this.text.indexOf("{", this.at);
    if (brace < 0) throw new BeyondRotation();
    this.head = this.text.slice(this.at, brace);
    const names = this.head.match(/"[^"]*"|\S+/g) ?? [];
    if (names.some((name) => !/^(?:\/[^\\"']*|"\/[^\\"']*")$/.test(name))) throw new BeyondRotation();
    this.at = brace + 1;
    this.open = { logs: [], ...this.global };
    this.config.entries.push(this.open);
    for (const name of names) {
      const pattern = name.replace(/^"(.*)"$/, "$1");
      const found = this.host.logs(pattern);
      for (const log of found.length > 0 ? found : [pattern]) {
        if (!this.config.entries.some(({ logs }) => logs.includes(log))) this.open.logs.push(log);
        else {
          this.wrong(`duplicate log entry for ${log}`, line);
          this.sound = false;
        }
      }
    }
  }

  private close(): void {
    if (!this.open) throw new BeyondRotation();
    this.open = undefined;
    this.at++;
  }

  /** False when the rest of the file is not read. */
  private directive(word: string): boolean {
    const { line } = this;
    const target = this.open ?? this.global;
    if (word === "missingok" || word === "nomissingok") target.missingOk = word === "missingok";
    else if (plainWords.has(word)) return true;
    else if (scripts.has(word)) return this.script();
    else if (word === "include" && !this.open) this.config.include(this.restOfLine());
    else if (word === "rotate") {
      const count = this.restOfLine();
      if (count === "") this.spoil("argument expected after rotate count", line);
      else if (!/^-?\d+$/.test(count)) this.spoil(`bad rotation count '${count}'`, line);
    } else if (sizes.has(word)) this.size(word, this.restOfLine(), line);
    else if (word === "maxage") {
      if (!/^\d+$/.test(this.restOfLine())) throw new BeyondRotation();
    } else if (word === "create" || word === "su") this.owner(word, this.restOfLine(), line);
    else if (unbuilt.has(word) || word === "include") throw new BeyondRotation();
    else {
      this.config.said.push(`error: ${this.shown}:${line} unknown option '${word}' -- ignoring line`);
      this.restOfLine();
    }
    return true;
  }

  private script(): boolean {
    const end = /\n[ \t]*endscript[ \t]*(?:\n|$)/.exec(this.text.slice(this.at));
    if (end) {
      this.at += end.index + end[0].length;
      return true;
    }
    this.config.error(`${this.shown}:prerotate, postrotate or preremove without endscript`);
    this.config.entries.pop();
    this.sound = false;
    return false;
  }

  private size(word: string, value: string, line: number): void {
    if (value === "" && word === "size")
      this.config.said.push(`error: ${this.shown}:${line} argument expected after size`);
    else if (!/^\d/.test(value)) throw new BeyondRotation();
    else if (!/^\d+[kMG]?$/.test(value)) this.spoil(`unknown unit '${value.slice(-1)}'`, line);
  }

  private owner(word: "create" | "su", value: string, line: number): void {
    const words = value === "" ? [] : value.split(/\s+/);
    const octal = word === "create" && /^[0-7]+$/.test(words[0] ?? "");
    const [user, group, ...more] = octal ? words.slice(1) : words;
    const problem =
      more.length > 0
        ? `extra arguments for ${word}`
        : word === "su" && user === undefined
          ? "no user for su"
          : user !== undefined && !this.host.users.has(user)
            ? `unknown user '${user}'`
            : word === "su" && group === undefined
              ? "no group for su"
              : group !== undefined && !this.host.groups.has(group)
                ? `unknown group '${group}'`
                : undefined;
    if (problem !== undefined) return this.spoil(problem, line);
    if (word === "su") (this.open ?? this.global).su = true;
  }

  private wrong(text: string, line: number): void {
    this.config.error(`${this.shown}:${line} ${text}`);
  }

  /** The entry is thrown away with its error, and what is left of it passed over. */
  private spoil(text: string, line: number): void {
    if (!this.open) throw new BeyondRotation();
    this.wrong(text, line);
    this.config.error(`found error in ${this.head}, skipping`);
    this.config.said.push("removing last 1 log configs");
    this.config.entries.pop();
    this.open = undefined;
    this.sound = false;
    const end = this.text.indexOf("}", this.at);
    if (end < 0) throw new BeyondRotation();
    this.at = end + 1;
  }
}
