import { decodeSshKeys, encodeSshKeys, parsePropertyString } from "../../../pve";
import { readMark, withMark } from "./mark-line";
import { isDeepStrictEqual } from "node:util";
import { cdromString, type Cdrom } from "./cdrom.model";
import { ownDataOf } from "../cloud-init/cloud-init-data";
import { cloudInitSchema, ipConfigOf, ipConfigString, type CloudInit } from "../cloud-init/cloud-init.model";
import { slotOf, type Disk } from "../disks/disk.model";
import { deviceNumbers } from "./field.model";
import { cloudInitSlot, disks, drives, markOf, uuidOf, type VmConfig } from "./vm-config";
import { firmwareOf } from "./firmware.model";
import { keysIn } from "../../kernel/fields/field";
import type { TextChange } from "../../kernel/fields/mapping";
import { hardwareChange, hardwareFromConfig, hardwareToConfig } from "./hardware.model";
import { macKeys, networkOf, networkString, type Network } from "./network.model";
import { sameGuestValue, type GuestInputs } from "../vm.model";

type Strings = Record<string, string>;

/** The guest's config as inputs would say it, for the fields of the wanted inputs. */
export function guestFromConfig(
  guest: VmConfig,
  wanted: Partial<GuestInputs>,
  recorded: Readonly<Strings> = {},
): Partial<GuestInputs> {
  const { config } = guest;
  const out: Partial<GuestInputs> = { ...hardwareFromConfig(config, wanted) };
  if (config["name"] !== undefined) out.name = config["name"];
  out.tags = (config["tags"] ?? "").split(/[;, ]+/).filter((tag) => tag !== "");
  out.description = readMark(config["description"]).description;
  if (wanted.networks) out.networks = networksAt(config, wanted.networks.length);
  if (wanted.disks) out.disks = disksAt(guest, wanted.disks, recorded);
  if (wanted.cdroms) out.cdroms = cdromsAt(config, wanted.cdroms);
  Object.assign(out, firmwareOf(config));
  if (wanted.cloudInit)
    out.cloudInit = { ...cloudInitOf(config, wanted.cloudInit), ...ownDataOf(guest, wanted.cloudInit, wanted.name) };
  return out;
}

/**
 * The devices of the first so many numbers: the wanted ones as they are. The list ends where one is missing, for a
 * device's place in it is its number.
 */
export function networksAt(config: Readonly<Strings>, count: number): Network[] {
  const found: Network[] = [];
  for (let n = 0; n < count; n++) {
    const text = config[`net${n}`];
    if (text === undefined) break;
    found.push(networkOf(parsePropertyString(text, "model")));
  }
  return found;
}

/**
 * The wanted disks as they are: what is in their slots, else their own volumes (`recorded`, by slot) where somebody has
 * attached them elsewhere. A disk that is gone is left out.
 */
function disksAt(guest: VmConfig, wanted: readonly Disk[], recorded: Readonly<Strings>): Disk[] {
  const live = new Map(disks(guest).map((disk) => [disk.slot ?? "", disk]));
  const slots = wanted.map(slotOf);
  return slots.flatMap((slot) => {
    const elsewhere = [...drives(guest)].find(([, { volume }]) => volume === recorded[slot])?.[0] ?? "";
    return live.get(slot) ?? (slots.includes(elsewhere) ? undefined : live.get(elsewhere)) ?? [];
  });
}

/** CD drives that are wanted where the guest has something else. */
export function takenCdroms(
  guest: VmConfig,
  wanted: readonly Cdrom[],
): { place: number; slot: string; holds: string }[] {
  const present = new Set(cdromsAt(guest.config, wanted).map(({ slot }) => slot));
  return wanted.flatMap(({ slot }, place) => {
    const holds = guest.config[slot];
    const taken = holds !== undefined && (!present.has(slot) || cloudInitSlot(guest) === slot);
    return taken ? [{ place, slot, holds }] : [];
  });
}

/** The wanted CD drives as they are, found by slot. */
const cdromsAt = (config: Readonly<Strings>, wanted: readonly Cdrom[]): Cdrom[] =>
  wanted.flatMap(({ slot }) => {
    const { file, media } = parsePropertyString(config[slot] ?? "", "file");
    return file !== undefined && media === "cdrom" ? [{ slot, iso: file }] : [];
  });

const networkNumbers = (config: Readonly<Strings>): number[] => deviceNumbers(config, "net");

