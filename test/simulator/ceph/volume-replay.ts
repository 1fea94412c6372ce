import { runCephVolume } from "../../../simulator/ceph/programs.js";
import { Simulation } from "../../../simulator/simulation.js";
import { shellWords } from "../../../simulator/ssh/words.js";
import type { Disk, LogicalVolume } from "../../../simulator/world/disk.js";
import type { VolumeGroup } from "../../../simulator/world/storage.js";
import { differences } from "../normalise.js";
import { readLines } from "./command-replay.js";
import { recordedWorld } from "./recorded-cluster.js";

type Line = ReturnType<typeof readLines>[number];

interface Machine {
  readonly disks: readonly Disk[];
  readonly volumeGroups: Readonly<Record<string, VolumeGroup>>;
}

const nvmeSize = 960_197_124_096;
const half = 479_999_295_488;
const group = (disk: number): string => `ceph-0b1f2c3d-${String(disk).repeat(4)}-4a4a-9b9b-00000000000${disk}`;
const uuidOf = (id: number): string => `5a3e0001-0000-4000-8000-0000000000${String(id).padStart(2, "0")}`;

const nvme = (index: number, more: Partial<Disk> = {}): Disk => ({
  ...{ devpath: `/dev/nvme${index}n1`, size: nvmeSize, model: "SAMSUNG MZQL2960HCJR-00A07", type: "nvme", gpt: 0 },
  ...{ serial: `S64GNE0T10000${index + 1}`, ...more },
});
const held = (index: number, vg: string): Disk => nvme(index, { holds: { kind: "lvm", vg } });

interface OsdOn {
  readonly id: number;
  readonly vg: string;
  readonly size: number;
  readonly lvUuid: string;
  readonly deviceClass?: string;
  readonly lockbox?: string;
  readonly db?: { readonly path: string; readonly uuid: string };
}

/** The volume of an OSD with the tags that the recorded machine was given. */
function block({ id, vg, size, lvUuid, deviceClass = "", lockbox, db }: OsdOn): Record<string, LogicalVolume> {
  const name = `osd-block-${uuidOf(id)}`;
  const tags = {
    "ceph.block_device": `/dev/${vg}/${name}`,
    "ceph.block_uuid": lvUuid,
    "ceph.cephx_lockbox_secret": lockbox ?? "",
    "ceph.cluster_fsid": "1be99e07-819d-4895-b571-123a5a6b982e",
    "ceph.cluster_name": "ceph",
    "ceph.crush_device_class": deviceClass,
    ...(db ? { "ceph.db_device": db.path, "ceph.db_uuid": db.uuid } : {}),
    "ceph.encrypted": lockbox === undefined ? "0" : "1",
    "ceph.objectstore": "bluestore",
    "ceph.osd_fsid": uuidOf(id),
    "ceph.osd_id": String(id),
    "ceph.osdspec_affinity": "",
    "ceph.type": "block",
    "ceph.vdo": "0",
    "ceph.with_tpm": "0",
  };
  return { [name]: { size, uuid: lvUuid, tags } };
}

/** Two OSDs on each of two disks, of class nvme. */
function fourOsds(): Record<string, VolumeGroup> {
  const volumes = (vg: string, ids: readonly number[]): VolumeGroup => ({
    size: 2 * half,
    volumes: Object.assign(
      {},
      ...ids.map((id) =>
        block({ id, vg, size: half, lvUuid: `kS7zXI-bpmu-3ciB-0rVY-d08b-gWDf-Y9oum${id}`, deviceClass: "nvme" }),
      ),
    ) as Record<string, LogicalVolume>,
  });
  return { [group(1)]: volumes(group(1), [0, 1]), [group(2)]: volumes(group(2), [2, 3]) };
}

const rootOfHost = { pve: { size: 100 * 2 ** 30, volumes: { root: { size: 90 * 2 ** 30 } } } };

