import type { CloudInit } from "../cloud-init/cloud-init.model";
import { numbersIn } from "./cpu.model";
import { slotOf, type Disk } from "../disks/disk.model";
import { parseMap } from "../../kernel/fields/property";
import type { Hardware } from "./hardware.model";
import { inModules } from "./memory.model";
import type { Network } from "./network.model";
import { hotplugFeatures } from "./options.model";

/** A guest's inputs, as far as they say something of its hardware. */
type Inputs = Partial<Hardware> & {
  readonly disks?: readonly Disk[] | undefined;
  readonly networks?: readonly Network[] | undefined;
  readonly cloudInit?: CloudInit | undefined;
  readonly source?: { readonly clone?: unknown } | undefined;
};

type Report = (path: (string | number)[], message: string) => void;

/** What fits not together, in words that tell what to write. */
export function hardwareProblems(guest: Inputs, wrong: Report): void {
  cpuProblems(guest, wrong);
  memoryProblems(guest, wrong);
  slotProblems(guest, wrong);
  diskProblems(guest, wrong);
  networkProblems(guest, wrong);
  deviceProblems(guest, wrong);
  bootProblems(guest, wrong);
}

/** What is no mistake, and hardly what is meant. */
export function hardwareWarnings(guest: Inputs): string[] {
  const warnings: string[] = [];
  if (guest.efiDisk && guest.bios !== "ovmf")
    warnings.push('efiDisk: is of no use without bios: "ovmf"; set it, or remove efiDisk');
  if (guest.bios === "ovmf" && !guest.efiDisk)
    warnings.push(
      "bios: without efiDisk the EFI variables, such as boot entries, are lost at every stop; add an efiDisk unless the " +
        "template has one",
    );
  return warnings;
}

/** CPUs that the guest can have: cores x sockets. */
const maximumCpus = ({ cores = 1, sockets = 1 }: Pick<Inputs, "cores" | "sockets">): number => cores * sockets;

const features = (hotplug: Inputs["hotplug"]): string[] =>
  hotplugFeatures(Array.isArray(hotplug) ? hotplug.join(",") || "0" : hotplug);

function cpuProblems(guest: Inputs, wrong: Report): void {
  const { vcpus, numa, numaNodes, memoryMiB } = guest;
  const cpus = maximumCpus(guest);
  if (vcpus !== undefined && vcpus > cpus)
    wrong(["vcpus"], `is more than cores x sockets (${cpus}); write at most that, or more cores`);
  if (numaNodes === undefined || numaNodes.length === 0) return;
  if (numa !== true) wrong(["numaNodes"], "need numa: true");
  const owner = new Map<number, number>();
  numaNodes.forEach((node, i) => {
    if (node.hostNodes !== undefined && node.policy === undefined)
      wrong(["numaNodes", i, "policy"], "hostNodes need a policy; write preferred, bind or interleave");
    for (const cpu of numbersIn(node.cpus)) {
      const other = owner.get(cpu);
      if (other !== undefined) wrong(["numaNodes", i, "cpus"], `CPU ${cpu} is in numaNodes[${other}] too`);
      else if (cpu >= cpus) {
        wrong(["numaNodes", i, "cpus"], `there is no CPU ${cpu}; the guest has 0 to ${cpus - 1} (cores x sockets)`);
        break;
      }
      owner.set(cpu, i);
    }
  });
  const sum = numaNodes.reduce((total, node) => total + node.memoryMiB, 0);
  if (memoryMiB !== undefined && sum !== memoryMiB)
    wrong(["numaNodes"], `have ${sum} MiB together, and memoryMiB is ${memoryMiB}; make them equal`);
}

