import { isProxmoxError, Limits, type Ssh } from "../../pve";
import { folder } from "../kernel/way-back/node-timer";
import { MadeRecord } from "../network/guard/made-record";
import { membersOf } from "./sdn-nodes";
import type { Pve } from "../kernel/session/pve-session";
import type { SdnKind } from "./sdn-kind";

/** Whose notes: each area has a file of its own. */
type Area = "sdn" | "firewall";
const recordFile = (area: Area): string => `${folder}/${area}.json`;

const makeTurn = () => new Limits();

/** What is made, by the name of its kind. */
type Made = Pick<SdnKind, "kind">;

const entry = ({ kind }: Made, id: string): string => `${kind} ${id}`;

/**
 * The note on a node of what was made, until the engine has recorded it: a run that ends before leaves an object that
 * nothing else tells apart from somebody else's. Without SSH there is none, and such an object takes `adopt`.
 */
export class MadeObjects {
  private readonly record: MadeRecord;

  private constructor(
    private readonly ssh: Ssh,
    private readonly node: string,
    private readonly turn: Limits,
    private readonly tell: (text: string) => void,
    area: Area,
  ) {
    this.record = new MadeRecord(ssh, node, recordFile(area));
  }

  static async of(pve: Pve, tell: (text: string) => void, area: Area = "sdn"): Promise<MadeObjects | undefined> {
    const { ssh, connection } = pve.process;
    if (!ssh) return undefined;
    const [node] = (await membersOf(connection)).online;
    return node === undefined ? undefined : new MadeObjects(ssh, node, pve.memory("sdn: notes", makeTurn), tell, area);
  }

  /** Was it made by the resource with this mark, in a run that did not come to its end? */
  async isOf(kind: Made, id: string, mark: string): Promise<boolean> {
    return (await this.asked(() => this.record.found()))?.[entry(kind, id)] === mark;
  }

  /** Was it made by an interrupted run of whomever? */
  async has(kind: Made, id: string): Promise<boolean> {
    return (await this.asked(() => this.record.names()))?.has(entry(kind, id)) ?? false;
  }

  async add(kind: Made, id: string, mark: string): Promise<void> {
    await this.asked(async () => {
      await this.ssh.makeDirectory(this.node, folder);
      await this.record.add({ [entry(kind, id)]: mark }, undefined);
    });
  }

  async remove(kind: Made, id: string, mark: string): Promise<void> {
    await this.asked(() => this.record.remove({ [entry(kind, id)]: mark }));
  }

  /** It only saves an `adopt`: where the node cannot be asked, nothing fails for it. */
  private async asked<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      // The file is read and written as a whole: one of this process at a time.
      return await this.turn.run([`note:${this.node}`], work);
    } catch (error) {
      if (!isProxmoxError(error)) throw error;
      this.tell(`the note on ${this.node} of what is made cannot be kept: ${error.message}`);
      return undefined;
    }
  }
}
