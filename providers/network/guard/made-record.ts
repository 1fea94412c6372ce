import type { Ssh } from "../../../pve";
import { folder } from "../../kernel/way-back/node-timer";
import { stoppedFile } from "./guard-files";

/** Which interfaces were made, by whose marks, until the engine has recorded them. All stacks write it. */
const recordFile = `${folder}/network.json`;

/** An interface by its name, with its owner's mark. */
export type MadeInterfaces = Readonly<Record<string, string>>;

interface Entry {
  readonly mark: string;
  /** The timer that it was on probation with; without one, or once it is proven, it was found in order. */
  readonly arming?: string | undefined;
}

type Entries = Readonly<Record<string, Entry>>;

/** The note on a node of what was made there. */
export class MadeRecord {
  constructor(
    private readonly ssh: Ssh,
    private readonly node: string,
    private readonly file = recordFile,
  ) {}

  /** All of them, those on probation as well. */
  async names(): Promise<ReadonlySet<string>> {
    return new Set(Object.keys(await this.read(undefined)));
  }

  /** Those that were found in order. */
  async found(signal?: AbortSignal): Promise<MadeInterfaces> {
    const proven: Record<string, string> = {};
    for (const [name, { mark, arming }] of Object.entries(await this.read(signal))) {
      if (arming !== undefined && !(await this.isStopped(arming, signal))) continue;
      proven[name] = mark;
    }
    return proven;
  }

  /** `arming`: they are on probation with it. */
  async add(made: MadeInterfaces, arming: string | undefined, signal?: AbortSignal): Promise<void> {
    if (Object.keys(made).length === 0) return;
    const added = Object.entries(made).map(([name, mark]) => [name, { mark, arming }] as const);
    await this.write({ ...(await this.read(signal)), ...Object.fromEntries(added) }, signal);
  }

  /** Only what is still there with the same mark: others write here too. */
  async remove(made: MadeInterfaces, signal?: AbortSignal): Promise<void> {
    if (Object.keys(made).length === 0) return;
    const before = await this.read(signal);
    const left = Object.entries(before).filter(([name, { mark }]) => made[name] !== mark);
    if (left.length < Object.keys(before).length) await this.write(Object.fromEntries(left), signal);
  }

  private async isStopped(arming: string, signal: AbortSignal | undefined): Promise<boolean> {
    return (await this.ssh.readFile(this.node, stoppedFile(arming), { signal })) !== undefined;
  }

  private async write(made: Entries, signal: AbortSignal | undefined): Promise<void> {
    if (Object.keys(made).length === 0) await this.ssh.removeFile(this.node, this.file, { signal });
    else await this.ssh.writeFile(this.node, this.file, JSON.stringify({ made }), { signal });
  }

  /** A file of a node may hold anything; what is no record of ours is none. */
  private async read(signal: AbortSignal | undefined): Promise<Entries> {
    const content = await this.ssh.readFile(this.node, this.file, { signal });
    let found: unknown;
    try {
      found = JSON.parse(content?.toString("utf8") ?? "{}");
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
    const { made } = (found ?? {}) as { readonly made?: unknown };
    return Object.fromEntries(
      Object.entries(made ?? {}).flatMap(([name, entry]: [string, unknown]) => {
        // As earlier releases wrote it.
        if (typeof entry === "string") return [[name, { mark: entry }] as const];
        const { mark, arming } = (entry ?? {}) as Partial<Record<string, unknown>>;
        if (typeof mark !== "string") return [];
        if (arming === undefined) return [[name, { mark }] as const];
        return typeof arming === "string" && /^[0-9a-z-]+$/.test(arming) ? [[name, { mark, arming }] as const] : [];
      }),
    );
  }
}
