import { contract, type Schema } from "../../contract/index.js";
import { cpuProperties } from "./cpu.js";

type Keys = Readonly<Record<string, Schema>>;

const text = (more: Partial<Schema> = {}): Schema => ({ type: "string", optional: 1, ...more });
const flag: Schema = { type: "boolean", optional: 1 };
const base64 = text({ pattern: "[A-Za-z0-9+\\/]+={0,2}" });
const snippet = text({ format: "pve-volume-id" });
const hex16 = text({ pattern: "^0x[0-9a-fA-F]{4}$" });
const pciAddress = "(?:[a-f0-9]{4,}:)?[a-f0-9]{2}:[a-f0-9]{2}(?:\\.[a-f0-9])?";

/** The keys of an `ideN` drive, under the name that `cdrom` uses. */
function ideProperties(): Keys {
  const format = contract()["POST /nodes/{node}/qemu"]?.params["ide[n]"]?.format;
  return typeof format === "object" ? format : {};
}

/** Keys of the property strings of virtual machines that the contract only names (PVE/QemuServer.pm and below). */
export const qemuProperties: Readonly<Record<string, Keys>> = {
  "pve-vm-cpu-conf": cpuProperties,
  "pve-qm-ide": ideProperties(),
  "pve-qm-boot": {
    legacy: text({ default_key: 1, pattern: "[acdn]{1,4}" }),
    order: text({ format: "pve-qm-bootdev-list" }),
  },
  "pve-qm-watchdog": {
    model: text({ default_key: 1, enum: ["i6300esb", "ib700"] }),
    action: text({ enum: ["reset", "shutdown", "poweroff", "pause", "debug", "none"] }),
  },
  "pve-qm-rng": {
    source: { type: "string", default_key: 1, enum: ["/dev/urandom", "/dev/random", "/dev/hwrng"] },
    max_bytes: { type: "integer", optional: 1 },
    period: { type: "integer", optional: 1 },
  },
  "pve-qm-smbios1": {
    uuid: text({ pattern: "[a-fA-F0-9]{8}(?:-[a-fA-F0-9]{4}){3}-[a-fA-F0-9]{12}" }),
    version: base64,
    serial: base64,
    manufacturer: base64,
    product: base64,
    sku: base64,
    family: base64,
    base64: flag,
  },
  "pve-qm-cicustom": { meta: snippet, network: snippet, user: snippet, vendor: snippet },
  "pve-qm-ipconfig": {
    ip: text({ format: "pve-ipv4-config" }),
    gw: text({ format: "ipv4", requires: "ip" }),
    ip6: text({ format: "pve-ipv6-config" }),
    gw6: text({ format: "ipv6", requires: "ip6" }),
  },
  "pve-qm-hostpci": {
    host: text({ default_key: 1, pattern: `${pciAddress}(;${pciAddress})*` }),
    mapping: text({ format: "pve-configid" }),
    rombar: flag,
    romfile: text({ pattern: "[^,;]+" }),
    pcie: flag,
    "x-vga": flag,
    "legacy-igd": flag,
    mdev: text({ pattern: "[^/\\.:]+" }),
    "vendor-id": hex16,
    "device-id": hex16,
    "sub-vendor-id": hex16,
    "sub-device-id": hex16,
    driver: text({ enum: ["vfio", "keep"] }),
  },
  "pve-qemu-sev-fmt": {
    type: { type: "string", default_key: 1, enum: ["std", "es", "snp"], maxLength: 3 },
    "no-debug": flag,
    "no-key-sharing": flag,
    "allow-smt": flag,
    "kernel-hashes": flag,
  },
  "pve-qemu-tdx-fmt": {
    type: { type: "string", default_key: 1, enum: ["tdx"] },
    attestation: { type: "boolean" },
    "vsock-cid": { type: "integer", optional: 1, minimum: 2 },
    "vsock-port": { type: "integer", optional: 1, minimum: 0 },
  },
};