function withDatabase(): Machine {
  const path = `/dev/${group(3)}/osd-db-9e0d0000-0000-4000-8000-000000000013`;
  const uuid = "Kuvi0U-05vW-sETB-QiNW-lpaK-XBfD-82eQWw";
  const volumes = block({
    ...{ id: 13, vg: group(4), size: 3_999_999_999_488, lvUuid: "ZZZzXI-bpmu-3ciB-0rVY-d08b-gWDf-Y9oums" },
    db: { path, uuid },
  });
  const [own] = Object.values(volumes);
  const tags = { ...own?.tags, "ceph.type": "db" };
  const encrypted = {
    ...{ id: 12, vg: group(5), size: 959_998_590_976, lvUuid: "ENCzXI-bpmu-3ciB-0rVY-d08b-gWDf-Y9oums" },
    ...{ deviceClass: "nvme", lockbox: "<key>" },
  };
  const hdd: Disk = {
    ...{ devpath: "/dev/sdb", size: 4_000_787_030_016, model: "ST4000NM000A", serial: "WS20ABCD" },
    ...{ type: "hdd", gpt: 0, holds: { kind: "lvm", vg: group(4) } },
  };
  return {
    disks: [held(2, group(3)), held(3, group(5)), hdd],
    volumeGroups: {
      [group(5)]: { size: nvmeSize, volumes: block(encrypted) },
      [group(4)]: { size: hdd.size, volumes },
      [group(3)]: {
        size: nvmeSize,
        volumes: { "osd-db-9e0d0000-0000-4000-8000-000000000013": { size: 64_424_509_440, uuid, tags } },
      },
    },
  };
}

/** Disks of all kinds, as the state of the recording names them. */
const manyDisks = (): Machine => ({
  disks: [
    ...[held(0, group(1)), held(1, group(2)), nvme(2), nvme(3, { gpt: 1 })],
    {
      ...{ devpath: "/dev/sda", size: 480_103_981_056, model: "SAMSUNG MZ7L3480", serial: "S4EKNA0M1", type: "ssd" },
      gpt: 1,
      partitions: [1_031_168, 2 ** 30, 479_028_126_208].map((size, index) => ({ number: index + 1, size })),
    },
    {
      ...{ devpath: "/dev/sdb", size: 4_000_787_030_016, model: "ST4000NM000A", serial: "WS20ABCD", type: "hdd" },
      ...{ gpt: 0, holds: { kind: "filesystem", type: "ext4", uuid: "1" } },
    },
    {
      ...{ devpath: "/dev/sdc", size: 4 * 2 ** 30, model: "small", serial: "small1", vendor: "QEMU", type: "ssd" },
      gpt: 0,
    },
    {
      ...{ devpath: "/dev/sdd", size: 64_000_000_000, model: "Ultra Fit", serial: "4C530001", vendor: "SanDisk" },
      ...{ type: "ssd", gpt: 0, usb: true },
    },
  ],
  volumeGroups: fourOsds(),
});

/** The machine of each state of the recording, by what it begins with. */
const machines: readonly (readonly [state: RegExp, machine: () => Machine])[] = [
  [
    /^two NVMe disks/,
    () => ({ disks: [held(0, group(1)), held(1, group(2))], volumeGroups: { ...rootOfHost, ...fourOsds() } }),
  ],
  [/^osd\.13: HDD/, withDatabase],
  [/^no Ceph LV/, () => ({ disks: [], volumeGroups: rootOfHost })],
  [/^host with boot disk/, manyDisks],
];

interface Outcome {
  readonly line: Line;
  readonly received: unknown;
  readonly differences: readonly string[];
}

/** Replays recording 70: nothing is masked, for the machines are those of the recording. */
export function replayVolumes(): Outcome[] {
  return readLines("70").map((line) => {
    const machine = machines.find(([state]) => state.test(line.state))?.[1]();
    if (!machine) throw new Error(`no machine for ${line.state}`);
    const world = recordedWorld(["foxtrot"]);
    const { hardware } = world.nodes["foxtrot"]!;
    hardware.disks = [...machine.disks];
    hardware.storage = { volumeGroups: { ...machine.volumeGroups } };
    const simulation = new Simulation(world, { clock: "manual" });
    const words = (shellWords(line.cmd.trim()) ?? []).slice(1);
    const { code, stdout = "", stderr = "" } = runCephVolume(simulation, simulation.node("foxtrot"), words);
    const parsed = line.format === "json" && /^\s*[[{]/.test(stdout) ? (JSON.parse(stdout) as unknown) : stdout;
    const received = { rc: code, out: parsed, err: ended(stderr) };
    const recorded = { rc: line.rc, out: line.stdout, err: ended(line.stderr ?? "") };
    return { line, received, differences: differences(recorded, received) };
  });
}

/** The recorder took the last words of a program without the end of their line. */
const ended = (text: string): string => text.replace(/\n$/, "");
