import assert from "node:assert/strict";
import fc from "fast-check";
import type { Fault } from "../../../simulator/faults";
import { AdministeredVm } from "../../support/administered-vm";
import type { AnyLab } from "../../support/lab";
import { long } from "../../support/sample";

/** One step: what is done, and numbers that choose with what. */
interface Step {
  readonly what: string;
  readonly a: number;
  readonly b: number;
}
type Outcome = string;

const pick = <T>(list: readonly T[], n: number): T | undefined => list[n % Math.max(1, list.length)];
const other = (storage: string): string => (storage === "more" ? "local-lvm" : "more");

/** What a program may change between two `up`s; undefined when there is nothing to change. */
const program: Record<string, (vm: AdministeredVm, step: Step) => unknown> = {
  "add a disk": (vm, { a, b }) => {
    const slot = pick(b % 3 === 0 ? ["scsi1", "virtio0", "sata0"] : vm.freeSlots(), a);
    if (slot === undefined || vm.wanted.disks.some((disk) => disk.slot === slot) || vm.wanted.disks.length > 4) return;
    return vm.wanted.disks.push({ slot, storage: b % 2 ? "more" : "local-lvm", sizeGiB: 1 + (b % 2), options: {} });
  },
  "remove a disk": (vm, { a, b }) => {
    if (vm.wanted.disks.length < 2) return;
    // One that somebody else has touched, more often than not: there something of his may be in its slot.
    const touched = vm.wanted.disks.findIndex(({ doubtful }, i) => i > 0 && doubtful);
    const place = touched > 0 && b % 4 > 0 ? touched : 1 + (a % (vm.wanted.disks.length - 1));
    const [gone] = vm.wanted.disks.splice(place, 1);
    vm.named(gone);
    return true;
  },
  "remove a disk in whose slot somebody has put another": (vm, { a }) => {
    if (vm.wanted.disks.length < 2) return;
    const place = 1 + (a % (vm.wanted.disks.length - 1));
    const { slot } = vm.wanted.disks[place]!;
    const volume = vm.volume(slot);
    if (volume !== undefined) vm.keepUnused(volume);
    vm.guest.config[slot] = `${vm.foreign()},size=1G`;
    vm.named(vm.wanted.disks.splice(place, 1)[0]);
    return true;
  },
  "grow a disk": (vm, { a }) => (vm.wanted.disks[a % vm.wanted.disks.length]!.sizeGiB += 1),
  "move a disk to another storage": (vm, { a }) => {
    const disk = vm.wanted.disks[a % vm.wanted.disks.length]!;
    return (disk.storage = other(disk.storage));
  },
  "change a slot": (vm, { a, b }) => {
    const slot = pick(vm.freeSlots(), b);
    return slot === undefined ? undefined : (vm.wanted.disks[a % vm.wanted.disks.length]!.slot = slot);
  },
  "exchange two slots": ({ wanted: { disks } }, { a }) => {
    const [x, y] = [disks[a % disks.length]!, disks[(a + 1) % disks.length]!];
    if (x === y) return;
    [x.slot, y.slot] = [y.slot, x.slot];
    // Of one that somebody has moved the state tells no slot: then the other one stays where it is.
    if (x.doubtful || y.doubtful) x.doubtful = y.doubtful = true;
    return true;
  },
  "reorder the disks": ({ wanted }, { a }) => {
    const { disks } = wanted;
    // Of disks that are alike the place in the list would be taken for an exchange of their slots.
    if (new Set(disks.map(({ storage, sizeGiB }) => `${storage} ${sizeGiB}`)).size < disks.length) return;
    return disks.push(...disks.splice(0, 1 + (a % disks.length)));
  },
  "change an option": (vm, { a, b }) =>
    (vm.wanted.disks[a % vm.wanted.disks.length]!.options = { discard: b % 2 === 0, backup: b % 3 > 0 }),
  "EFI disk": (vm, { a }) => {
    const { wanted } = vm;
    if (a % 2 && wanted.efi !== undefined) return (wanted.efi = other(wanted.efi));
    if (wanted.efi !== undefined) vm.named({ tag: vm.tag(vm.volume("efidisk0")) } as never);
    wanted.efi = wanted.efi === undefined ? "local-lvm" : undefined;
    return true;
  },
  TPM: (vm) => {
    const { wanted } = vm;
    if (wanted.tpm !== undefined) vm.named({ tag: vm.tag(vm.volume("tpmstate0")) } as never);
    wanted.tpm = wanted.tpm === undefined ? "more" : undefined;
    return true;
  },
  "cloud-init": ({ wanted }) => ((wanted.cloudInit = !wanted.cloudInit), true),
  "CD drives": (vm) => {
    const { wanted } = vm;
    if (wanted.cdroms.length > 0) return (wanted.cdroms = []);
    if (!vm.isFree("ide0")) return;
    return (wanted.cdroms = ["ide0"]);
  },
  networks: ({ wanted }, { a }) => ((wanted.networks = 1 + (a % 3)), true),
  power: ({ wanted }) => ((wanted.started = !wanted.started), true),
  migration: ({ wanted }) => (wanted.node = wanted.node === "golf" ? "hotel" : "golf"),
  "nothing but the notes": ({ wanted }) => (wanted.note += 1),
};

