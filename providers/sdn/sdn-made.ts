import { isProxmoxError, Limits, type Ssh } from "../../pve";
import { folder } from "../kernel/way-back/node-timer";
import { MadeRecord } from "../network/guard/made-record";
import { membersOf } from "./sdn-nodes";
import type { Pve } from "../kernel/session/pve-session";
import type { SdnKind } from "./sdn-kind";

const recordFile = `${folder}/sdn.json`;

const makeTurn = () => new Limits();

const entry = ({ kind }: SdnKind, id: string): string => `${kind} ${id}`;

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
  ) {
    this.record = new MadeRecord(ssh, node, recordFile);
  }

  static async of(pve: Pve, tell: (text: string) => void): Promise<MadeObjects | undefined> {
    const { ssh, connection } = pve.process;
    if (!ssh) return undefined;
    const [node] = (await membersOf(connection)).online;
    return node === undefined ? undefined : new MadeObjects(ssh, node, pve.memory("sdn: notes", makeTurn), tell);
  }

  /** Was it made by the resource with this mark, in a run that did not come to its end? */
  async isOf(kind: SdnKind, id: string, mark: string): Promise<boolean> {
    return (await this.asked(() => this.record.found()))?.[entry(kind, id)] === mark;
  }

  /** Was it made by an interrupted run of whomever? */
  async has(kind: SdnKind, id: string): Promise<boolean> {
    return (await this.asked(() => this.record.names()))?.has(entry(kind, id)) ?? false;
  }

  async add(kind: SdnKind, id: string, mark: string): Promise<void> {
    await this.asked(async () => {
      await this.ssh.makeDirectory(this.node, folder);
      await this.record.add({ [entry(kind, id)]: mark }, undefined);
    });
  }

  async remove(kind: SdnKind, id: string, mark: string): Promise<void> {
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
