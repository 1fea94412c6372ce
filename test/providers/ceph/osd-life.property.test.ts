import assert from "node:assert/strict";
import fc from "fast-check";
import { lostObjects } from "../../../simulator/ceph/objects.js";
import { renumber } from "../../../simulator/disks/wipe.js";
import type { Fault } from "../../../simulator/faults";
import type { Disk } from "../../../simulator/world/disk.js";
import { cephNodes } from "../../support/ceph-lab";
import { OsdRuns, type OsdProvider, type Recorded } from "../../support/osd-runs";
import { long } from "../../support/sample";

interface Step {
  readonly what: string;
  readonly a: number;
  readonly b: number;
  /** The request at which the run is killed; 0 for none. */
  readonly kill: number;
}

/**
 * The clock of these processes leaps over every pause, also that in which a host waits for its new OSDs; a drain that
 * can never end asks without a pause until its time is over.
 */
const timeouts = { create: "1h", update: "10s", delete: "10s", read: "1m" };
const pick = <T>(list: readonly T[], n: number): T | undefined => list[n % Math.max(1, list.length)];

/** What somebody may put on a disk: what a line may name, and what nobody wipes. */
const contents: readonly Required<Pick<Disk, "holds">>[] = [
  { holds: { kind: "filesystem", type: "ext4", uuid: "1" } },
  { holds: { kind: "filesystem", type: "ntfs", uuid: "3" } },
  { holds: { kind: "filesystem", type: "xfs", uuid: "2", mounted: "/data" } },
  { holds: { kind: "lvm", vg: "backup" } },
  { holds: { kind: "zfs", pool: "tank" } },
  { holds: { kind: "signature", type: "linux_raid_member" } },
];

/** A program, what the engine has recorded of it, and what others do to the disks beside it. */
class Beside {
  readonly resources = new Map<string, { serial: string; state: Recorded | undefined }>();
  /** Creations of which nothing was recorded. */
  private readonly failed = new Map<string, { serial: string; props: Record<string, unknown> }>();
  private readonly raw = new Set<string>();
  lastError = "";

  constructor(private readonly runs: OsdRuns) {
    for (const [serial, { id, outs }] of Object.entries(runs.made)) {
      const managed = outs["__inputs"] as string[];
      const state = { id, outs: { ...outs, timeouts, __inputs: [...managed, "timeouts"] } };
      this.resources.set(serial, { serial, state });
    }
  }

  private isFree = ({ holds, partitions, serial }: Disk): boolean =>
    holds === undefined && (partitions ?? []).length === 0 && !this.raw.has(serial);

  /** Disks that no resource describes; now and then the boot disks too. */
  private spare(n: number): Disk[] {
    const described = [...this.resources.values()].map(({ serial }) => serial);
    const isBoot = ({ partitions = [] }: Disk): boolean => partitions.length > 0;
    return this.runs.disks.filter(
      (disk) => !disk.dead && !described.includes(disk.serial) && (n % 6 === 0 || !isBoot(disk)),
    );
  }

  /** May this disk be overwritten by a program that describes it? Asked before it is done. */
  private mayTake(disk: Disk, wipe: boolean): boolean {
    if (this.isFree(disk)) return true;
    if (disk.holds?.kind === "lvm" && disk.holds.vg?.startsWith("ceph-")) return false;
    const harmless = disk.holds?.kind === "filesystem" && disk.holds.mounted === undefined;
    return wipe && harmless && (disk.partitions ?? []).length === 0 && !this.raw.has(disk.serial);
  }

  /** Runs work, and proves that nothing was overwritten but what these serial numbers name. */
  private async run(
    named: readonly string[],
    kill: number,
    work: (provider: OsdProvider) => Promise<unknown>,
  ): Promise<string> {
    const before = new Map(this.runs.disks.map((disk) => [disk.serial, structuredClone(disk)]));
    let outcome: string;
    try {
      if (kill > 0) outcome = (await this.runs.killedAt(kill, work)) ? "killed" : "done";
      else {
        await work(this.runs.process());
        outcome = "done";
      }
    } catch (error) {
      this.lastError = error instanceof Error ? error.message : String(error);
      outcome = /nothing was touched|never touched|not wiped|cannot be drained/.test(this.lastError)
        ? "refused"
        : "failed";
    }
    for (const disk of this.runs.disks) {
      if (named.includes(disk.serial)) continue;
      const was = before.get(disk.serial);
      assert.deepEqual([disk.erased, disk.holds], [was?.erased, was?.holds], `${disk.serial} was not named`);
    }
    return outcome;
  }

