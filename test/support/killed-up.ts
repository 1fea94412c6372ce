import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { readMark, withMark } from "../../providers/vm/config/mark-line";
import { startSimulator, type Simulator, type World } from "../../simulator";
import { debianImage, debianTemplate, DescribedStack, vm } from "./described";
import { guestsOf, labWorld, stackConfig } from "./lab";
import { eventually } from "./eventually";
import { signal } from "./processes";
import { counts, ok } from "./results";
import { removeTornSidecar } from "./torn-state";
import { phases, phasesOf, type Phase } from "./vm-phases";

/** When the CLI is killed: at the n-th answer to a request of a kind, or as soon as n VMs have come so far or farther. */
type Moment = { readonly answered: string; readonly nth: number } | { readonly phase: Phase; readonly vms: number };

/** Who is killed, all with signal 9: the CLI alone, or its language host and its plugin too. */
type Victims = "the CLI" | "all three";

const momentText = (moment: Moment): string =>
  "phase" in moment ? `${moment.vms} × ${moment.phase}` : `${moment.answered} no. ${moment.nth}`;

const vmids = [2001, 2002, 2003, 2004, 2005];
const names = vmids.map((_, index) => `web-${index + 1}`);
/** Slow enough to be hit in every phase, quick enough for a test. */
const speed = 6;

/** Others' guests in the range of the stack, of the same names: one without a mark, one with another stack's. */
function addStrangers(world: World): void {
  const [cluster] = Object.values(world.clusters);
  const [node] = Object.values(world.nodes);
  if (!cluster || !node) throw new Error("the world has no node");
  const strangers = { 2100: "written by hand", 2101: withMark("another stack's", "0123456789abcdef01234567", true) };
  for (const [vmid, description] of Object.entries(strangers)) {
    const disk = `vm-${vmid}-disk-0`;
    (node.volumes["lvmthin:pve/data"] ??= {})[disk] = {
      ...{ format: "raw", size: 2 ** 30, bytes: 2 ** 30, data: 2 ** 20 },
      ctime: Math.floor(world.time / 1000),
    };
    const config = { name: "web-1", description, memory: "512", scsi0: `local-lvm:${disk},size=1G`, onboot: "1" };
    const state = { config, pending: {}, pendingDelete: {}, snapshots: {} };
    cluster.guests[vmid] = { vmid: Number(vmid), type: "qemu", node: node.name, ...state };
  }
}

/** A stack with an image and a template, whose `up` of five VMs is killed again and again, each time from the start. */
class KilledUps {
  private constructor(
    private readonly lab: DescribedStack,
    private readonly world: World,
    private readonly full: boolean,
  ) {}

  static async create(full: boolean): Promise<KilledUps> {
    const seed = labWorld();
    addStrangers(seed);
    const sim = await startSimulator({ seed });
    try {
      const lab = await DescribedStack.create(sim, [debianImage, debianTemplate]);
      ok(await lab.stack.up());
      fs.cpSync(path.join(lab.stack.folder, "state"), path.join(lab.stack.folder, "state.base"), { recursive: true });
      return new KilledUps(lab, sim.simulation.save(), full);
    } finally {
      await sim.close();
    }
  }

  close(): Promise<void> {
    return this.lab.stack.close();
  }

  /** Kills an `up` at this moment, then proves that two more bring everything in order; returns what it had come to. */
  async kill(moment: Moment, victims: Victims): Promise<Phase[]> {
    const { stack } = this.lab;
    const state = path.join(stack.folder, "state");
    fs.rmSync(state, { recursive: true });
    fs.cpSync(`${state}.base`, state, { recursive: true });
    const watch = new Watch(moment);
    const sim = await startSimulator({
      ...{ seed: structuredClone(this.world), clock: "auto", speed },
      onRequest: ({ route }) => watch.answered(route ?? ""),
    });
    try {
      const before = othersOf(sim);
      this.lab.describe([debianImage, debianTemplate, ...this.vms()], stackConfig(sim));
      const running = stack.start("up", "--yes", "--skip-preview");
      watch.arm(sim, () => {
        running.signal("SIGKILL");
        if (victims === "all three")
          for (const { pid, role } of stack.processes())
            if (role === "language-host" || role === "plugin") signal(pid, "SIGKILL");
      });
      const { code, stdout, stderr } = await running.done;
      assert.ok(watch.seen, `the moment never came; exit code ${code}\n${stdout}${stderr}`);
      if (removeTornSidecar(state, "described", stack.name))
        process.stdout.write("        (the sidecar of the state was torn)\n");
      await this.recover(sim);
      await this.prove(sim, before);
      return watch.seen;
    } finally {
      await sim.close();
    }
  }

  private vms() {
    const disks = [{ slot: "scsi0", storage: "local-lvm", sizeGiB: 5 }];
    const source = { clone: { template: "@debian-12.vmid", full: this.full } };
    return names.map((name) => vm(name, { source, disks }));
  }

