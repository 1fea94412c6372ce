import assert from "node:assert/strict";
import type { AgentState } from "../../simulator/world/guest";
import { eventually } from "./eventually";
import { guestsOf, image, Lab, labWorld, type AnyLab } from "./lab";
import { startSimulator, type World } from "../../simulator";
import type { Properties } from "./plugin";
import { newKey } from "./sshd";

export type Made = Awaited<ReturnType<Lab["create"]>>;

const [mine, theirs] = [newKey("ed25519", "ada@läb").public, newKey("ed25519", "bob").public];
export const keys = { mine, theirs };

/** The VM is made once; each test has a copy of its world. */
let made: Promise<{ readonly world: string; readonly stackId: string; readonly vmid: number }> | undefined;

async function makeVm(): Promise<{ world: string; stackId: string; vmid: number }> {
  const seed = labWorld("matrix");
  Object.assign(seed.web[image.url] ?? {}, { os: { agent: true, commands: [] } });
  const lab = await Lab.here({ seed }, config);
  try {
    const { url, checksum } = image;
    const file = await lab.create("CloudImage", "debian", { url, checksum, node: "golf", storage: "local" });
    const vm = await lab.create("Vm", "web", {
      ...{ node: "golf", source: { imageVolumeId: file.properties["volumeId"] }, agent: true, started: true },
      disks: [{ storage: "local-lvm", sizeGiB: 4 }],
      networks: [{ bridge: "vmbr0" }],
      cloudInit: { user: "admin", addresses: [{ address: "dhcp" }] },
    });
    return { world: lab.sim.simulation.saved(), stackId: lab.stackId, vmid: Number(vm.properties["vmid"]) };
  } finally {
    await lab.close();
  }
}

const config = { "proxmox:vmids": "2000-2999" };

/** A running VM with a guest agent, and what is asked of a `GuestConfig` that makes accounts in it. */
export class GuestAccountsLab {
  lab!: AnyLab;
  vmid!: number;

  readonly start = async (): Promise<void> => {
    made ??= makeVm();
    const { world, stackId, vmid } = await made;
    const sim = await startSimulator({ seed: JSON.parse(world) as World });
    this.lab = await Lab.hereOn(sim, config, stackId);
    this.vmid = vmid;
  };
  readonly close = async (): Promise<void> => {
    await this.lab.close();
    await this.lab.sim.close();
  };

  readonly guest = () => guestsOf(this.lab.sim)[String(this.vmid)]!;
  readonly inside = (): AgentState => this.guest().running!.agent!;
  readonly accounts = () => this.inside().accounts ?? assert.fail("nobody has looked at accounts yet");
  readonly user = (name: string) => this.accounts().users.find((one) => one.name === name);
  readonly groupsOf = (name: string) =>
    this.accounts()
      .groups.filter(({ members }) => members.includes(name))
      .map((group) => group.name);
  readonly file = (path: string) => this.inside().files[path];
  readonly ran = (): string[] => this.guest().commands ?? [];
  private readonly said = (): string => this.lab.plugin.engine.messages.map(({ message }) => message).join("\n");
  readonly told = (part: string | RegExp) =>
    eventually(String(part), () => (typeof part === "string" ? this.said().includes(part) : part.test(this.said())));

  readonly ada = (more: Properties = {}): Properties => ({
    ...{ name: "ada", comment: "Ada Löb", groups: ["adm"], authorizedKeys: [mine] },
    ...{ sudoRules: ["/usr/bin/systemctl restart nginx"], ...more },
  });
  readonly config = (users: Properties[], more: Properties = {}): Properties => ({ vmid: this.vmid, users, ...more });
  readonly create = (args: Properties, name = "web") => this.lab.create("GuestConfig", name, args);
  private readonly check = async (made: Made, args: Properties) =>
    (await this.lab.plugin.check("GuestConfig", made.inputs, this.lab.inputs("GuestConfig", "web", args))).inputs;
  readonly update = async (made: Made, args: Properties): Promise<Made> => {
    const inputs = await this.check(made, args);
    const { properties } = await this.lab.plugin.update("GuestConfig", made.id, made.properties, inputs);
    return { ...made, properties, inputs };
  };
  readonly changes = async (made: Made, args: Properties) =>
    (await this.lab.plugin.diff("GuestConfig", made.id, made.properties, await this.check(made, args))).changes;
  readonly read = async (made: Made): Promise<Made> => ({
    ...made,
    properties: (await this.lab.plugin.read("GuestConfig", made.id, made.properties)).properties,
  });
  readonly usersOf = ({ properties }: Made) => properties["users"] as Properties[];
}
