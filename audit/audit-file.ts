import fs from "node:fs";
import path from "node:path";
import { beginning, nextLine, readLine, tornHash, type AuditEvent, type ChainEnd } from "./audit-line";
import { locked } from "./audit-lock";

/** So much of the end of a file is read to find its last line: many times the longest one. */
const tailBytes = 256 * 1024;
/** What a text of any length is cut to, one in a list, and how many of those: a line stays far below the tail. */
const longestText = 8000;
const longestItem = 300;
const mostItems = 200;

/** Files of a trail, the oldest first: `audit.jsonl.1`, `audit.jsonl.2`, … and `audit.jsonl` itself. */
export function filesOf(file: string): string[] {
  const folder = path.dirname(file);
  const name = path.basename(file);
  const number = (one: string): number => Number(one.slice(name.length + 1));
  const older = fs
    .readdirSync(folder)
    .filter((one) => one.startsWith(`${name}.`) && /^[1-9]\d*$/.test(one.slice(name.length + 1)))
    .sort((a, b) => number(a) - number(b))
    .map((one) => path.join(folder, one));
  return fs.existsSync(file) ? [...older, file] : older;
}

/** The trail in a file for its owner alone. Lines are appended one by one, by one process at a time. */
export class AuditFile {
  constructor(
    readonly file: string,
    /** A file that has grown to this is put aside before the next line. */
    private readonly largest: number,
    private readonly now: () => Date = () => new Date(),
  ) {}

  /** Appends a line and waits until it is on the disk; returns it. */
  async append(event: AuditEvent): Promise<string> {
    const folder = path.dirname(this.file);
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    return locked(this.file, () => this.write(event));
  }

  private write(event: AuditEvent): string {
    const why = notATrail(this.file);
    if (why !== undefined) throw new Error(why);
    if (this.isFull()) this.putAside();
    const fd = this.open();
    try {
      const { end, torn } = lastOf(fd);
      const before = end === undefined ? this.newest() : undefined;
      let at = end ?? (before === undefined ? beginning : endOf(before));
      if (torn.length > 0) {
        // What a crash has left is kept as it is, and told of; nothing is ever taken away from a trail.
        fs.writeSync(fd, "\n");
        at = this.put(fd, at, { event: "torn", bytes: torn.length, sha256: tornHash(torn) }).end;
      }
      if (before !== undefined) at = this.put(fd, at, { event: "file", after: path.basename(before) }).end;
      const { text } = this.put(fd, at, shortened(event) as AuditEvent);
      fs.fsyncSync(fd);
      return text;
    } finally {
      fs.closeSync(fd);
    }
  }

  private put(fd: number, end: ChainEnd, event: AuditEvent): { readonly text: string; readonly end: ChainEnd } {
    const next = nextLine(end, event, this.now().toISOString());
    const bytes = Buffer.from(next.text);
    const written = fs.writeSync(fd, bytes);
    if (written !== bytes.length) throw new Error(`only ${written} of ${bytes.length} bytes could be written`);
    return next;
  }

  private isFull(): boolean {
    const stat = fs.lstatSync(this.file, { throwIfNoEntry: false });
    return stat?.isFile() === true && stat.size >= this.largest;
  }

  /** The newest of those that were put aside: a new file goes on where it has ended. */
  private newest(): string | undefined {
    return filesOf(this.file)
      .filter((one) => one !== this.file)
      .at(-1);
  }

  private putAside(): void {
    const newest = this.newest();
    const number = newest === undefined ? 0 : Number(newest.slice(this.file.length + 1));
    fs.renameSync(this.file, `${this.file}.${number + 1}`);
  }

  private open(): number {
    const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_RDWR } = fs.constants;
    const fd = fs.openSync(this.file, O_APPEND | O_CREAT | O_RDWR | O_NOFOLLOW | O_NONBLOCK, 0o600);
    const stat = fs.fstatSync(fd);
    if (!stat.isFile()) {
      fs.closeSync(fd);
      throw new Error("it is no regular file");
    }
    if ((stat.mode & 0o777) !== 0o600) fs.fchmodSync(fd, 0o600);
    return fd;
  }
}

const start = '{"seq":';

/**
 * Why a file is none of a trail, before anything is done to it: it begins otherwise. A first line that was torn is the
 * beginning of one.
 */
export function notATrail(file: string): string | undefined {
  const stat = fs.lstatSync(file, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  if (stat.isSymbolicLink()) return `${file} is a symbolic link, which is not followed; write the path of a file`;
  if (!stat.isFile()) return `${file} is no regular file; write the path of a file`;
  const fd = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW);
  try {
    const head = Buffer.alloc(start.length);
    const length = fs.readSync(fd, head, 0, head.length, 0);
    return start.startsWith(head.toString("latin1", 0, length))
      ? undefined
      : `${file} is there already and is no trail of changes; write another path`;
  } finally {
    fs.closeSync(fd);
  }
}

/** Where the chain ends in a file that was put aside. */
function endOf(file: string): ChainEnd {
  const fd = fs.openSync(file, "r");
  try {
    const { end } = lastOf(fd);
    if (end === undefined) throw new Error(`${file} has no line; look at it with audit verify`);
    return end;
  } finally {
    fs.closeSync(fd);
  }
}

/** Where the chain in a file ends, and what stands behind its last line end. */
function lastOf(fd: number): { end: ChainEnd | undefined; torn: Buffer } {
  const { size } = fs.fstatSync(fd);
  const length = Math.min(size, tailBytes);
  const tail = Buffer.alloc(length);
  fs.readSync(fd, tail, 0, length, size - length);
  const cut = tail.lastIndexOf("\n") + 1;
  const torn = tail.subarray(cut);
  const lines = tail.subarray(0, cut).toString("latin1").split("\n").slice(0, -1);
  // What was torn before stands in a line of its own, in front of the one that tells of it.
  const last = lines.at(-1);
  if (last === undefined && size > torn.length) throw new Error("its last line is too long to be one of a trail");
  if (last === undefined) return { end: undefined, torn };
  const read = readLine(last);
  if (!read) throw new Error("its last line is none of a trail: write another file, or look at it with audit verify");
  return { end: { seq: read.line.seq, hash: read.line.hash }, torn };
}

function shortened(value: unknown, longest = longestText): unknown {
  if (typeof value === "string") return value.length > longest ? `${value.slice(0, longest)}…` : value;
  if (Array.isArray(value)) return value.slice(0, mostItems).map((item) => shortened(item, longestItem));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shortened(inner, longest)]));
}
