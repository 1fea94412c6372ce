import fs from "node:fs";
import type { World } from "./world/world.js";

/** How long a change that no reply waits for may stay in memory, in milliseconds. */
const delay = 5;

/** Writes a file whole or not at all: a reader never sees half of it. */
export function writeWhole(file: string, text: string): void {
  fs.writeFileSync(`${file}.new`, text, { mode: 0o600 });
  fs.renameSync(`${file}.new`, file);
}

/** Reads a world that was kept; undefined when the file is not there yet. */
export function readState(file: string): World | undefined {
  if (!fs.existsSync(file)) return undefined;
  const why = "is not a world that the simulator has saved; name another file, or remove it to begin anew";
  let world: Partial<World>;
  try {
    world = JSON.parse(fs.readFileSync(file, "utf8")) as Partial<World>;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new Error(`${file} ${why} (${error.message})`, { cause: error });
  }
  if (world.format !== 1 || !world.nodes || !world.clusters) throw new Error(`${file} ${why}`);
  return world as World;
}

/**
 * Keeps a world in a file. Every change is written before a reply tells of it, and within milliseconds in any case: what
 * a client has been told survives the end of the process, whatever ends it.
 */
export class StateFile {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly file: string,
    private readonly text: () => string,
  ) {
    this.write();
  }

  changed(): void {
    this.timer ??= setTimeout(() => this.write(), delay);
  }

  /** Writes what has changed, if anything has. */
  flush(): void {
    if (this.timer) this.write();
  }

  /** Writes the last state. */
  close(): void {
    this.write();
  }

  private write(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    writeWhole(this.file, this.text());
  }
}
