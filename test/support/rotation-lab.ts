import { Lab, labWorld, sshConfig, type AnyLab } from "./lab";
import type { Properties } from "./plugin";
import { packagedFile, packagedFiles } from "../../simulator/logrotate/packaged-files.js";
import type { Simulator, World } from "../../simulator";

export const folder = "/etc/logrotate.d";

/** The config for nodes that are reached over SSH. */
const rotationConfig = (sim: Simulator): Record<string, unknown> => ({ ...sshConfig(sim) });

/** One node with its packages' files for logrotate, and whatever a test puts beside them. */
export class RotationLab<L extends AnyLab = AnyLab> {
  private constructor(readonly lab: L) {}

  static async here(seed: World = labWorld()): Promise<RotationLab> {
    return new RotationLab(await Lab.here({ seed }, rotationConfig));
  }

  static async started(): Promise<RotationLab> {
    return new RotationLab(await Lab.start({ seed: labWorld() }, rotationConfig));
  }

  get node() {
    return this.lab.sim.world.nodes["pve1"]!;
  }

  /** A file of the node; undefined when there is none. */
  file(name: string): string | undefined {
    const found = this.node.ssh?.files[name] ?? packagedFile(this.node, name);
    return found && Buffer.from(found.content, "base64").toString("utf8");
  }

  /** As somebody does it by hand. */
  write(name: string, text: string, mode = 0o644): void {
    this.node.ssh!.files[name] = { content: Buffer.from(text).toString("base64"), mode };
  }

  /** All that there is below /etc about logrotate. */
  files(): Record<string, string> {
    const names = new Set([...packagedFiles(), ...Object.keys(this.node.ssh?.files ?? {})]);
    return Object.fromEntries(
      [...names]
        .filter((name) => name.startsWith("/etc/"))
        .sort()
        .flatMap((name) => {
          const text = this.file(name);
          return text === undefined ? [] : [[name, text]];
        }),
    );
  }

  /** Commands and transfers so far that this fits. */
  ran(part: string | RegExp): string[] {
    return this.lab.sim.sshRecords.map(({ what }) => what).filter((what) => what.match(part) !== null);
  }

  create(name: string, args: Properties) {
    return this.lab.create("LogRotation", name, { node: "pve1", ...args });
  }

  async preview(name: string, args: Properties, olds: Properties = {}): Promise<string> {
    const inputs = { ...this.lab.inputs("LogRotation", name, { node: "pve1", ...args }), __preview: true };
    const checked = await this.lab.plugin.check("LogRotation", olds, inputs);
    return ((checked.inputs["__problems"] as string[] | undefined) ?? []).join("\n");
  }

  /** What was said in the rows of this resource. */
  said(name: string): string {
    return this.lab.plugin.engine.messages
      .flatMap(({ urn, message }) => (urn.endsWith(`::${name}`) ? [message] : []))
      .join("\n");
  }

  /** Commands that nobody has built. */
  unbuilt(): string[] {
    return this.lab.sim.sshRecords.filter((record) => record.unbuilt).map(({ what }) => what);
  }

  close(): Promise<void> {
    return this.lab.close();
  }
}