  async describe({ a, b, kill }: Step): Promise<string> {
    const disk = pick(this.spare(b), a);
    if (!disk) return "nothing to do";
    const wipe = b % 2 === 0;
    const name = `new-${disk.serial}`;
    const may = this.mayTake(disk, wipe) || this.holdsOwn(disk);
    const props = this.runs.described(
      disk.serial,
      { timeouts, ...(wipe ? { wipe: { serial: disk.serial } } : {}) },
      name,
    );
    return this.run(may ? [disk.serial] : [], kill, (provider) => this.create(name, disk.serial, provider, props));
  }

  /** OSDs, or what is left of them, that this Ceph has made. */
  private holdsOwn = ({ holds }: Disk): boolean => holds?.kind === "lvm" && holds.vg?.startsWith("ceph-") === true;

  private async create(name: string, serial: string, provider: OsdProvider, props: Record<string, unknown>) {
    try {
      const { id, outs } = await provider.create(props);
      this.resources.set(name, { serial, state: { id, outs } });
      this.failed.delete(name);
    } catch (error) {
      const { id, properties: outs } = error as { id?: string; properties?: Record<string, unknown> };
      if (id !== undefined && outs) this.resources.set(name, { serial, state: { id, outs } });
      if (id === undefined) this.failed.set(name, { serial, props });
      else this.failed.delete(name);
      throw error;
    }
  }

  /** The next run of a program whose creation has failed or was cut off. */
  async goOn({ a, kill }: Step): Promise<string> {
    const unfinished = [...this.resources].filter(([, { state }]) => state?.outs["__phase"] === "creating");
    const [name, found] = pick(unfinished, a) ?? [];
    if (name !== undefined && found?.state) {
      const { id, outs } = found.state;
      const managed = outs["__inputs"] as string[];
      const wanted = Object.fromEntries(managed.map((key) => [key, outs[key]]));
      const props = { ...wanted, __urn: outs["__urn"], __stack: outs["__stack"] };
      return this.run([found.serial], kill, async (provider) => {
        await provider.diff(id, outs, props);
        const updated = await provider.update(id, outs, props);
        this.resources.set(name, { serial: found.serial, state: { id, outs: updated.outs } });
      });
    }
    const [again, { serial, props } = { serial: "", props: {} }] = pick([...this.failed], a) ?? [];
    const disk = this.runs.disks.find((each) => each.serial === serial && !each.dead);
    if (again === undefined || !disk) return "nothing to do";
    const may = this.mayTake(disk, props["wipe"] !== undefined) || this.holdsOwn(disk);
    return this.run(may ? [serial] : [], kill, (provider) => this.create(again, serial, provider, props));
  }

  async takeOut({ a, kill }: Step): Promise<string> {
    const [name, found] = pick([...this.resources], a) ?? [];
    if (name === undefined || !found?.state) return "nothing to do";
    const { id, outs } = found.state;
    return this.run([found.serial], kill, async (provider) => {
      await provider.delete(id, outs);
      this.resources.delete(name);
    });
  }

  async replace({ a, b, kill }: Step): Promise<string> {
    const [name, found] = pick([...this.resources], a) ?? [];
    if (name === undefined || !found?.state) return "nothing to do";
    const node = found.state.outs["node"];
    const hosts = this.runs.disks.filter((disk) => this.runs.described(disk.serial)["node"] === node && !disk.dead);
    // now and then also one that another resource has
    const others = b % 5 === 0 ? hosts.filter(({ serial }) => serial !== found.serial) : [];
    const disk = pick(others.length > 0 ? others : this.spare(b).filter((each) => hosts.includes(each)), b);
    if (!disk) return "nothing to do";
    const { id, outs } = found.state;
    const wipe = b % 2 === 0;
    const wanted = this.runs.described(
      disk.serial,
      { timeouts, ...(wipe ? { wipe: { serial: disk.serial } } : {}) },
      name,
    );
    const named = [found.serial, ...(this.mayTake(disk, wipe) ? [disk.serial] : [])];
    return this.run(named, kill, async (provider) => {
      await provider.diff(id, outs, wanted);
      await provider.delete(id, outs);
      this.resources.delete(name);
      await this.create(name, disk.serial, provider, wanted);
    });
  }

  fill({ a, b }: Step): string {
    const disk = pick(
      this.spare(b).filter((each) => this.isFree(each)),
      a,
    );
    const content = pick(contents, b);
    if (!disk || content?.holds === undefined) return "nothing to do";
    disk.holds = structuredClone(content.holds);
    return "done";
  }

  giveToGuest({ a, b }: Step): string {
    const disk = pick(this.spare(b), a);
    const node = disk && (this.runs.described(disk.serial)["node"] as string);
    if (!disk || node === undefined || !this.isFree(disk)) return "nothing to do";
    const [cluster] = Object.values(this.runs.sim.world.clusters);
    const vmid = 800 + this.raw.size;
    const link = `/dev/disk/by-id/nvme-${disk.model.replace(/ /g, "_")}_${disk.serial}`;
    const config = { memory: "512", [b % 2 ? "scsi0" : "args"]: b % 2 ? `${link},size=4T` : `-drive file=${link}` };
    const guest = { vmid, type: "qemu", node, config, pending: {}, pendingDelete: [], snapshots: {} };
    Object.assign(cluster!.guests, { [vmid]: guest });
    this.raw.add(disk.serial);
    return "done";
  }