/** What an administrator does beside the program. */
const administrator: Record<string, (vm: AdministeredVm, step: Step) => unknown> = {
  "puts a disk into a free slot": (vm, { a }) => {
    const slot = pick(vm.freeSlots(), a);
    return slot === undefined ? undefined : (vm.guest.config[slot] = `${vm.foreign()},size=1G`);
  },
  "puts a disk into a slot of ours": (vm, { a }) => {
    const disk = vm.wanted.disks[a % vm.wanted.disks.length]!;
    const volume = vm.volume(disk.slot);
    if (volume !== undefined) vm.keepUnused(volume);
    disk.doubtful = true;
    return (vm.guest.config[disk.slot] = `${vm.foreign()},size=1G`);
  },
  "keeps an unused volume": (vm) => (vm.keepUnused(vm.foreign()), true),
  "detaches a disk of ours": (vm, { a }) => {
    const disk = vm.wanted.disks[a % vm.wanted.disks.length]!;
    const volume = vm.volume(disk.slot);
    if (volume === undefined) return;
    delete vm.guest.config[disk.slot];
    vm.keepUnused(volume);
    return (disk.doubtful = true);
  },
  "moves a disk of ours": (vm, { a, b }) => {
    const disk = vm.wanted.disks[a % vm.wanted.disks.length]!;
    const slot = pick(vm.freeSlots(), b);
    if (slot === undefined || vm.guest.config[disk.slot] === undefined) return;
    vm.guest.config[slot] = vm.guest.config[disk.slot] as string;
    delete vm.guest.config[disk.slot];
    return (disk.doubtful = true);
  },
  "adds a network device": (vm) => (vm.guest.config["net7"] = "virtio=BC:24:11:00:00:77,bridge=vmbr0"),
};

/** What goes wrong in the next `up`. */
const faults: Record<string, (step: Step) => Fault> = {
  "a read fails": ({ a }) => ({
    route: "GET /nodes/{node}/qemu/{vmid}/pending",
    count: 1,
    after: a % 7,
    effect: { kind: "status", status: 500, reason: "unable to read" },
  }),
  "a change fails": ({ a }) => ({
    task: "qmconfig",
    count: 1,
    after: a % 3,
    effect: { kind: "task-fail", text: "no space left on device" },
  }),
  "a task fails": () => ({ task: "qm*", count: 1, effect: { kind: "task-fail", text: "received interrupt" } }),
  "a lock is not had": ({ a }) => ({
    task: "qmconfig",
    count: 1,
    after: a % 2,
    effect: { kind: "task-fail", text: "can't lock file '/var/lock/qemu-server/lock-100.conf' - got timeout" },
  }),
};