function memoryProblems(guest: Inputs, wrong: Report): void {
  const { balloonMiB, memoryMiB, hugepages, keepHugepages, numa, numaNodes, virtiofs, sockets = 1 } = guest;
  if (balloonMiB !== undefined && memoryMiB !== undefined && balloonMiB > memoryMiB)
    wrong(["balloonMiB"], `is more than memoryMiB (${memoryMiB}); write at most that`);
  if (hugepages !== undefined && numa !== true) wrong(["hugepages"], "need numa: true");
  if (keepHugepages === true && hugepages === undefined) wrong(["keepHugepages"], "needs hugepages");
  if (hugepages !== undefined)
    (numaNodes ?? []).forEach((node, i) => {
      if (node.hostNodes === undefined) wrong(["numaNodes", i, "hostNodes"], "is required with hugepages");
    });
  if (guest.hotplug === undefined || !features(guest.hotplug).includes("memory")) return;
  if (numa !== true) wrong(["hotplug"], "memory can be hot-plugged with numa: true only; set it, or leave memory out");
  if (numaNodes !== undefined && numaNodes.length > 0)
    wrong(["numaNodes"], "cannot be chosen when hotplug has memory; remove one of them");
  if (virtiofs !== undefined && virtiofs.length > 0)
    wrong(["virtiofs"], "does not go with hotplug of memory; remove one of them");
  if (memoryMiB === undefined) return;
  const least = 1024 * (hugepages === 1024 ? sockets : 1);
  const got = inModules(memoryMiB, least, hugepages === 1024 ? 1024 : 512);
  if (memoryMiB < least) wrong(["memoryMiB"], `at least ${least} where hotplug has memory`);
  else if (got !== memoryMiB)
    wrong(["memoryMiB"], `comes in whole modules where hotplug has memory; write ${got}, the next size up`);
}

/** Every slot of a drive holds one thing. */
function slotProblems({ disks = [], cdroms = [], cloudInit }: Inputs, wrong: Report): void {
  const taken = new Map<string, string>();
  const take = (slot: string, owner: string, path: (string | number)[]) => {
    const other = taken.get(slot);
    if (other !== undefined) wrong(path, `${slot} is taken by ${other}; write another slot`);
    else taken.set(slot, owner);
  };
  if (cloudInit !== undefined) taken.set("ide2", "the cloud-init drive");
  disks.forEach((disk, i) => take(slotOf(disk, i), `disks[${i}]`, ["disks", i, "slot"]));
  cdroms.forEach(({ slot }, i) => take(slot, `cdroms[${i}]`, ["cdroms", i, "slot"]));
}

function diskProblems({ disks = [], scsiController }: Inputs, wrong: Report): void {
  disks.forEach((disk, i) => {
    const slot = slotOf(disk, i);
    const bus = slot.replace(/\d+$/, "");
    const only = (name: keyof Disk, buses: string[]) => {
      if (disk[name] !== undefined && disk[name] !== false && !buses.includes(bus))
        wrong(["disks", i, name], `${slot} cannot have it, only ${buses.join(" and ")} disks can`);
    };
    only("ioThread", ["scsi", "virtio"]);
    only("readOnly", ["scsi", "virtio"]);
    only("ssd", ["ide", "sata", "scsi"]);
    only("wwn", ["ide", "sata", "scsi"]);
    for (const name of ["vendor", "product", "queues"] as const) only(name, ["scsi"]);
    only("model", ["ide", "sata"]);
    const single = scsiController === undefined || scsiController === "virtio-scsi-single";
    if (disk.ioThread === true && bus === "scsi" && !single)
      wrong(["disks", i, "ioThread"], 'a scsi disk needs scsiController: "virtio-scsi-single" for it');
    limitProblems(disk.limits ?? {}, (name, message) => wrong(["disks", i, "limits", name], message));
  });
}

/** QEMU takes a total or a limit per direction, a burst above a limit, and a length for a burst. */
function limitProblems(limits: NonNullable<Disk["limits"]>, wrong: (name: string, message: string) => void): void {
  const of = (name: string): number | undefined => (limits as Record<string, number | undefined>)[name];
  for (const unit of ["MBps", "Iops"]) {
    if (of(`total${unit}`) !== undefined)
      for (const side of ["read", "write"])
        if (of(`${side}${unit}`) !== undefined)
          wrong(`${side}${unit}`, `is limited together with total${unit}; write either the total or reads and writes`);
    for (const side of ["total", "read", "write"]) {
      const [base, burst] = [`${side}${unit}`, `${side}Burst${unit}`];
      const length = unit === "MBps" ? `${side}BurstSeconds` : `${side}IopsBurstSeconds`;
      const [limit, most] = [of(base), of(burst)];
      if (most !== undefined && limit === undefined) wrong(burst, `needs ${base}`);
      if (most !== undefined && limit !== undefined && most < limit) wrong(burst, `is less than ${base} (${limit})`);
      if (of(length) !== undefined && most === undefined) wrong(length, `needs ${burst}`);
    }
  }
}