  kill({ a }: Step): string {
    // One disk at a time, of a Ceph that is whole: more is what no program can help.
    const disk = pick(Object.keys(this.runs.serving), a);
    const { pgs, osdmap } = this.runs.ceph.cluster;
    const whole = Object.values(osdmap.osds).every(({ up, weight }) => up && weight > 0);
    if (disk === undefined || !whole || Object.keys(pgs).length === 0) return "nothing to do";
    if (this.runs.disks.some(({ dead }) => dead)) return "nothing to do";
    this.runs.disk(disk).dead = true;
    void this.runs.ceph;
    return "done";
  }

  rename({ a }: Step): string {
    renumber(this.runs.sim.simulation.node(pick(cephNodes, a) ?? "golf"));
    return "done";
  }
}

const faults: Readonly<Record<string, (step: Step) => Fault>> = {
  "an answer is lost": ({ a }) => ({
    route: pick(
      ["POST /nodes/{node}/ceph/osd", "PUT /nodes/{node}/disks/wipedisk", "DELETE /nodes/{node}/ceph/osd/{osdid}"],
      a,
    ) as string,
    count: 1,
    effect: { kind: "reset", handled: true },
  }),
  "a task fails": ({ a, b }) => ({
    task: pick(["cephcreateosd", "wipedisk"], a) as string,
    count: 1,
    effect: { kind: "task-fail", text: "no space left on device", steps: b % 20 },
  }),
  "a machine is gone while OSDs are made": ({ b }) => ({
    task: "cephcreateosd",
    count: 1,
    effect: { kind: "task-killed", steps: b % 20 },
  }),
};

const changes: Readonly<Record<string, (beside: Beside, step: Step) => Promise<string> | string>> = {
  "describe a disk": (beside, step) => beside.describe(step),
  "take a disk out": (beside, step) => beside.takeOut(step),
  "write another serial number": (beside, step) => beside.replace(step),
  "run again after a failed creation": (beside, step) => beside.goOn(step),
  "somebody fills a disk": (beside, step) => beside.fill(step),
  "a guest is given a disk": (beside, step) => beside.giveToGuest(step),
  "a disk dies": (beside, step) => beside.kill(step),
  "kernel names change": (beside, step) => beside.rename(step),
};

const steps = fc.array(
  fc.record({
    what: fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...Object.keys(changes).slice(0, 4)) },
      { weight: 3, arbitrary: fc.constantFrom(...Object.keys(changes).slice(4)) },
      { weight: 2, arbitrary: fc.constantFrom(...Object.keys(faults)) },
    ),
    a: fc.nat(97),
    b: fc.nat(97),
    kill: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 90 }) }),
  }),
  { minLength: 6, maxLength: 10 },
);

describe("whatever a program does to OSDs beside others", function () {
  const runs = new OsdRuns();
  const coverage = new Map<string, Map<string, number>>();
  const count = (what: string, outcome: string): void => {
    const of = coverage.get(what) ?? new Map<string, number>();
    coverage.set(what, of.set(outcome, (of.get(outcome) ?? 0) + 1));
  };

  it("no disk is overwritten that it has not named, and no object loses its last copy", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (list) => {
        await runs.start();
        try {
          const beside = new Beside(runs);
          for (const step of list) {
            const fault = faults[step.what];
            if (fault) runs.sim.simulation.faults.add(fault(step));
            const outcome = fault ? "armed" : ((await changes[step.what]?.(beside, step)) ?? "unknown");
            count(step.what, outcome);
            assert.equal(lostObjects(runs.ceph.cluster), 0, `${step.what}: ${outcome} ${beside.lastError}`);
          }
        } finally {
          await runs.close();
        }
      }),
      {
        numRuns: Number(process.env["PROPERTY_RUNS"] ?? (long ? 100 : 8)),
        endOnFailure: true,
        ...(long ? {} : { seed: 1 }),
      },
    );
  });

  it("which covers every kind of change", () => {
    for (const [what, outcomes] of [...coverage].sort())
      process.stdout.write(`      ${what}: ${[...outcomes].map(([outcome, n]) => `${outcome} ${n}`).join(", ")}\n`);
    for (const what of ["describe a disk", "take a disk out", "write another serial number"]) {
      assert.ok(coverage.get(what)?.has("done"), what);
      assert.ok((coverage.get(what)?.size ?? 0) > 1, what);
    }
  });
});
