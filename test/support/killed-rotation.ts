import { logRotationProvider } from "../../providers/host/log-rotation.provider";
import { sshOf } from "../../simulator/ssh/host-key";
import { startSimulator, type Simulator } from "../../simulator";
import { labWorld, pluginConfig, sshConfig } from "./lab";
import { loneSession } from "./lone-session";
import { silentReport } from "./silent-report";

type Props = Record<string, unknown>;

const hidden = { __stack: "11111111-2222-4333-8444-555555555555" };

/** Runs of a program with log rotations on one node, each in a process of its own, which may be killed at any moment. */
export class KilledRotation {
  private constructor(readonly sim: Simulator) {}

  static async start(): Promise<KilledRotation> {
    return new KilledRotation(await startSimulator({ seed: labWorld() }));
  }

  /** What somebody has written beside the packages' files; nothing else is left of before. */
  reset(files: Readonly<Record<string, string>> = {}): void {
    const { node } = this;
    sshOf(node).files = {};
    node.removedConffiles = [];
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  private get node() {
    return this.sim.world.nodes["pve1"]!;
  }

  write(name: string, text: string): void {
    sshOf(this.node).files[name] = { content: Buffer.from(text).toString("base64"), mode: 0o644 };
  }

  /** Files that no package has brought, and which packages' files are gone. */
  files(): Record<string, string> {
    return {
      ...Object.fromEntries(
        Object.entries(sshOf(this.node).files).map(([name, { content }]) => [
          name,
          Buffer.from(content, "base64").toString("utf8"),
        ]),
      ),
      ...Object.fromEntries((this.node.removedConffiles ?? []).map((name) => [name, "removed"])),
    };
  }

  inputs = (name: string, args: Props): Props => ({
    ...{ node: "pve1", name, missingOk: true, ...args, ...hidden },
    __urn: `urn:pulumi:test::lab::pulumi-nodejs:dynamic/proxmox:LogRotation::${name}`,
  });

  process(signal?: AbortSignal): ReturnType<typeof logRotationProvider> {
    const config = { ...pluginConfig(this.sim), ...sshConfig(this.sim) };
    const flat = Object.fromEntries(
      Object.entries(config).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
    );
    return logRotationProvider(loneSession(flat, silentReport(), signal));
  }

  /** How many commands and transfers the work takes. */
  async momentsIn(work: () => Promise<unknown>): Promise<number> {
    let moments = 0;
    await this.hearing(() => void moments++, work);
    return moments;
  }

  /** Kills the process of the work at that command or transfer; false when it had ended before. */
  async killedAt(
    moment: number,
    work: (process: ReturnType<KilledRotation["process"]>) => Promise<unknown>,
  ): Promise<boolean> {
    const killed = new AbortController();
    let count = 0;
    const heard = (): void => {
      if (++count === moment) killed.abort(new Error("killed"));
    };
    const [ended] = await Promise.allSettled([this.hearing(heard, () => work(this.process(killed.signal)))]);
    return ended.status === "rejected";
  }

  private async hearing<T>(heard: () => void, work: () => Promise<T>): Promise<T> {
    const { sshRecords } = this.sim.simulation;
    const push = sshRecords.push.bind(sshRecords);
    sshRecords.push = (...records) => {
      heard();
      return push(...records);
    };
    try {
      return await work();
    } finally {
      sshRecords.push = push;
    }
  }

  close(): Promise<void> {
    return this.sim.close();
  }
}