  private async recover(sim: Simulator): Promise<void> {
    const { stack } = this.lab;
    ok(await stack.cancel());
    ok(await stack.up());
    const up = ok(await stack.up());
    assert.deepEqual(counts(up), { same: 9 });
    // What the killed run left behind may still work; then its last doings are part of the proof.
    await eventually("the end of the killed run's plugin", () =>
      stack.processes().every(({ role }) => role !== "plugin"),
    );
    assert.ok(!Object.values(sim.world.nodes).some(({ tasks }) => tasks.some((task) => task.status === undefined)));
  }

  private async prove(sim: Simulator, before: unknown): Promise<void> {
    const ours = Object.values(guestsOf(sim)).filter(({ vmid }) => vmid !== 2000 && vmid < 2100);
    assert.deepEqual(ours.map(({ config }) => config["name"] ?? "").sort(), names);
    for (const { vmid, config, running } of ours) {
      assert.ok(running, `VM ${vmid} does not run`);
      assert.equal(config["lock"], undefined);
      assert.match(config["scsi0"] ?? "", /size=5G/);
      assert.ok(readMark(config["description"]).mark);
    }
    const { resources = [] } = await this.lab.stack.export();
    const recorded = resources.filter(({ type }) => type.endsWith("proxmox:Vm"));
    assert.deepEqual(
      recorded.map(({ id, outputs }) => `${id} ${outputs?.["name"] as string}`).sort(),
      ours.map(({ vmid, config }) => `${vmid} ${config["name"]}`).sort(),
    );
    assert.deepEqual(othersOf(sim), before);
    // Every volume belongs to a guest that exists, each guest has its two.
    const owners = volumesOf(sim).filter(({ vmid }) => vmid >= 2000 && vmid < 2100);
    assert.deepEqual(
      [...new Set(owners.map(({ vmid }) => vmid))].sort(),
      [2000, ...ours.map(({ vmid }) => vmid)].sort(),
    );
    assert.equal(owners.length, 12);
  }
}

/** Registers the tests of a list of moments; the phases that they are to hit are asserted, and printed. */
export function itSurvives(full: boolean, moments: readonly (readonly [Moment, Victims, readonly Phase[]])[]): void {
  const hit = new Map<string, Phase[]>();
  let lab: KilledUps;
  before(async () => {
    lab = await KilledUps.create(full);
  });
  after(async () => {
    await lab.close();
    for (const [moment, seen] of hit) process.stdout.write(`      ${moment.padEnd(62)} ${seen.join(" ")}\n`);
  });
  for (const [moment, victims, expected] of moments) {
    const text = `${momentText(moment)}, ${victims}`;
    it(text, async () => {
      const seen = await lab.kill(moment, victims);
      hit.set(text, seen);
      for (const phase of expected) assert.ok(seen.includes(phase), `hit ${seen.join(", ")}, and not ${phase}`);
    });
  }
  it("hit different phases", () => {
    assert.equal(hit.size, moments.length);
    const different = new Set([...hit.values()].map((seen) => [...seen].sort().join()));
    assert.ok(different.size >= moments.length - 2, [...different].join("\n"));
  });
}

/** Waits for the moment and acts in it: between two steps of the simulator, before the answer is sent. */
class Watch {
  seen: Phase[] | undefined;
  private count = 0;
  private sim: Simulator | undefined;
  private act: () => void = () => undefined;

  constructor(private readonly moment: Moment) {}

  arm(sim: Simulator, act: () => void): void {
    this.sim = sim;
    this.act = act;
    const { clock } = sim;
    const inner = clock.onEvent;
    clock.onEvent = () => {
      inner();
      this.look();
    };
  }

  answered(route: string): void {
    if ("answered" in this.moment && route === this.moment.answered && ++this.count === this.moment.nth) this.strike();
    this.look();
  }

  private phases(): Phase[] {
    return this.sim ? phasesOf(this.sim, vmids, "test", "5G") : [];
  }

  private look(): void {
    const { moment } = this;
    if (!("phase" in moment)) return;
    const reached = this.phases().filter((phase) => phases.indexOf(phase) >= phases.indexOf(moment.phase));
    if (reached.length >= moment.vms) this.strike();
  }

  private strike(): void {
    if (this.seen) return;
    this.seen = this.phases();
    this.act();
  }
}

/** All that is none of the five VMs' business. */
function othersOf(sim: Simulator) {
  const [cluster] = Object.values(sim.world.clusters);
  const other = (vmid: number) => vmid <= 2000 || vmid >= 2100;
  return structuredClone({
    guests: Object.values(guestsOf(sim)).filter(({ vmid }) => other(vmid)),
    volumes: volumesOf(sim).filter(({ vmid }) => other(vmid)),
    storages: cluster?.storages,
    pools: cluster?.pools,
    users: cluster?.access.users,
  });
}

function volumesOf(sim: Simulator) {
  return Object.values(sim.world.nodes).flatMap((node) =>
    Object.entries(node.volumes).flatMap(([place, held]) =>
      Object.entries(held).map(([name, volume]) => ({
        ...{ place, name, size: volume.size, vmid: Number(/(?:vm|base)-(\d+)-/.exec(name)?.[1] ?? 0) },
      })),
    ),
  );
}