const steps = fc.array(
  fc.record({
    what: fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...Object.keys(program)) },
      { weight: 3, arbitrary: fc.constantFrom(...Object.keys(administrator)) },
      { weight: 1, arbitrary: fc.constantFrom(...Object.keys(faults)) },
      { weight: 1, arbitrary: fc.constant("refresh") },
    ),
    a: fc.nat(97),
    b: fc.nat(97),
  }),
  { minLength: 8, maxLength: 16 },
);

describe("whatever a program changes beside an administrator", function () {
  let lab: AnyLab;
  let volumeId: unknown;
  const coverage = new Map<string, Map<Outcome, number>>();
  before(async () => {
    ({ lab, volumeId } = await AdministeredVm.lab());
  });
  after(() => lab.close());

  function count(what: string, outcome: Outcome): void {
    const of = coverage.get(what) ?? new Map<Outcome, number>();
    coverage.set(what, of.set(outcome, (of.get(outcome) ?? 0) + 1));
  }

  async function act(vm: AdministeredVm, step: Step): Promise<Outcome> {
    const { what } = step;
    if (what === "refresh") return (await vm.refresh()) ? "done" : "failed";
    const fault = faults[what];
    if (fault) {
      lab.sim.simulation.faults.add(fault(step));
      return "armed";
    }
    const done = administrator[what];
    if (done) return done(vm, step) === undefined ? "nothing to do" : "done";
    const before = structuredClone(vm.wanted);
    if (program[what]?.(vm, step) === undefined) return "nothing to do";
    const outcome = await vm.up();
    if (outcome === "refused") vm.wanted = before;
    return outcome;
  }

  let runs = 0;
  it("no volume that it has not named for removal disappears, and contents stay", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (list) => {
        const vm = await AdministeredVm.make(lab, volumeId, `vm-${++runs}`);
        try {
          for (const step of list) {
            const outcome = await act(vm, step);
            count(step.what, outcome);
            assert.deepEqual(vm.lost(), [], `${step.what}: ${outcome} ${vm.lastError}`);
          }
          lab.sim.simulation.faults.clear();
          await vm.refresh();
          vm.wanted.note++;
          count("up at last", await vm.up());
          assert.deepEqual(vm.lost(), []);
          const foreign = [...vm.contents.values()].includes("foreign");
          const deleted = await lab.plugin.delete("Vm", vm.id, vm.properties).then(
            () => "done",
            (error: Error) => (/parts that this program does not know/.test(error.message) ? "refused" : error.message),
          );
          count(`delete ${foreign ? "with" : "without"} volumes of others`, deleted);
          if (foreign) assert.deepEqual([deleted, vm.lost()], ["refused", []]);
        } finally {
          lab.sim.simulation.faults.clear();
          const { guests } = Object.values(lab.sim.world.clusters)[0] as { guests: Record<string, unknown> };
          delete guests[vm.id];
        }
      }),
      {
        numRuns: Number(process.env["PROPERTY_RUNS"] ?? (long ? 100 : 25)),
        endOnFailure: true,
        ...(long ? {} : { seed: 1 }),
      },
    );
  });

  it("which covers every kind of change", () => {
    for (const [what, outcomes] of [...coverage].sort())
      console.log(`      ${what}: ${[...outcomes].map(([outcome, n]) => `${outcome} ${n}`).join(", ")}`);
    const done = Object.keys(program).filter((what) => coverage.get(what)?.has("done"));
    assert.ok(done.length >= Object.keys(program).length * 0.75, `done: ${done.join(", ")}`);
    // Where a volume is removed beside one that must stay.
    for (const what of ["remove a disk", "remove a disk in whose slot somebody has put another", "TPM", "EFI disk"])
      assert.ok(done.includes(what), what);
  });
});