function networkProblems({ networks = [] }: Inputs, wrong: Report): void {
  const owners = new Map<string, number>();
  networks.forEach((network, i) => {
    const virtio = (network.model ?? "virtio") === "virtio";
    if (network.mtu !== undefined && !virtio) wrong(["networks", i, "mtu"], `needs model virtio, not ${network.model}`);
    if (network.mtu !== undefined && network.mtu > 1 && network.mtu < 576)
      wrong(["networks", i, "mtu"], `is ${network.mtu}; write 1 (as the bridge) or 576 to 65520`);
    if ((network.queues ?? 0) > 0 && !virtio)
      wrong(["networks", i, "queues"], `need model virtio, not ${network.model}`);
    const mac = network.mac?.toLowerCase();
    const other = mac === undefined ? undefined : owners.get(mac);
    if (other !== undefined) wrong(["networks", i, "mac"], `is that of networks[${other}] too; write another`);
    else if (mac !== undefined) owners.set(mac, i);
  });
}

function deviceProblems(guest: Inputs, wrong: Report): void {
  const { pci = [], usb = [], virtiofs = [], serial, serials, machine, osType } = guest;
  const type = typeof machine === "string" ? parseMap({ primary: "type", parts: {} }, machine)["type"] : machine?.type;
  const q35 = type === undefined ? undefined : type === "q35" || type.startsWith("pc-q35-");
  pci.forEach((device, i) => {
    if (device.pcie === true && q35 === false) wrong(["pci", i, "pcie"], 'needs machine: "q35"');
    if (device.legacyIgd === true && q35 === true) wrong(["pci", i, "legacyIgd"], "does not go with machine q35");
  });
  twice(pci, (device) => (device.mapping && !device.mdev ? device.mapping : device.host), "pci", wrong);
  twice(
    usb,
    (device) => device.mapping ?? (device.host?.toLowerCase() === "spice" ? undefined : device.host),
    "usb",
    wrong,
  );
  twice(virtiofs, (device) => device.mapping, "virtiofs", wrong);
  const modern = osType === undefined || osType === "l26" || ["win8", "win10", "win11"].includes(osType);
  if (usb.length > 5 && !modern)
    wrong(["usb"], `osType ${osType} takes 5 USB devices; l26 and Windows from 8 on take 14`);
  if (serial !== undefined && serials !== undefined) wrong(["serial"], "is the first of serials; write serials alone");
  if (osType?.startsWith("w") === true)
    virtiofs.forEach((device, i) => {
      if (device.exposeAcl === true) wrong(["virtiofs", i, "exposeAcl"], "does not go with Windows");
    });
}

function twice<T>(list: readonly T[], name: (item: T) => string | undefined, path: string, wrong: Report): void {
  const seen = new Map<string, number>();
  list.forEach((item, i) => {
    const text = name(item);
    const other = text === undefined ? undefined : seen.get(text);
    if (other !== undefined) wrong([path, i], `${text} is given to the guest by ${path}[${other}] already`);
    else if (text !== undefined) seen.set(text, i);
  });
}

/** A boot device must be one of those that are described; of what is not described, nothing is known. */
function bootProblems(guest: Inputs, wrong: Report): void {
  const { bootOrder = [], disks, cdroms = [], networks, usb, pci } = guest;
  // a template may have more drives than are named
  const drives = guest.source?.clone === undefined &&
    disks && [...disks.map(slotOf), ...cdroms.map(({ slot }) => slot), ...(guest.cloudInit ? ["ide2"] : [])];
  const numbered = { net: networks, usb, hostpci: pci };
  bootOrder.forEach((device, i) => {
    if (bootOrder.indexOf(device) !== i) wrong(["bootOrder", i], `${device} is named twice`);
    const [, kind = "", digits = "0"] = /^([a-z]+)(\d+)$/.exec(device) ?? [];
    if (kind in numbered) {
      const list: readonly unknown[] | undefined = numbered[kind as keyof typeof numbered];
      if (list !== undefined && Number(digits) >= list.length)
        wrong(["bootOrder", i], `there is no ${device}; the guest has ${list.length} of them, counted from 0`);
    } else if (drives && !drives.includes(device))
      wrong(["bootOrder", i], `there is no drive ${device}; the guest has ${drives.join(", ")}`);
  });
}