function cloudInitOf(config: Readonly<Strings>, wanted: CloudInit): CloudInit {
  const list = (text: string | undefined) => (text ?? "").split(/[\s,]+/).filter((item) => item !== "");
  return {
    ...(config["ciuser"] ? { user: config["ciuser"] } : {}),
    // Proxmox never tells the password, nor where the drive was first made: taken as they were given.
    ...(wanted.password !== undefined && config["cipassword"] ? { password: wanted.password } : {}),
    ...(wanted.storage === undefined ? {} : { storage: wanted.storage }),
    sshKeys: decodeSshKeys(config["sshkeys"] ?? ""),
    addresses: (wanted.addresses ?? []).map((_, i) =>
      ipConfigOf(parsePropertyString(config[`ipconfig${i}`] ?? "", "")),
    ),
    nameservers: list(config["nameserver"]),
    ...(config["searchdomain"] ? { searchDomain: config["searchdomain"] } : {}),
    upgrade: config["ciupgrade"] !== "0",
  };
}

const cloudInitKeys = keysIn(cloudInitSchema.shape);

function cloudInitToConfig(wanted: CloudInit): Strings {
  const out: Strings = {};
  if (wanted.user !== undefined) out["ciuser"] = wanted.user;
  if (wanted.password !== undefined) out["cipassword"] = wanted.password;
  if (wanted.sshKeys !== undefined && wanted.sshKeys.length > 0) out["sshkeys"] = encodeSshKeys(wanted.sshKeys);
  if (wanted.nameservers !== undefined && wanted.nameservers.length > 0)
    out["nameserver"] = wanted.nameservers.join(" ");
  if (wanted.searchDomain !== undefined) out["searchdomain"] = wanted.searchDomain;
  if (wanted.upgrade !== undefined) out["ciupgrade"] = wanted.upgrade ? "1" : "0";
  (wanted.addresses ?? []).forEach((address, i) => {
    const text = ipConfigString(address);
    if (text !== "") out[`ipconfig${i}`] = text;
  });
  return out;
}

/** Everything but disks, as a new guest's config. */
export function guestToConfig(inputs: Partial<GuestInputs>, description: string): Strings {
  return {
    ...hardwareToConfig(inputs),
    ...(inputs.name === undefined ? {} : { name: inputs.name }),
    ...(inputs.tags && inputs.tags.length > 0 ? { tags: inputs.tags.join(";") } : {}),
    description,
    ...Object.fromEntries((inputs.networks ?? []).map((network, i) => [`net${i}`, networkString(network, {})])),
    ...(inputs.cloudInit ? cloudInitToConfig(inputs.cloudInit) : {}),
  };
}

/** Whose a guest and its devices are. */
interface Ownership {
  readonly mark: string;
  readonly unfinished: boolean;
  /** MAC addresses of the network devices that are the program's, by slot; of a guest that it has just made all are. */
  readonly nics: Readonly<Strings> | "all";
}

/**
 * What must be written so that the guest is as wanted; nothing where it is so already. `was` holds what the user
 * managed before: fields that are no longer set are cleared, once. A device that the program never named stays.
 */
