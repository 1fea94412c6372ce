import { createHash } from "node:crypto";
import { contract } from "../../contract/index.js";
import { die } from "../errors.js";
import { formatFailure, schemaOf } from "../verify.js";
import { drivesOf } from "./drive.js";
import { booleanText } from "./property-string.js";

/** Options of one section, as text: the file knows no types. */
export type Section = Record<string, string>;

/** A snapshot's section, its bookkeeping apart. */
interface SnapshotSection {
  config: Section;
  snaptime: number;
  description?: string;
  parent?: string;
  vmstate?: string;
}

/** A VM's configuration file: its main section and the sections behind it. */
export interface VmConfig {
  config: Section;
  /** `[PENDING]`: what the next start applies. */
  pending: Section;
  /** `delete:` of `[PENDING]`. */
  pendingDelete: Record<string, { force: boolean }>;
  snapshots: Record<string, SnapshotSection>;
  /** `[special:cloudinit]`: what the generated image still says, and `added` names. */
  cloudinit?: Section;
}

const BOOLEANS = new Set(
  (
    "acpi allow-ksm autostart ciupgrade freeze keephugepages kvm localtime numa onboot protection reboot tablet tdf " +
    "template"
  ).split(" "),
);
const INTEGERS = new Set("balloon cores cpuunits migrate_speed shares smp snaptime sockets vcpus".split(" "));

/**
 * An option as it reads back from the file (qemu-server's `check_type` and `parse_vm_config`): integers lose leading
 * zeros, outer blanks go, and an empty text is read as one blank.
 */
export function storedValue(key: string, text: string): string | undefined {
  if (BOOLEANS.has(key)) return booleanText(text) ?? text;
  if (INTEGERS.has(key)) return String(Number.parseInt(text, 10));
  if (key === "description") return storedDescription(text);
  if (/[\n\r]/.test(text)) {
    throw die(`unable to parse value of '${key}' - property contains a line feed`);
  }
  const trimmed = text.trim();
  if (trimmed !== "") return trimmed;
  return isReadable(key, " ") ? " " : undefined;
}

/** Reading drops what is not of the option's format. */
function isReadable(key: string, text: string): boolean {
  const params = contract()["PUT /nodes/{node}/qemu/{vmid}/config"]?.params ?? {};
  const format = schemaOf(params, key)?.format;
  return format === undefined || formatFailure(format, text, key) === undefined;
}

/** A description is written line by line: one of line feeds alone leaves no trace, and `0` is false in Perl. */
function storedDescription(text: string): string | undefined {
  if (text === "0") return "";
  return /^\n+$/.test(text) ? undefined : text.replace(/\s+$/, "");
}

/** An option as replies show it: integers and booleans as numbers. */
export function shownValue(key: string, text: string): string | number {
  return BOOLEANS.has(key) || INTEGERS.has(key) ? Number(text) : text;
}

/** A section as replies show it. */
export function shownSection(section: Section): Record<string, string | number> {
  return Object.fromEntries(Object.entries(section).map(([key, text]) => [key, shownValue(key, text)]));
}

function storedSection(section: Section, keepEmptyDescription: boolean): Section {
  const stored: Section = {};
  for (const [key, text] of Object.entries(section)) {
    const kept = storedValue(key, text);
    if (kept === undefined || (key === "description" && kept === "" && !keepEmptyDescription)) continue;
    stored[key] = kept;
  }
  return stored;
}

/**
 * Brings a configuration into the state that it has after writing and reading the file: values normalised, `unusedN`
 * entries gone whose volume is attached again.
 */
export function writeConfig(file: VmConfig): void {
  const config = storedSection(file.config, false);
  const pending = storedSection(file.pending, true);
  const used = new Set([...drivesOf(config), ...drivesOf(pending)].map(([, drive]) => drive.file));
  for (const key of Object.keys(config)) {
    if (key.startsWith("unused") && used.has(config[key] ?? "")) delete config[key];
  }
  file.config = config;
  file.pending = pending;
  const hasCloudinit = drivesOf(config).some(([, drive]) => /cloudinit/.test(drive.file));
  if (!hasCloudinit || Object.keys(file.cloudinit ?? {}).length === 0) delete file.cloudinit;
}

/** Text of the configuration file. */
export function printConfig(file: VmConfig): string {
  let text = printSection(file.config);
  const deleted = Object.entries(file.pendingDelete)
    .map(([key, { force }]) => (force ? `!${key}` : key))
    .sort()
    .join(",");
  const pending = { ...file.pending, ...(deleted ? { delete: deleted } : {}) };
  if (Object.keys(pending).length > 0) text += `\n[PENDING]\n${printSection(pending)}`;
  if (file.cloudinit) text += `\n[special:cloudinit]\n${printSection(file.cloudinit)}`;
  for (const name of Object.keys(file.snapshots).sort()) {
    const { config, snaptime, ...rest } = file.snapshots[name] as SnapshotSection;
    text += `\n[${name}]\n${printSection({ ...config, ...rest, snaptime: String(snaptime) })}`;
  }
  return text;
}

function printSection(section: Section): string {
  const { description, ...rest } = section;
  const comment = description === undefined ? [] : description.split("\n").map((line) => `#${encodeText(line)}`);
  const lines = Object.keys(rest)
    .sort()
    .map((key) => `${key}: ${rest[key]}`);
  return [...comment, ...lines].map((line) => `${line}\n`).join("");
}

/** PVE::Tools `encode_text`: all but printable ASCII, and `%` and `:`, percent-encoded. */
function encodeText(text: string): string {
  return [...Buffer.from(text, "utf8")]
    .map((byte) =>
      byte >= 0x20 && byte <= 0x7e && byte !== 0x25 && byte !== 0x3a
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`,
    )
    .join("");
}

/** The digest that guards against concurrent changes: SHA-1 of the file. */
export function configDigest(file: VmConfig): string {
  return createHash("sha1").update(printConfig(file)).digest("hex");
}

/** Path of the file below /etc/pve, as error texts name it. */
export function configPath(node: string, vmid: number): string {
  return `nodes/${node}/qemu-server/${vmid}.conf`;
}