export function guestChange(
  guest: VmConfig,
  inputs: Partial<GuestInputs>,
  was: Partial<GuestInputs>,
  owner: Ownership,
): TextChange {
  const set: Strings = {};
  const gone = new Set<string>();
  const { config } = guest;
  const live = guestFromConfig(guest, { ...was, ...inputs });
  const changed = hardwareChange(config, inputs, was, owner.nics === "all");
  Object.assign(set, changed.set);
  for (const key of changed.delete) gone.add(key);
  if (inputs.name !== undefined && inputs.name !== live.name) set["name"] = inputs.name;
  if (inputs.tags !== undefined ? !sameGuestValue("tags", inputs.tags, live.tags) : was.tags !== undefined) {
    if (inputs.tags && inputs.tags.length > 0) set["tags"] = inputs.tags.join(";");
    else if (config["tags"] !== undefined) gone.add("tags");
  }
  changeNetworks();
  changeCdroms();
  changeCloudInit();
  changeDescription();
  return { set, delete: [...gone] };

  function changeDescription() {
    const stored = markOf(guest);
    const managed = inputs.description !== undefined || was.description !== undefined;
    const text = managed ? (inputs.description ?? "") : stored.description;
    if (stored.description !== text || stored.mark !== owner.mark || stored.unfinished !== owner.unfinished) write();
    // A mark of an earlier release tells no uuid yet: it gets it with the next change.
    else if (stored.uuid === undefined && uuidOf(guest) !== undefined && (Object.keys(set).length > 0 || gone.size > 0))
      write();

    function write() {
      const { base, adopted, restart } = stored;
      const uuid = uuidOf(guest);
      set["description"] = withMark(text, owner.mark, { base, adopted, uuid, restart, unfinished: owner.unfinished });
    }
  }

  function changeNetworks() {
    if (inputs.networks === undefined && was.networks === undefined) return;
    const wanted = inputs.networks ?? [];
    wanted.forEach((network, i) => {
      const now = parsePropertyString(config[`net${i}`] ?? "", "model");
      const next = networkString(network, now, was.networks?.[i]);
      if (!isDeepStrictEqual(networkMap(next), networkMap(config[`net${i}`] ?? ""))) set[`net${i}`] = next;
    });
    for (const n of networkNumbers(config)) {
      const ours = owner.nics === "all" || owner.nics[`net${n}`] === macOf(config, n);
      if (n >= wanted.length && ours) gone.add(`net${n}`);
    }
  }

  function changeCdroms() {
    const [wanted, before] = [inputs.cdroms ?? [], was.cdroms ?? []];
    const present = new Map(cdromsAt(config, [...wanted, ...before]).map(({ slot, iso }) => [slot, iso]));
    const [taken] = takenCdroms(guest, wanted);
    if (taken)
      throw new Error(`cdroms[${taken.place}]: ${taken.slot} holds ${taken.holds} already; write another slot`);
    for (const cdrom of wanted) {
      if (present.get(cdrom.slot) !== cdrom.iso) set[cdrom.slot] = cdromString(cdrom);
    }
    for (const { slot } of before)
      if (!wanted.some((cdrom) => cdrom.slot === slot) && present.has(slot) && cloudInitSlot(guest) !== slot)
        gone.add(slot);
  }

  function changeCloudInit() {
    const [next, before] = [inputs.cloudInit ?? {}, was.cloudInit ?? {}];
    const nextConfig = cloudInitToConfig(next);
    for (const [field, key] of cloudInitKeys) {
      const managed = next[field] !== undefined;
      if (!managed && before[field] === undefined) continue;
      if (nextConfig[key] === undefined) {
        if (config[key] !== undefined) gone.add(key);
        continue;
      }
      const changed =
        field === "password"
          ? next.password !== before.password || config["cipassword"] === undefined
          : !isDeepStrictEqual(next[field], live.cloudInit?.[field]);
      if (changed) set[key] = nextConfig[key];
    }
    for (let i = 0; i < Math.max(next.addresses?.length ?? 0, before.addresses?.length ?? 0); i++) {
      const key = `ipconfig${i}`;
      const text = nextConfig[key];
      if (text === undefined && config[key] !== undefined) gone.add(key);
      const now = parsePropertyString(config[key] ?? "", "");
      if (text !== undefined && !isDeepStrictEqual(parsePropertyString(text, ""), now)) set[key] = text;
    }
  }
}

/** A device's property string as a map, its MAC address in one spelling. */
const networkMap = (text: string): Strings =>
  Object.fromEntries(
    Object.entries(parsePropertyString(text, "model")).map(([key, value]) => [
      key,
      key === "trunks" ? value.split(";").sort().join(";") : macKeys.has(key) ? value.toLowerCase() : value,
    ]),
  );

const macOf = (config: Readonly<Strings>, n: number): string =>
  (networkOf(parsePropertyString(config[`net${n}`] as string, "model")).mac ?? "").toUpperCase();

/** MAC addresses in the order of the devices. */
export const macs = ({ config }: VmConfig): string[] =>
  networkNumbers(config).map((n) => networkOf(parsePropertyString(config[`net${n}`] as string, "model")).mac ?? "");

/** MAC addresses of the network devices, by slot. */
export const nicsOf = ({ config }: VmConfig): Strings =>
  Object.fromEntries(networkNumbers(config).map((n) => [`net${n}`, macOf(config, n)]));

/** Volumes of the disks, by slot. */
export const diskVolumes = (guest: VmConfig): Strings =>
  Object.fromEntries([...drives(guest)].map(([slot, { volume }]) => [slot, volume]));
